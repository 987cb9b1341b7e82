/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the words before the one to complete have said. */
struct line {
	struct cli_call call;
	const struct cli_option *open; /* an option whose value comes next */
	bool options_end;              /* after "--" */
};

/* A line and a tab have a meaning for the shell, and a container's name may be anything. */
static bool can_be_offered(const char *word)
{
	for (const unsigned char *at = (const unsigned char *)word; *at != '\0'; at++)
		if (*at <= ' ' || *at == 0x7f)
			return false;
	return word[0] != '\0' && word[0] != ':';
}

void cli_offer(const char *begun, const char *word, const char *help)
{
	if (strncmp(word, begun, strlen(begun)) != 0 || !can_be_offered(word))
		return;
	fputs(word, stdout);
	if (help != NULL) {
		putchar('\t');
		format_escaped(stdout, help);
	}
	putchar('\n');
}

/* A line that begins with a colon tells the shell to offer what it knows best. */
void cli_complete_file(const struct cli_call *call, const char *begun)
{
	(void)call;
	(void)begun;
	printf(":file\n");
}

void cli_complete_directory(const struct cli_call *call, const char *begun)
{
	(void)call;
	(void)begun;
	printf(":directory\n");
}

static bool is_option(const struct cli_option *option, const char *word)
{
	size_t length = strlen(option->name);

	if (word[0] != '-')
		return false;
	if (word[1] != '-')
		return option->letter != 0 && word[1] == option->letter;
	return strncmp(word + 2, option->name, length) == 0 &&
	       (word[2 + length] == '\0' || word[2 + length] == '=');
}

static const struct cli_option *find_among(
	const struct cli_option *options, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (is_option(&options[i], word))
			return &options[i];
	return NULL;
}

static const struct cli_option *find_option(const struct cli_call *call, const char *word)
{
	const struct cli_option *option =
		find_among(call->tool->globals, call->tool->global_count, word);

	if (option == NULL && call->command != NULL)
		option = find_among(call->command->options, call->command->option_count, word);
	return option;
}

/* The value in "--root=DIR" or "-sKEY"; NULL if the next word is it. */
static const char *attached_value(const char *word)
{
	const char *equals = strchr(word, '=');

	if (word[1] != '-')
		return word[2] != '\0' ? word + 2 : NULL;
	return equals != NULL ? equals + 1 : NULL;
}

static bool is_global(const struct cli_call *call, const struct cli_option *option)
{
	return option >= call->tool->globals &&
	       option < call->tool->globals + call->tool->global_count;
}

static void take_value(struct line *line, const struct cli_option *option, const char *value)
{
	if (is_global(&line->call, option) && option->kind == CLI_TEXT)
		*(const char **)(void *)((char *)line->call.globals + option->offset) = value;
	line->open = NULL;
}

static void take_option(struct line *line, const char *word)
{
	const struct cli_option *option = find_option(&line->call, word);
	const char *value = attached_value(word);

	if (option == NULL || option->argument == NULL)
		return;
	if (value != NULL)
		take_value(line, option, value);
	else
		line->open = option;
}

static void take_command(struct line *line, const char *word)
{
	line->call.command = cli_find_command(line->call.tool, word);
}

static void take_operand(struct line *line)
{
	line->call.operand_count++;
	line->options_end |= line->call.command->ends_options;
}

static void take_word(struct line *line, const char *word)
{
	if (line->open != NULL)
		take_value(line, line->open, word);
	else if (!line->options_end && strcmp(word, "--") == 0)
		line->options_end = true;
	else if (!line->options_end && word[0] == '-')
		take_option(line, word);
	else if (line->call.command != NULL)
		take_operand(line);
	else
		take_command(line, word);
}

static void offer_options(const struct cli_option *options, size_t count, const char *begun)
{
	for (size_t i = 0; i < count; i++) {
		char word[64];

		snprintf(word, sizeof(word), "--%s", options[i].name);
		cli_offer(begun, word, options[i].help);
	}
}

static void offer_commands(const struct cli_tool *tool, const char *begun)
{
	for (size_t i = 0; i < tool->command_count; i++)
		cli_offer(begun, tool->commands[i]->name, tool->commands[i]->summary);
	for (size_t i = 0; tool->command_count > 0 && i < CLI_OWN_COMMAND_COUNT; i++)
		cli_offer(begun, cli_own_commands[i]->name, cli_own_commands[i]->summary);
}

static void offer_operands(const struct line *line, const char *begun)
{
	const struct cli_tool *tool = line->call.tool;
	const struct cli_command *command = line->call.command;

	if (command == NULL)
		offer_commands(tool, begun);
	else if (command->complete != NULL && line->call.operand_count < command->most)
		command->complete(&line->call, begun);
}

static void offer(const struct line *line, const char *begun)
{
	const struct cli_tool *tool = line->call.tool;
	const struct cli_command *command = line->call.command;

	if (line->open != NULL) {
		if (line->open->complete != NULL)
			line->open->complete(&line->call, begun);
	} else if (!line->options_end && begun[0] == '-') {
		offer_options(tool->globals, tool->global_count, begun);
		offer_options(cli_own_options, CLI_OWN_OPTION_COUNT, begun);
		if (command != NULL)
			offer_options(command->options, command->option_count, begun);
	} else {
		offer_operands(line, begun);
	}
}

/* The last word is the one to complete; it may be empty. */
int cli_complete(const struct cli_tool *tool, int argc, char **argv)
{
	struct line line = { .call = { .tool = tool,
				     .command = tool->only,
				     .globals = calloc(1, tool->globals_size + 1) } };
	const char *begun = argc > 0 ? argv[argc - 1] : "";

	if (line.call.globals == NULL)
		return CLI_FAILED;
	for (int i = 0; i < argc - 1; i++)
		take_word(&line, argv[i]);
	offer(&line, begun);
	free(line.call.globals);
	return CLI_DONE;
}
