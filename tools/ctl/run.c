/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "container/attend.h"
#include "ctl/commands.h"
#include "ctl/plan.h"

#include <stdio.h>

struct run_options {
	struct plan_options plan;
	bool detach;
	bool remove;
};

static int run_in_foreground(
	struct cli_call *call, struct site *site, const char *id, struct lifecycle_error *error)
{
	int64_t exit_code;

	if (attend_run(site->place, id, &exit_code, error) < 0)
		return -1;
	if (exit_code == LIFECYCLE_UNKNOWN)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"'%.12s' has ended, but nobody knows how: conmon was killed", id);
	call->status = (int)exit_code;
	return 0;
}

/* One that cannot be started leaves no more than its record, as one that cannot be created. */
static int run_detached(struct site *site, const char *id, struct lifecycle_error *error)
{
	struct lifecycle_error ignored;

	if (container_start(site->place, id, error) < 0) {
		(void)container_remove(site->place, id, true, &ignored);
		return -1;
	}
	puts(id);
	return 0;
}

static int run_container(struct cli_call *call, struct site *site, struct lifecycle_error *error)
{
	const struct run_options *options = call->options;
	char id[CONTAINER_ID_SIZE];

	if (plan_create(site, call, options->remove, id, error) < 0)
		return -1;
	if (options->detach)
		return run_detached(site, id, error);
	return run_in_foreground(call, site, id, error);
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct site site;
	int result;

	if (site_open(call, LIFECYCLE_ACCESS_WRITE, &site, &error) < 0)
		return cli_fail(call, &error);
	result = run_container(call, &site, &error);
	site_close(&site);
	return result < 0 ? cli_fail(call, &error) : call->status;
}

static const struct cli_option options[] = {
	PLAN_OPTIONS,
	{ .name = "detach",
		.letter = 'd',
		.kind = CLI_FLAG,
		.offset = offsetof(struct run_options, detach),
		.help = "print the ID, and do not wait for the end" },
	{ .name = "rm",
		.kind = CLI_FLAG,
		.offset = offsetof(struct run_options, remove),
		.help = "remove the container when it ends; its record stays" },
};

const struct cli_command ctl_run = {
	.name = "run",
	.arguments = "[IMAGE] [CMD...]",
	.summary = "create and start a container, show what it writes, and end as it ends",
	.details =
		"Its standard input is empty. The signals INT, TERM, HUP, QUIT, USR1 and USR2 are "
		"handed on.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct run_options),
	.most = CLI_ANY_NUMBER,
	.ends_options = true,
	.complete = plan_complete,
	.run = run,
};
