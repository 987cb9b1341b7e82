/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/commands.h"
#include "ctl/site.h"

struct kill_options {
	const char *signal;
};

static int kill_one(
	struct site *site, const char *id, const void *arg, struct lifecycle_error *error)
{
	const struct kill_options *options = arg;

	return container_kill(
		site->place, id, options->signal != NULL ? options->signal : "KILL", error);
}

static int run(struct cli_call *call)
{
	return site_for_operands(call, kill_one, false);
}

static const struct cli_option options[] = {
	{ .name = "signal",
		.letter = 's',
		.kind = CLI_TEXT,
		.offset = offsetof(struct kill_options, signal),
		.argument = "SIGNAL",
		.help = "a name or a number (default: KILL)" },
};

const struct cli_command ctl_kill = {
	.name = "kill",
	.arguments = "REF...",
	.summary = "send a signal to these containers, and print their IDs",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct kill_options),
	.least = 1,
	.most = CLI_ANY_NUMBER,
	.complete = site_complete,
	.run = run,
};
