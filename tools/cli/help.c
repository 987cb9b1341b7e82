/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* The columns of the narrowest terminal that people have. */
#define WIDTH 80

static size_t longer(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* ---- text, in lines that fit ---- */

/* Writes words from column `at` on; lines after the first begin at `indent`. */
static void print_words(const char *text, size_t length, size_t at, size_t indent)
{
	const char *end = text + length;
	bool first = true;

	while (text < end) {
		size_t word = strcspn(text, " \n");

		if (!first && at + 1 + word > WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			putchar(' ');
			at++;
		}
		printf("%.*s", (int)word, text);
		at += word;
		text += word;
		text += strspn(text, " \n");
		first = false;
	}
	putchar('\n');
}

/* A paragraph ends before an empty line, and before one that begins with a blank: that one stays as it is. */
static size_t paragraph_length(const char *text)
{
	size_t length = strcspn(text, "\n");

	while (text[0] != ' ' && text[length] == '\n' && strchr(" \n", text[length + 1]) == NULL)
		length += 1 + strcspn(text + length + 1, "\n");
	return length;
}

static void print_text(const char *text)
{
	while (*text != '\0') {
		size_t length = paragraph_length(text);

		if (*text == ' ')
			printf("%.*s\n", (int)length, text);
		else
			print_words(text, length, 0, 0);
		text += length + (text[length] == '\n');
	}
}

void cli_print_row(size_t width, const char *name, const char *text)
{
	size_t indent = strlen("  ") + width + strlen("  ");

	printf("  %-*s  ", (int)width, name);
	print_words(text, strlen(text), indent, indent);
}

/* ---- options ---- */

/* "  -f, --filter KEY=VALUE" */
static int write_option(char *buffer, size_t size, const struct cli_option *option)
{
	char letter[8] = "    ";

	if (option->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	return snprintf(buffer, size, "%s--%s%s%s", letter, option->name,
		option->argument != NULL ? " " : "",
		option->argument != NULL ? option->argument : "");
}

static size_t options_width(const struct cli_option *options, size_t count)
{
	char buffer[128];
	size_t width = 0;

	for (size_t i = 0; i < count; i++)
		width = longer(width, (size_t)write_option(buffer, sizeof(buffer), &options[i]));
	return width;
}

static void print_options(const struct cli_option *options, size_t count, size_t width)
{
	char buffer[128];

	for (size_t i = 0; i < count; i++) {
		write_option(buffer, sizeof(buffer), &options[i]);
		cli_print_row(width, buffer, options[i].help);
	}
}

static size_t globals_width(const struct cli_tool *tool)
{
	return longer(options_width(tool->globals, tool->global_count),
		options_width(cli_own_options, CLI_OWN_OPTION_COUNT));
}

static void print_globals(const struct cli_tool *tool, size_t width)
{
	print_options(tool->globals, tool->global_count, width);
	print_options(cli_own_options, CLI_OWN_OPTION_COUNT, width);
}

/* ---- the whole ---- */

static size_t commands_width(const struct cli_command *const *commands, size_t count)
{
	size_t width = 0;

	for (size_t i = 0; i < count; i++)
		width = longer(width, strlen(commands[i]->name));
	return width;
}

static void print_commands(const struct cli_command *const *commands, size_t count, size_t width)
{
	for (size_t i = 0; i < count; i++)
		cli_print_row(width, commands[i]->name, commands[i]->summary);
}

static void print_tool_help(const struct cli_tool *tool)
{
	size_t width = longer(commands_width(tool->commands, tool->command_count),
		commands_width(cli_own_commands, CLI_OWN_COMMAND_COUNT));

	printf("usage: %s [OPTION...] COMMAND [ARGUMENT...]\n\n", tool->name);
	print_text(tool->summary);
	printf("\ncommands:\n");
	print_commands(tool->commands, tool->command_count, width);
	print_commands(cli_own_commands, CLI_OWN_COMMAND_COUNT, width);
	printf("\noptions:\n");
	print_globals(tool, globals_width(tool));
	printf("\n'%s COMMAND --help' says more of a command.\n", tool->name);
}

static void print_aliases(const struct cli_command *command)
{
	if (command->aliases == NULL)
		return;
	printf("\nalso:");
	for (size_t i = 0; command->aliases[i] != NULL; i++)
		printf(" %s", command->aliases[i]);
	putchar('\n');
}

static void print_command_help(const struct cli_tool *tool, const struct cli_command *command)
{
	size_t width =
		longer(globals_width(tool), options_width(command->options, command->option_count));

	printf("usage: %s", tool->name);
	if (command != tool->only)
		printf(" %s", command->name);
	printf(" [OPTION...]%s%s\n\n", command->arguments[0] != '\0' ? " " : "",
		command->arguments);
	print_text(command->summary);
	printf("\noptions:\n");
	print_options(command->options, command->option_count, width);
	print_globals(tool, width);
	print_aliases(command);
	if (command->details != NULL) {
		putchar('\n');
		print_text(command->details);
	}
	if (command->print_details != NULL)
		command->print_details();
}

void cli_print_help(const struct cli_tool *tool, const struct cli_command *command)
{
	if (command != NULL)
		print_command_help(tool, command);
	else
		print_tool_help(tool);
}

void cli_print_version(const struct cli_tool *tool)
{
	printf("%s (oci-lifecycle) %s\n", tool->name, PACKAGE_VERSION);
}

/* ---- the kit's own commands ---- */

static int run_help(struct cli_call *call)
{
	const struct cli_command *command = NULL;

	if (call->operand_count > 0) {
		command = cli_find_command(call->tool, call->operands[0]);
		if (command == NULL) {
			cli_suggest_command(call->tool, call->operands[0]);
			return CLI_USAGE;
		}
	}
	cli_print_help(call->tool, command);
	return CLI_DONE;
}

static void complete_command(const struct cli_call *call, const char *begun)
{
	for (size_t i = 0; i < call->tool->command_count; i++)
		cli_offer(begun, call->tool->commands[i]->name, call->tool->commands[i]->summary);
}

static int run_version(struct cli_call *call)
{
	cli_print_version(call->tool);
	return CLI_DONE;
}

static const struct cli_command help_command = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "print help, of a command if one is given",
	.most = 1,
	.complete = complete_command,
	.run = run_help,
};

static const struct cli_command version_command = {
	.name = "version",
	.arguments = "",
	.summary = "print the version",
	.run = run_version,
};

const struct cli_command *const cli_own_commands[CLI_OWN_COMMAND_COUNT] = {
	&help_command,
	&version_command,
};
