/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/distance.h"
#include "cli/format.h"

#include <stdio.h>
#include <string.h>

/* ---- the nearest of many ---- */

struct nearest {
	const char *word; /* what was typed */
	size_t length;
	const char *found; /* NULL for none yet */
	size_t distance;
};

/* A third of the word may be wrong; or its end is not there yet. */
static void consider(struct nearest *nearest, const char *candidate)
{
	bool begins =
		nearest->length > 1 && strncmp(candidate, nearest->word, nearest->length) == 0;
	size_t distance = begins ? 0 : distance_between(nearest->word, candidate);

	if (distance > (nearest->length + 2) / 3 || distance >= strlen(candidate) ||
		(nearest->found != NULL && distance >= nearest->distance))
		return;
	nearest->found = candidate;
	nearest->distance = distance;
}

/* ---- commands ---- */

static void consider_command(struct nearest *nearest, const struct cli_command *command)
{
	consider(nearest, command->name);
	for (size_t i = 0; command->aliases != NULL && command->aliases[i] != NULL; i++)
		consider(nearest, command->aliases[i]);
}

static bool is_elsewhere(const struct cli_tool *tool, const char *word)
{
	for (size_t i = 0; tool->elsewhere != NULL && tool->elsewhere[i] != NULL; i++)
		if (strcmp(tool->elsewhere[i], word) == 0)
			return true;
	return false;
}

void cli_suggest_command(const struct cli_tool *tool, const char *word)
{
	struct nearest nearest = { .word = word, .length = strlen(word) };

	fprintf(stderr, "%s: '", tool->name);
	format_escaped(stderr, word);
	fprintf(stderr, "' is no command\n");
	if (is_elsewhere(tool, word)) {
		fprintf(stderr, "%s has it: '%s %s'\n", tool->other, tool->other, word);
		return;
	}
	for (size_t i = 0; i < tool->command_count; i++)
		consider_command(&nearest, tool->commands[i]);
	for (size_t i = 0; i < CLI_OWN_COMMAND_COUNT; i++)
		consider_command(&nearest, cli_own_commands[i]);
	if (nearest.found != NULL)
		fprintf(stderr, "did you mean '%s'?\n", nearest.found);
}

/* ---- options ---- */

static void consider_options(
	struct nearest *nearest, const struct cli_option *options, size_t count)
{
	for (size_t i = 0; i < count; i++)
		consider(nearest, options[i].name);
}

static bool has_option(const struct cli_command *command, const char *name)
{
	for (size_t i = 0; i < command->option_count; i++)
		if (strcmp(command->options[i].name, name) == 0)
			return true;
	return false;
}

/* Of an option before the command: which command has it. */
static const struct cli_command *owner_of(const struct cli_call *call, const char *name)
{
	for (size_t i = 0; call->command == NULL && i < call->tool->command_count; i++)
		if (has_option(call->tool->commands[i], name))
			return call->tool->commands[i];
	return NULL;
}

void cli_suggest_option(const struct cli_call *call, const char *word)
{
	char name[DISTANCE_LONGEST + 1];
	struct nearest nearest = { .word = name };
	const struct cli_command *owner;

	if (strncmp(word, "--", 2) != 0)
		return;
	nearest.length = strcspn(word + 2, "=");
	if (nearest.length >= sizeof(name))
		return;
	*(char *)mempcpy(name, word + 2, nearest.length) = '\0';
	owner = owner_of(call, name);
	if (owner != NULL) {
		fprintf(stderr, "'--%s' stands after the command that has it, such as '%s'\n", name,
			owner->name);
		return;
	}
	consider_options(&nearest, call->tool->globals, call->tool->global_count);
	consider_options(&nearest, cli_own_options, CLI_OWN_OPTION_COUNT);
	if (call->command != NULL)
		consider_options(&nearest, call->command->options, call->command->option_count);
	/* one that is begun is ambiguous, and getopt_long has listed what it may be */
	if (nearest.found != NULL && strncmp(nearest.found, name, nearest.length) != 0)
		fprintf(stderr, "did you mean '--%s'?\n", nearest.found);
}
