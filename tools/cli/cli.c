/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "base/error.h"
#include "cli/format.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
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
	call->failures +=
		error->code == LIFECYCLE_ERROR_SYSTEM || error->code == LIFECYCLE_ERROR_NO_MEMORY;
	if (call->status == CLI_DONE)
		call->status = status_of(error->code);
}

int cli_end_without_reader(struct lifecycle_error *error)
{
	(void)raise(SIGPIPE);
	return error_set(
		error, LIFECYCLE_ERROR_SYSTEM, "nobody reads the standard output any more");
}

int cli_fail(struct cli_call *call, const struct lifecycle_error *error)
{
	cli_complain(call, error);
	return call->status;
}

/* ---- options ---- */

/* The kit's own. */
struct own {
	bool help;
	bool version;
};

const struct cli_option cli_own_options[CLI_OWN_OPTION_COUNT] = {
	{ .name = "help",
		.letter = 'h',
		.kind = CLI_FLAG,
		.offset = offsetof(struct own, help),
		.help = "print this help" },
	{ .name = "version",
		.kind = CLI_FLAG,
		.offset = offsetof(struct own, version),
		.help = "print the version" },
};

/* Options, and the structure that they fill. */
struct option_set {
	const struct cli_option *options;
	size_t count;
	void *base;
};

enum { SET_GLOBALS, SET_OWN, SET_COMMAND, SET_COUNT };

/* The options that getopt_long looks for at once. */
struct parser {
	struct option_set sets[SET_COUNT];
	size_t count;
	struct option *longs;
	char *letters;
};

static const struct cli_option *option_at(
	const struct parser *parser, size_t index, void **ret_base)
{
	const struct option_set *set = parser->sets;

	for (; index >= set->count; set++)
		index -= set->count;
	*ret_base = set->base;
	return &set->options[index];
}

/* getopt_long's value for an option: beyond every letter. */
#define FIRST_VALUE 1000

/* `ends`: options end where the first operand is, such as the command's name. */
static int parser_prepare(struct parser *parser, bool ends)
{
	char *letter;

	for (size_t i = 0; i < SET_COUNT; i++)
		parser->count += parser->sets[i].count;
	parser->longs = calloc(parser->count + 1, sizeof(*parser->longs));
	parser->letters = calloc(2, parser->count + 1);
	if (parser->longs == NULL || parser->letters == NULL)
		return -1;
	letter = parser->letters;
	if (ends)
		*letter++ = '+';
	for (size_t i = 0; i < parser->count; i++) {
		void *base;
		const struct cli_option *option = option_at(parser, i, &base);

		parser->longs[i].name = option->name;
		parser->longs[i].has_arg = option->argument != NULL;
		parser->longs[i].val = FIRST_VALUE + (int)i;
		if (option->letter != 0)
			*letter++ = option->letter;
		if (option->letter != 0 && option->argument != NULL)
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
	for (size_t i = 0; i < parser->count; i++) {
		void *base;

		if (option_at(parser, i, &base)->letter == value)
			return i;
	}
	return parser->count;
}

static int add_value(struct cli_values *values, const char *item)
{
	const char **items = reallocarray(values->items, values->count + 1, sizeof(*items));

	if (items == NULL)
		return -1;
	items[values->count++] = item;
	values->items = items;
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
		return add_value(slot, value);
	case CLI_WORD:
		*(const char **)slot = option->word;
		return 0;
	}
	return -1;
}

static int take_option(const struct parser *parser, int value)
{
	size_t index = option_of_value(parser, value);
	const struct cli_option *option;
	void *base;

	if (value == '?' || index == parser->count)
		return CLI_USAGE;
	option = option_at(parser, index, &base);
	return store_value(option, base, optarg) == 0 ? CLI_DONE : CLI_FAILED;
}

/* CLI_DONE, or CLI_USAGE after getopt_long has said what is wrong. argv[0] is the tool's name. */
static int parse_options(const struct cli_call *call, struct own *own, int argc, char **argv)
{
	const struct cli_tool *tool = call->tool;
	const struct cli_command *command = call->command;
	struct parser parser = { .sets = {
					 [SET_GLOBALS] = { tool->globals, tool->global_count,
						 call->globals },
					 [SET_OWN] = { cli_own_options, CLI_OWN_OPTION_COUNT, own },
				 } };
	int value;
	int status;

	if (command != NULL)
		parser.sets[SET_COMMAND] = (struct option_set){ command->options,
			command->option_count, call->options };
	status = parser_prepare(&parser, command == NULL || command->ends_options) == 0
			 ? CLI_DONE
			 : CLI_FAILED;
	optind = 0;
	while (status == CLI_DONE &&
		(value = getopt_long(argc, argv, parser.letters, parser.longs, NULL)) != -1)
		status = take_option(&parser, value);
	parser_free(&parser);
	/* optopt is the option that lacks a value, has one too many, or is a letter */
	if (status == CLI_USAGE && optopt == 0)
		cli_suggest_option(call, argv[optind - 1]);
	return status;
}

