/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/commands.h"
#include "ctl/site.h"

static int start_one(
	struct site *site, const char *id, const void *options, struct lifecycle_error *error)
{
	(void)options;
	return container_start(site->place, id, error);
}

static int run(struct cli_call *call)
{
	return site_for_operands(call, start_one, false);
}

const struct cli_command ctl_start = {
	.name = "start",
	.arguments = "REF...",
	.summary = "start these containers, and print their IDs",
	.details =
		"One that runs is left alone; one that has ended begins a new life under its ID.",
	.least = 1,
	.most = CLI_ANY_NUMBER,
	.complete = site_complete,
	.run = run,
};
