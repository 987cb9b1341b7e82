/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/commands.h"
#include "ctl/site.h"

struct remove_options {
	bool force;
};

static int remove_one(
	struct site *site, const char *id, const void *arg, struct lifecycle_error *error)
{
	const struct remove_options *options = arg;

	return container_remove(site->place, id, options->force, error);
}

static int run(struct cli_call *call)
{
	const struct remove_options *options = call->options;

	return site_for_operands(call, remove_one, options->force);
}

static const char *const aliases[] = { "rm", NULL };

static const struct cli_option options[] = {
	{ .name = "force",
		.letter = 'f',
		.kind = CLI_FLAG,
		.offset = offsetof(struct remove_options, force),
		.help = "also what runs; what is not there is no failure" },
};

const struct cli_command ctl_remove = {
	.name = "remove",
	.aliases = aliases,
	.arguments = "REF...",
	.summary = "remove these containers, and print their IDs",
	.details = "Volumes stay, and so does the record: see forget.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct remove_options),
	.least = 1,
	.most = CLI_ANY_NUMBER,
	.complete = site_complete,
	.run = run,
};
