/* SPDX-License-Identifier: Apache-2.0 */
#include "query/commands.h"
#include "records/records.h"

#include <stdio.h>

static int print_start(const struct view *view, void *arg)
{
	struct cli_call *call = arg;
	int64_t time = view->observed.started_at;
	char text[LIFECYCLE_TIME_SIZE];

	if (time != LIFECYCLE_UNKNOWN)
		puts(lifecycle_time_format(time, text));
	else if (call->status == CLI_DONE)
		call->status = CLI_FAILED;
	return 0;
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct records records;

	if (records_open(call, LIFECYCLE_ACCESS_READ, &records, &error) < 0)
		return cli_fail(call, &error);
	(void)records_for_operands(&records, call, print_start, call);
	records_close(&records);
	return call->status;
}

const struct cli_command query_started_at = {
	.name = "started-at",
	.arguments = "REF...",
	.summary = "print when a container started, and nothing else",
	.details = "Where that is not known, or never came to be, nothing is printed and the exit "
		   "status is 1.\n"
		   "While it runs unseen, the time is provisional: 'list' tells, its "
		   "started_at_source is\n"
		   "createRuntime.",
	.most = CLI_ANY_NUMBER,
	.complete = records_complete,
	.run = run,
};
