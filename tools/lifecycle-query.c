/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle-query: reads the store. It never locks, and never writes to it. */
#include "query/commands.h"
#include "records/records.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct cli_option globals[] = {
	RECORDS_ROOT_OPTION,
	RECORDS_STATE_DIR_OPTION,
};

static const struct cli_command *const commands[] = {
	&query_list,
	&query_inspect,
	&query_started_at,
	&query_timeline,
	&query_explain,
	&query_events,
	&query_wait,
	&query_metrics,
	&query_verify,
};

static const struct cli_tool tool = {
	.name = "lifecycle-query",
	.summary = "Says when containers were created, started and ended, what is true of them "
		   "now, and\n"
		   "what went wrong, from the records that the lifecycle hooks keep.",
	.globals = globals,
	.global_count = COUNT(globals),
	.globals_size = sizeof(struct records_options),
	.commands = commands,
	.command_count = COUNT(commands),
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
