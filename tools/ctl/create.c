/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/commands.h"
#include "ctl/plan.h"

#include <stdio.h>

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	char id[CONTAINER_ID_SIZE];
	struct site site;
	int result;

	if (site_open(call, LIFECYCLE_ACCESS_WRITE, &site, &error) < 0)
		return cli_fail(call, &error);
	result = plan_create(&site, call, false, id, &error);
	site_close(&site);
	if (result < 0)
		return cli_fail(call, &error);
	puts(id);
	return call->status;
}

static const struct cli_option options[] = { PLAN_OPTIONS };

const struct cli_command ctl_create = {
	.name = "create",
	.arguments = "[IMAGE] [CMD...]",
	.summary = "create a container, and print its ID",
	.details = "Its program is started by start.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct plan_options),
	.most = CLI_ANY_NUMBER,
	.ends_options = true,
	.complete = plan_complete,
	.run = run,
};
