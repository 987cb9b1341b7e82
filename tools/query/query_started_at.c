/* SPDX-License-Identifier: Apache-2.0 */
#include "query.h"
#include "source.h"
#include "view.h"

#include <stdio.h>

static int print_start(json_t *view, void *arg)
{
	struct cli_call *call = arg;
	int64_t time = view_start(view);
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
	struct source source;

	if (source_open(&call->globals, LIFECYCLE_ACCESS_READ, &source, &error) != 0)
		return cli_fail(call, &error);
	(void)source_for_operands(&source, call, print_start, call);
	source_close(&source);
	return call->status;
}

const struct cli_command query_started_at = {
	.name = "started-at",
	.arguments = "REF...",
	.summary = "print when a container started, and nothing else",
	.details = "Where that is not known, or never came to be, nothing is printed and the exit "
		   "status is 1.\n"
		   "'inspect' tells whether it is provisional (started_at_source is "
		   "createRuntime).",
	.most = CLI_ANY_NUMBER,
	.complete = source_complete,
	.run = run,
};