static void free_options(const struct cli_command *command, void *options)
{
	if (options == NULL)
		return;
	for (size_t i = 0; i < command->option_count; i++)
		if (command->options[i].kind == CLI_MANY)
			free(((struct cli_values *)(void *)((char *)options +
							    command->options[i].offset))
					->items);
	free(options);
}

/* ---- a run ---- */

static int say_usage(const struct cli_tool *tool, const struct cli_command *command)
{
	if (command != NULL && command != tool->only)
		fprintf(stderr, "try '%s %s --help'\n", tool->name, command->name);
	else
		fprintf(stderr, "try '%s --help'\n", tool->name);
	return CLI_USAGE;
}

static bool is_called(const struct cli_command *command, const char *name)
{
	for (size_t i = 0; command->aliases != NULL && command->aliases[i] != NULL; i++)
		if (strcmp(command->aliases[i], name) == 0)
			return true;
	return strcmp(command->name, name) == 0;
}

const struct cli_command *cli_find_command(const struct cli_tool *tool, const char *name)
{
	for (size_t i = 0; i < tool->command_count; i++)
		if (is_called(tool->commands[i], name))
			return tool->commands[i];
	for (size_t i = 0; i < CLI_OWN_COMMAND_COUNT; i++)
		if (is_called(cli_own_commands[i], name))
			return cli_own_commands[i];
	return NULL;
}

/* True if the run ends here, with its help or its version. */
static bool answered(const struct cli_call *call, const struct own *own)
{
	if (own->help)
		cli_print_help(call->tool, call->command);
	else if (own->version)
		cli_print_version(call->tool);
	return own->help || own->version;
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

static int parse_and_run(struct cli_call *call, struct own *own, int argc, char **argv)
{
	int status = parse_options(call, own, argc, argv);

	if (status == CLI_USAGE)
		return say_usage(call->tool, call->command);
	call->operands = argv + optind;
	call->operand_count = (size_t)(argc - optind);
	if (status != CLI_DONE || answered(call, own))
		return status;
	status = check_call(call);
	return status == CLI_DONE ? call->command->run(call) : status;
}

static int run_command(struct cli_call *call, struct own *own, int argc, char **argv)
{
	int status = CLI_FAILED;

	call->options = calloc(1, call->command->options_size + 1);
	if (call->options != NULL)
		status = parse_and_run(call, own, argc, argv);
	free_options(call->command, call->options);
	return status;
}

static int run_call(struct cli_call *call, int argc, char **argv)
{
	const struct cli_tool *tool = call->tool;
	struct own own = { 0 };
	int status;

	call->command = tool->only;
	if (call->command != NULL)
		return run_command(call, &own, argc, argv);
	status = parse_options(call, &own, argc, argv);
	if (status == CLI_USAGE)
		return say_usage(tool, NULL);
	if (status != CLI_DONE || answered(call, &own))
		return status;
	if (optind >= argc) {
		fprintf(stderr, "%s: a command is missing\n", tool->name);
		return say_usage(tool, NULL);
	}
	call->command = cli_find_command(tool, argv[optind]);
	if (call->command == NULL) {
		cli_suggest_command(tool, argv[optind]);
		return say_usage(tool, NULL);
	}
	argc -= optind;
	argv += optind;
	argv[0] = (char *)(uintptr_t)tool->name;
	return run_command(call, &own, argc, argv);
}

static int run_tool(const struct cli_tool *tool, int argc, char **argv)
{
	struct cli_call call = { .tool = tool, .globals = calloc(1, tool->globals_size + 1) };
	int status = CLI_FAILED;

	if (call.globals != NULL)
		status = run_call(&call, argc, argv);
	free(call.globals);
	return status;
}

/* What was not written was not said: the exit status has to tell. */
static int close_output(const struct cli_tool *tool, int status)
{
	bool failed = ferror(stdout) != 0;
	bool tells = fclose(stdout) != 0;

	if (!tells && !failed)
		return status;
	/* why it failed before is not kept */
	fprintf(stderr, "%s: cannot write to the standard output%s%s\n", tool->name,
		tells ? ": " : "", tells ? strerror(errno) : "");
	return status == CLI_DONE ? CLI_FAILED : status;
}

int cli_main(const struct cli_tool *tool, int argc, char **argv)
{
	char *none[] = { (char *)(uintptr_t)tool->name, NULL };
	int status;

	setlocale(LC_ALL, "");
	if (argc < 1) {
		argc = 1;
		argv = none;
	}
	argv[0] = (char *)(uintptr_t)tool->name;
	if (argc > 1 && strcmp(argv[1], CLI_COMPLETE) == 0)
		status = cli_complete(tool, argc - 2, argv + 2);
	else
		status = run_tool(tool, argc, argv);
	return close_output(tool, status);
}
