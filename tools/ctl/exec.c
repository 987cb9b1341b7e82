/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "container/runtime_call.h"
#include "ctl/commands.h"
#include "ctl/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct exec_options {
	bool tty;
	struct cli_values environment;
};

/* "exec" [--tty] [--env K=V]... ID CMD...; free() the array. */
static const char **make_words(const struct cli_call *call, const char *id)
{
	const struct exec_options *options = call->options;
	const char **words =
		calloc(call->operand_count + 2 * options->environment.count + 4, sizeof(*words));
	size_t at = 0;

	if (words == NULL)
		return NULL;
	words[at++] = "exec";
	if (options->tty)
		words[at++] = "--tty";
	for (size_t i = 0; i < options->environment.count; i++) {
		words[at++] = "--env";
		words[at++] = options->environment.items[i];
	}
	words[at++] = id;
	for (size_t i = 1; i < call->operand_count; i++)
		words[at++] = call->operands[i];
	return words;
}

/* A site_running_fn: becomes the runtime, so that what the program says and how it ends are ours. Returns only on failure. */
static int become(struct site *site, struct cli_call *call, const char *id,
	const struct settings *settings, struct lifecycle_error *error)
{
	const char **words = make_words(call, id);
	const char **argv;

	(void)site;
	if (words == NULL)
		return error_no_memory(error);
	argv = runtime_call_argv(settings, NULL, words, error);
	if (argv != NULL) {
		(void)fflush(stdout);
		(void)execv(settings->runtime, (char *const *)(uintptr_t)argv);
		(void)error_errno(error, errno, "cannot run '%s'", settings->runtime);
		free(argv);
	}
	free(words);
	return -1;
}

static int run(struct cli_call *call)
{
	return site_for_running(call, become);
}

static const struct cli_option options[] = {
	{ .name = "tty",
		.letter = 't',
		.kind = CLI_FLAG,
		.offset = offsetof(struct exec_options, tty),
		.help = "give it a terminal" },
	{ .name = "env",
		.letter = 'e',
		.kind = CLI_MANY,
		.offset = offsetof(struct exec_options, environment),
		.argument = "K=V",
		.help = "a variable of the program's" },
};

const struct cli_command ctl_exec = {
	.name = "exec",
	.arguments = "REF CMD...",
	.summary = "run one more program in a container",
	.details = "It ends as the program ends.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct exec_options),
	.least = 2,
	.most = CLI_ANY_NUMBER,
	.ends_options = true,
	.complete = site_complete,
	.run = run,
};
