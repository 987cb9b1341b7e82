/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/when.h"
#include "query/commands.h"
#include "query/wait_healthy.h"
#include "query/wait_status.h"
#include "records/records.h"

#include <string.h>

struct wait_options {
	const char *status;
	const char *timeout;
	const char *data_root;
};

/* What else than a record's status can be waited for. */
#define HEALTHY "healthy"
#define REMOVED "removed"

/* As docker and podman have it. */
static const char *const stopped_words[] = { "exited", "not-running" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *our_word(const char *word)
{
	for (size_t i = 0; i < COUNT(stopped_words); i++)
		if (strcmp(word, stopped_words[i]) == 0)
			return lifecycle_status_name(LIFECYCLE_STATUS_STOPPED);
	return word;
}

static int parse_status(
	const char *word, enum lifecycle_status *ret_status, struct lifecycle_error *error)
{
	enum lifecycle_status status = word != NULL ? lifecycle_status_from_name(our_word(word))
						    : LIFECYCLE_STATUS_STOPPED;

	if (status < LIFECYCLE_STATUS_CREATED)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%s' cannot be waited for: created, running, stopped (or exited, "
			"not-running), " REMOVED " and " HEALTHY " can",
			word);
	*ret_status = status;
	return 0;
}

static bool is_for(const struct wait_options *options, const char *word)
{
	return options->status != NULL && strcmp(options->status, word) == 0;
}

static int run(struct cli_call *call)
{
	const struct wait_options *options = call->options;
	enum lifecycle_status status = LIFECYCLE_STATUS_NONE;
	bool healthy = is_for(options, HEALTHY);
	bool removed = is_for(options, REMOVED);
	struct lifecycle_error error;
	int64_t deadline = LIFECYCLE_NO_DEADLINE;

	if ((!healthy && !removed && parse_status(options->status, &status, &error) < 0) ||
		when_parse_deadline(options->timeout, &deadline, &error) < 0)
		return cli_fail(call, &error);
	if (healthy)
		return wait_healthy(call, options->data_root, deadline);
	return removed ? wait_removed(call, deadline) : wait_status(call, status, deadline);
}

static void complete_status(const struct cli_call *call, const char *begun)
{
	(void)call;
	for (enum lifecycle_status i = LIFECYCLE_STATUS_CREATED; i <= LIFECYCLE_STATUS_STOPPED; i++)
		cli_offer(begun, lifecycle_status_name(i), NULL);
	cli_offer(begun, HEALTHY, NULL);
	cli_offer(begun, REMOVED, NULL);
}

static const struct cli_option options[] = {
	{ .name = "for",
		.kind = CLI_TEXT,
		.offset = offsetof(struct wait_options, status),
		.argument = "STATUS",
		.complete = complete_status,
		.help = "created, running, healthy, stopped or removed (default: stopped)" },
	{ .name = "condition",
		.kind = CLI_TEXT,
		.offset = offsetof(struct wait_options, status),
		.argument = "STATUS",
		.complete = complete_status,
		.help = "the same as --for; exited and not-running are stopped" },
	{ .name = "timeout",
		.letter = 't',
		.kind = CLI_TEXT,
		.offset = offsetof(struct wait_options, timeout),
		.argument = "TIME",
		.help = "give up after so long, as 90, 30m or 24h: exit status 124" },
	{ .name = "data-root",
		.kind = CLI_TEXT,
		.offset = offsetof(struct wait_options, data_root),
		.argument = "DIR",
		.complete = cli_complete_directory,
		.help = "lifecycle-ctl's, whose containers can be healthy (default: as for it)" },
};

const struct cli_command query_wait = {
	.name = "wait",
	.arguments = "REF...",
	.summary = "wait until containers are stopped, or what else is asked for",
	.details = "Waiting for stopped ends with the exit codes, a line for each REF; '-' is one "
		   "that is not\n"
		   "known. A container that is stopped already is waited for until it runs anew if "
		   "--for asks\n"
		   "for anything else.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct wait_options),
	.most = CLI_ANY_NUMBER,
	.complete = records_complete,
	.run = run,
};
