/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/when.h"
#include "container/attend.h"
#include "ctl/commands.h"
#include "ctl/site.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

struct logs_options {
	bool follow;
	bool timestamps;
	const char *since;
	const char *tail;
};

static int parse_count(const char *text, int64_t *ret_count, struct lifecycle_error *error)
{
	char *end;
	long long count;

	errno = 0;
	count = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0)
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "'%s' is no number of lines", text);
	*ret_count = count;
	return 0;
}

static int parse_options(const struct logs_options *options, struct log_options *ret_log,
	struct lifecycle_error *error)
{
	struct log_options log = { .timestamps = options->timestamps,
		.since = LIFECYCLE_UNKNOWN,
		.tail = LIFECYCLE_UNKNOWN };

	if (options->since != NULL &&
		when_parse_time(options->since, lifecycle_time_now(), &log.since, error) < 0)
		return -1;
	if (options->tail != NULL && parse_count(options->tail, &log.tail, error) < 0)
		return -1;
	*ret_log = log;
	return 0;
}

static int show(struct site *site, struct cli_call *call, const struct log_options *log,
	struct lifecycle_error *error)
{
	const struct logs_options *options = call->options;
	char *id;
	int result = site_find(site, call, call->operands[0], &id, error);

	if (result == 0) {
		result = attend_log(site->place, id, log, options->follow, error);
		free(id);
	}
	return result;
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct log_options log;
	struct site site;
	int result;

	if (parse_options(call->options, &log, &error) < 0 ||
		site_open(call, LIFECYCLE_ACCESS_READ, &site, &error) < 0)
		return cli_fail(call, &error);
	result = show(&site, call, &log, &error);
	site_close(&site);
	return result < 0 ? cli_fail(call, &error) : call->status;
}

static const struct cli_option options[] = {
	{ .name = "follow",
		.letter = 'f',
		.kind = CLI_FLAG,
		.offset = offsetof(struct logs_options, follow),
		.help = "go on until the container ends" },
	{ .name = "timestamps",
		.letter = 't',
		.kind = CLI_FLAG,
		.offset = offsetof(struct logs_options, timestamps),
		.help = "the time before each line" },
	{ .name = "since",
		.kind = CLI_TEXT,
		.offset = offsetof(struct logs_options, since),
		.argument = "TIME",
		.help = "only lines from then on: a time, or how long ago, as 10m" },
	{ .name = "tail",
		.letter = 'n',
		.kind = CLI_TEXT,
		.offset = offsetof(struct logs_options, tail),
		.argument = "N",
		.help = "only the last N lines of those that are there" },
};

const struct cli_command ctl_logs = {
	.name = "logs",
	.arguments = "REF",
	.summary = "print what a container has written, each stream to ours",
	.details = "What it wrote in an earlier life is there, too. A line that is not complete is "
		   "printed as\n"
		   "far as it is there.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct logs_options),
	.least = 1,
	.most = 1,
	.complete = site_complete,
	.run = run,
};
