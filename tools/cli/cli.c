/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "format.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- errors ---- */

static int status_of(enum lifecycle_error_code code)
{
	switch (code) {
	case LIFECYCLE_ERROR_INVALID:
		return CLI_USAGE;
	case LIFECYCLE_ERROR_NOT_FOUND:
		return CLI_NOT_FOUND;
	case LIFECYCLE_ERROR_AMBIGUOUS:
		return CLI_AMBIGUOUS;
	default:
		return CLI_FAILED;
	}
}

void cli_complain(struct cli_call *call, const struct lifecycle_error *error)
{
	fprintf(stderr, "%s: ", call->tool->name);
	format_escaped(stderr, error->message);
	putc('\n', stderr);
	call->complaints++;
	if (call->status == CLI_DONE)
		call->status = status_of(error->code);
}

int cli_fail(struct cli_call *call, const struct lifecycle_error *error)
{
	cli_complain(call, error);
	return call->status;
}

__attribute__((format(printf, 4, 0))) static void set_error(struct lifecycle_error *error,
	enum lifecycle_error_code code, int errnum, const char *format, va_list arguments)
{
	size_t used;

	error->code = code;
	error->system_errno = errnum;
	vsnprintf(error->message, sizeof(error->message), format, arguments);
	used = strlen(error->message);
	if (errnum != 0)
		snprintf(error->message + used, sizeof(error->message) - used, ": %s",
			strerror(errnum));
}

int cli_error(
	struct lifecycle_error *error, enum lifecycle_error_code code, const char *format, ...)
{
	va_list arguments;

	if (error == NULL)
		return -1;
	va_start(arguments, format);
	set_error(error, code, 0, format, arguments);
	va_end(arguments);
	return -1;
}

int cli_system_error(struct lifecycle_error *error, const char *format, ...)
{
	int errnum = errno;
	va_list arguments;

	if (error == NULL)
		return -1;
	va_start(arguments, format);
	set_error(error, LIFECYCLE_ERROR_SYSTEM, errnum, format, arguments);
	va_end(arguments);
	return -1;
}

int cli_no_memory(struct lifecycle_error *error)
{
	return cli_error(error, LIFECYCLE_ERROR_NO_MEMORY, "memory is out");
}

/* ---- options ---- */

/* The options that getopt_long looks for at once: some of the tool's and all of the command's. */
struct parser {
	const struct cli_tool *tool;
	const struct cli_command *command; /* NULL before the command's name */
	struct cli_globals *globals;
	void *options;
	size_t count;
	struct option *longs;
	char *letters;
};

static size_t command_option_count(const struct parser *parser)
{
	return parser->command != NULL ? parser->command->option_count : 0;
}

static const struct cli_option *option_at(const struct parser *parser, size_t index)
{
	if (parser->command == NULL || index < parser->tool->global_count)
		return &parser->tool->globals[index];
	return &parser->command->options[index - parser->tool->global_count];
}

static void *option_base(const struct parser *parser, size_t index)
{
	return index < parser->tool->global_count ? (void *)parser->globals : parser->options;
}

/* getopt_long's value for an option: beyond every letter. */
#define FIRST_VALUE 1000

static int parser_prepare(struct parser *parser)
{
	char *letter;

	parser->count = parser->tool->global_count + command_option_count(parser);
	parser->longs = calloc(parser->count + 1, sizeof(*parser->longs));
	parser->letters = calloc(2, parser->count + 1);
	if (parser->longs == NULL || parser->letters == NULL)
		return -1;
	letter = parser->letters;
	if (parser->command == NULL)
		*letter++ = '+';
	for (size_t i = 0; i < parser->count; i++) {
		const struct cli_option *option = option_at(parser, i);

		parser->longs[i].name = option->name;
		parser->longs[i].has_arg = option->argument != NULL;
		parser->longs[i].val = FIRST_VALUE + (int)i;
		if (option->letter == 0)
			continue;
		*letter++ = option->letter;
		if (option->argument != NULL)
			*letter++ = ':';
	}
	return 0;
}

static void parser_free(struct parser *parser)
{
	free(parser->longs);
	free(parser->letters);
}

static size_t option_of_value(const struct parser *parser, int value)
{
	if (value >= FIRST_VALUE)
		return (size_t)(value - FIRST_VALUE);
	for (size_t i = 0; i < parser->count; i++)
		if (option_at(parser, i)->letter == value)
			return i;
	return parser->count;
}

static int list_add(struct cli_list *list, const char *item)
{
	const char **items = reallocarray(list->items, list->count + 1, sizeof(*items));

	if (items == NULL)
		return -1;
	items[list->count++] = item;
	list->items = items;
	return 0;
}

static int store_value(const struct cli_option *option, void *base, const char *value)
{
	void *slot = (char *)base + option->offset;

	switch (option->kind) {
	case CLI_FLAG:
		*(bool *)slot = true;
		return 0;
	case CLI_TEXT:
		*(const char **)slot = value;
		return 0;
	case CLI_MANY:
		return list_add(slot, value);
	}
	return -1;
}

