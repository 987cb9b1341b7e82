/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle-query: reads the store. It never locks, and never writes to it. */
#include "query/commands.h"
#include "records/records.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void complete_colour(const struct cli_call *call, const char *begun)
{
	(void)call;
	cli_offer(begun, "auto", "on a terminal, without $NO_COLOR");
	cli_offer(begun, "always", NULL);
	cli_offer(begun, "never", NULL);
}

static const struct cli_option globals[] = {
	RECORDS_ROOT_OPTION,
	RECORDS_STATE_DIR_OPTION,
	{ .name = "color",
		.kind = CLI_TEXT,
		.offset = offsetof(struct query_globals, colour),
		.argument = "WHEN",
		.complete = complete_colour,
		.help = "auto, always or never (default: auto, a terminal without $NO_COLOR)" },
};

static const struct cli_command *const commands[] = {
	&query_list,
	&query_inspect,
	&query_started_at,
	&query_timeline,
	&query_explain,
	&query_trace,
	&query_events,
	&query_wait,
	&query_metrics,
	&query_verify,
	&query_doctor,
};

/* People look for these here. */
static const char *const elsewhere[] = { "create", "run", "start", "stop", "restart", "kill",
	"exec", "logs", "health", "remove", "rm", "prune", "forget", NULL };

static const struct cli_tool tool = {
	.name = "lifecycle-query",
	.summary = "Says when containers were created, started and ended, what is true of them "
		   "now, and\n"
		   "what went wrong, from the records that the lifecycle hooks keep.",
	.globals = globals,
	.global_count = COUNT(globals),
	.globals_size = sizeof(struct query_globals),
	.commands = commands,
	.command_count = COUNT(commands),
	.other = "lifecycle-ctl",
	.elsewhere = elsewhere,
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
