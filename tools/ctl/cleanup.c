/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/commands.h"
#include "ctl/site.h"

static int cleanup_one(
	struct site *site, const char *id, const void *options, struct lifecycle_error *error)
{
	(void)options;
	return container_clean(site->place, id, error);
}

static int run(struct cli_call *call)
{
	return site_for_operands(call, cleanup_one, false);
}

const struct cli_command ctl_cleanup = {
	.name = "cleanup",
	.arguments = "REF...",
	.summary = "put away what is left of containers that have ended",
	.details = "conmon calls this at each end; to call it once more does no harm.",
	.least = 1,
	.most = CLI_ANY_NUMBER,
	.complete = site_complete,
	.run = run,
};
