/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static size_t longer(size_t a, size_t b)
{
	return a > b ? a : b;
}

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
		printf("  %-*s  %s\n", (int)width, buffer, options[i].help);
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

static void print_tool_help(const struct cli_tool *tool)
{
	size_t width = 0;

	for (size_t i = 0; i < tool->command_count; i++)
		width = longer(width, strlen(tool->commands[i]->name));
	printf("usage: %s [OPTION...] COMMAND [ARGUMENT...]\n\n%s\n\ncommands:\n", tool->name,
		tool->summary);
	for (size_t i = 0; i < tool->command_count; i++)
		printf("  %-*s  %s\n", (int)width, tool->commands[i]->name,
			tool->commands[i]->summary);
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
	printf(" [OPTION...]%s%s\n\n%s\n\noptions:\n", command->arguments[0] != '\0' ? " " : "",
		command->arguments, command->summary);
	print_options(command->options, command->option_count, width);
	print_globals(tool, width);
	print_aliases(command);
	if (command->details != NULL)
		printf("\n%s\n", command->details);
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
