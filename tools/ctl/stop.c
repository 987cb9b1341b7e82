/* SPDX-License-Identifier: Apache-2.0 */
/* stop and restart: both begin with an end. */
#include "base/error.h"
#include "cli/when.h"
#include "ctl/commands.h"
#include "ctl/site.h"

struct stop_options {
	const char *time;
};

static int stop_one(
	struct site *site, const char *id, const void *arg, struct lifecycle_error *error)
{
	const struct stop_options *options = arg;
	int64_t grace = LIFECYCLE_UNKNOWN;

	if (options->time != NULL && when_parse_duration(options->time, &grace, error) < 0)
		return -1;
	return container_stop(site->place, id, grace, error);
}

static int restart_one(
	struct site *site, const char *id, const void *arg, struct lifecycle_error *error)
{
	if (stop_one(site, id, arg, error) < 0)
		return -1;
	return container_start(site->place, id, error);
}

static int run_stop(struct cli_call *call)
{
	return site_for_operands(call, stop_one, false);
}

static int run_restart(struct cli_call *call)
{
	return site_for_operands(call, restart_one, false);
}

static const struct cli_option options[] = {
	{ .name = "time",
		.letter = 't',
		.kind = CLI_TEXT,
		.offset = offsetof(struct stop_options, time),
		.argument = "TIME",
		.help = "how long to wait before it is killed; 0: not at all (default: the "
			"container's)" },
};

const struct cli_command ctl_stop = {
	.name = "stop",
	.arguments = "REF...",
	.summary = "end these containers, and print their IDs",
	.details = "By the container's stop signal, and by SIGKILL if that does not help in time. "
		   "One that\n"
		   "does not run is left alone.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct stop_options),
	.least = 1,
	.most = CLI_ANY_NUMBER,
	.complete = site_complete,
	.run = run_stop,
};

const struct cli_command ctl_restart = {
	.name = "restart",
	.arguments = "REF...",
	.summary = "stop these containers, and start them again",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct stop_options),
	.least = 1,
	.most = CLI_ANY_NUMBER,
	.complete = site_complete,
	.run = run_restart,
};