/* CLI_DONE, or CLI_USAGE after getopt_long has said what is wrong. argv[0] is the tool's name. */
static int parse_options(struct parser *parser, int argc, char **argv)
{
	int value;
	int status = CLI_DONE;

	if (parser_prepare(parser) != 0)
		status = CLI_FAILED;
	optind = 0;
	while (status == CLI_DONE &&
		(value = getopt_long(argc, argv, parser->letters, parser->longs, NULL)) != -1) {
		size_t index = option_of_value(parser, value);

		if (value == '?' || index == parser->count)
			status = CLI_USAGE;
		else if (store_value(
				 option_at(parser, index), option_base(parser, index), optarg) != 0)
			status = CLI_FAILED;
	}
	parser_free(parser);
	return status;
}

static void free_options(const struct cli_command *command, void *options)
{
	if (options == NULL)
		return;
	for (size_t i = 0; i < command->option_count; i++)
		if (command->options[i].kind == CLI_MANY)
			free(((struct cli_list *)(void *)((char *)options +
							  command->options[i].offset))
					->items);
	free(options);
}

/* ---- a run ---- */

static int say_usage(const struct cli_tool *tool, const struct cli_command *command)
{
	if (command != NULL)
		fprintf(stderr, "try '%s %s --help'\n", tool->name, command->name);
	else
		fprintf(stderr, "try '%s --help'\n", tool->name);
	return CLI_USAGE;
}

static const struct cli_command *find_command(const struct cli_tool *tool, const char *name)
{
	for (size_t i = 0; i < tool->command_count; i++)
		if (strcmp(tool->commands[i]->name, name) == 0)
			return tool->commands[i];
	return NULL;
}

/* True if the run ends here, with its help or its version. */
static bool answered(const struct cli_call *call)
{
	if (call->globals.help)
		cli_print_help(call->tool, call->command);
	else if (call->globals.version)
		printf("%s (oci-lifecycle) %s\n", call->tool->name, PACKAGE_VERSION);
	else
		return false;
	return true;
}

static int check_call(const struct cli_call *call)
{
	const struct cli_command *command = call->command;
	size_t count = call->operand_count;

	if (count > command->most)
		fprintf(stderr, "%s: '%s' is one argument too many for %s\n", call->tool->name,
			call->operands[command->most], command->name);
	else if (count < command->least)
		fprintf(stderr, "%s: %s needs %s\n", call->tool->name, command->name,
			command->arguments);
	else
		return CLI_DONE;
	return say_usage(call->tool, command);
}

static int run_command(struct cli_call *call, int argc, char **argv)
{
	const struct cli_command *command = call->command;
	void *options = calloc(1, command->options_size + 1);
	struct parser parser = { .tool = call->tool,
		.command = command,
		.globals = &call->globals,
		.options = options };
	int status = options != NULL ? CLI_DONE : CLI_FAILED;

	if (status == CLI_DONE)
		status = parse_options(&parser, argc, argv);
	if (status == CLI_USAGE)
		say_usage(call->tool, command);
	call->options = options;
	call->operands = argv + optind;
	call->operand_count = (size_t)(argc - optind);
	if (status == CLI_DONE && !answered(call)) {
		status = check_call(call);
		if (status == CLI_DONE)
			status = command->run(call);
	}
	if (options != NULL)
		free_options(command, options);
	return status;
}

static int run_tool(const struct cli_tool *tool, int argc, char **argv)
{
	struct cli_call call = { .tool = tool };
	struct parser parser = { .tool = tool, .globals = &call.globals };
	int status = parse_options(&parser, argc, argv);

	if (status == CLI_USAGE)
		return say_usage(tool, NULL);
	if (status != CLI_DONE || answered(&call))
		return status;
	if (optind >= argc) {
		fprintf(stderr, "%s: a command is missing\n", tool->name);
		return say_usage(tool, NULL);
	}
	call.command = find_command(tool, argv[optind]);
	if (call.command == NULL) {
		fprintf(stderr, "%s: '%s' is no command\n", tool->name, argv[optind]);
		return say_usage(tool, NULL);
	}
	argc -= optind;
	argv += optind;
	argv[0] = (char *)tool->name;
	return run_command(&call, argc, argv);
}

/* What was not written was not said: the exit status has to tell. */
static int close_output(const struct cli_tool *tool, int status)
{
	bool failed = ferror(stdout) != 0;

	if (fclose(stdout) == 0 && !failed)
		return status;
	fprintf(stderr, "%s: cannot write to the standard output: %s\n", tool->name,
		strerror(errno));
	return status == CLI_DONE ? CLI_FAILED : status;
}

int cli_main(const struct cli_tool *tool, int argc, char **argv)
{
	char *none[] = { (char *)tool->name, NULL };
	int status;

	setlocale(LC_ALL, "");
	if (argc < 1) {
		argc = 1;
		argv = none;
	}
	argv[0] = (char *)tool->name;
	if (argc > 1 && strcmp(argv[1], CLI_COMPLETE) == 0)
		status = cli_complete(tool, argc - 2, argv + 2);
	else
		status = run_tool(tool, argc, argv);
	return close_output(tool, status);
}
