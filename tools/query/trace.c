/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/when.h"
#include "query/commands.h"
#include "query/follow/lives.h"
#include "query/follow/origin.h"
#include "query/output/json_output.h"
#include "query/output/otlp.h"
#include "records/pidfd.h"
#include "records/records.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct trace_options {
	bool follow;
	const char *since;
};

struct trace {
	struct cli_call *call;
	struct records records;          /* while they are read */
	struct lifecycle_strings wanted; /* IDs; none: all */
	struct lifecycle_watch *watch;
	struct origin origin;
	struct lives lives;
	int64_t since; /* lives that ended before are not told; 0 for all */
	struct lifecycle_error error;
};

/* ---- a generation ---- */

static int print_lifeline(struct trace *trace, const struct lifeline *lifeline)
{
	const struct otlp_host host = { trace->origin.machine_id, trace->origin.host };
	struct lifecycle_error why;
	json_t *request;
	char *line;

	if (otlp_request(lifeline, &host, &request, &why) < 0) {
		if (why.code == LIFECYCLE_ERROR_NO_MEMORY)
			return error_no_memory(&trace->error);
		cli_complain(trace->call, &why);
		return 0;
	}
	if (request == NULL)
		return 0;
	line = json_output_text(request, JSON_COMPACT);
	json_decref(request);
	if (line == NULL)
		return error_no_memory(&trace->error);
	puts(line);
	free(line);
	return 0;
}

static bool is_since(const struct trace *trace, const struct lifeline *lifeline)
{
	struct lifeline_time finished = lifeline_finished(lifeline);

	return finished.time == LIFECYCLE_UNKNOWN || finished.time >= trace->since;
}

static int tell_life(const struct view *view, const struct lifecycle_generation *generation,
	int64_t ended_at, void *arg)
{
	struct trace *trace = arg;
	struct lifeline_look look = { .now = lifecycle_time_now(), .ended_at = ended_at };
	struct lifeline *lifeline = lifeline_new(view, generation, look);
	int result = 0;

	if (lifeline == NULL)
		return error_no_memory(&trace->error);
	if (is_since(trace, lifeline))
		result = print_lifeline(trace, lifeline);
	lifeline_free(lifeline);
	return result;
}

/* ---- once ---- */

static int print_view(const struct view *view, void *arg)
{
	struct trace *trace = arg;
	struct lifeline_look look = { .now = lifecycle_time_now() };
	struct lifelines lifelines;
	int result = 0;

	if (lifelines_of(view, look, &lifelines) < 0)
		return error_no_memory(&trace->error);
	for (size_t i = 0; i < lifelines.count && result == 0; i++)
		if (is_since(trace, lifelines.items[i]))
			result = print_lifeline(trace, lifelines.items[i]);
	lifelines_free(&lifelines);
	return result;
}

static int print_once(struct trace *trace)
{
	struct cli_call *call = trace->call;

	records_note_missing(&trace->records, call);
	if (call->operand_count == 0)
		return records_for_each(&trace->records, call, print_view, trace);
	return records_for_operands(&trace->records, call, print_view, trace);
}

/* ---- with --follow ---- */

static int open_records(struct trace *trace)
{
	return records_open(trace->call, LIFECYCLE_ACCESS_READ, &trace->records, &trace->error);
}

static bool is_wanted(const struct trace *trace, const char *id)
{
	for (size_t i = 0; i < trace->wanted.count; i++)
		if (strcmp(trace->wanted.items[i], id) == 0)
			return true;
	return trace->call->operand_count == 0;
}

/* One that is missing for a moment, while a bad one is set aside, is not gone unless its directory went. */
static int look_at(struct trace *trace, const char *id, bool went)
{
	struct lifecycle_record *record;
	struct lifecycle_error why;
	struct view view;
	int result;

	if (!is_wanted(trace, id))
		return 0;
	if (records_load(&trace->records, id, &record, &why) < 0) {
		if (why.code != LIFECYCLE_ERROR_NOT_FOUND)
			cli_complain(trace->call, &why);
		return went ? lives_take_removal(&trace->lives, id) : 0;
	}
	view_of(record, &view);
	result = lives_take_record(&trace->lives, id, &view);
	lifecycle_record_free(record);
	return result;
}

/* From the last one on, since one that is gone is taken out. */
static int look_at_known(struct trace *trace)
{
	int result = 0;

	for (size_t i = trace->lives.count; i-- > 0 && result == 0;)
		result = look_at(trace, trace->lives.items[i].id, true);
	return result;
}

static int look_at_all(struct trace *trace)
{
	struct lifecycle_strings ids;
	struct lifecycle_error why;
	int result = look_at_known(trace);

	if (records_list(&trace->records, &ids, NULL, &why) < 0) {
		if (why.code != LIFECYCLE_ERROR_NOT_FOUND)
			cli_complain(trace->call, &why);
		return result;
	}
	for (size_t i = 0; i < ids.count && result == 0; i++)
		result = look_at(trace, ids.items[i], false);
	lifecycle_strings_free(&ids);
	return result;
}

static int take_change(enum lifecycle_change change, const char *id, void *arg)
{
	struct trace *trace = arg;
	int result;

	if (open_records(trace) < 0)
		return -1;
	if (change == LIFECYCLE_CHANGE_ANYTHING)
		result = look_at_all(trace);
	else
		result = look_at(trace, id, change == LIFECYCLE_CHANGE_REMOVED);
	records_close(&trace->records);
	return result;
}

/* What is polled: changes, the reader, and what is held of each container that is known, in their order. */
enum { POLL_WATCH, POLL_READER, POLL_HELD };

static int poll_all(struct trace *trace, struct pollfd *fds)
{
	fds[POLL_WATCH] =
		(struct pollfd){ .fd = lifecycle_watch_fd(trace->watch), .events = POLLIN };
	fds[POLL_READER] = (struct pollfd){ .fd = STDOUT_FILENO };
	for (size_t i = 0; i < trace->lives.count; i++)
		fds[POLL_HELD + i] =
			(struct pollfd){ .fd = trace->lives.items[i].held.pidfd, .events = POLLIN };
	if (poll(fds, POLL_HELD + trace->lives.count, lives_patience(&trace->lives)) < 0 &&
		errno != EINTR)
		return error_errno(&trace->error, errno, "cannot wait for changes");
	if (fds[POLL_READER].revents != 0)
		return cli_end_without_reader(&trace->error);
	return 0;
}

/* Nothing here makes a container known or forgets it, so each stays in its place. */
static int take_ends(struct trace *trace, const struct pollfd *fds)
{
	int result = 0;

	if (open_records(trace) < 0)
		return -1;
	for (size_t i = 0; i < trace->lives.count && result == 0; i++)
		if (fds[POLL_HELD + i].revents != 0) {
			lives_take_end(&trace->lives.items[i]);
			result = look_at(trace, trace->lives.items[i].id, false);
		}
	records_close(&trace->records);
	return result;
}

static int follow_once(struct trace *trace)
{
	struct pollfd *fds = calloc(POLL_HELD + trace->lives.count, sizeof(*fds));
	int result;

	if (fds == NULL)
		return error_no_memory(&trace->error);
	result = poll_all(trace, fds);
	if (result == 0)
		result = take_ends(trace, fds);
	free(fds);
	if (result == 0)
		result = lifecycle_watch_read(trace->watch, take_change, trace, &trace->error);
	if (result == 0)
		result = lives_tell_due(&trace->lives);
	return result;
}

/* Until whoever reads has gone, or something fails. */
static int follow(struct trace *trace)
{
	int result = look_at_all(trace);

	records_close(&trace->records);
	trace->lives.holds = true;
	if (result == 0)
		result = take_change(LIFECYCLE_CHANGE_ANYTHING, NULL, trace);
	while (result == 0) {
		if (fflush(stdout) != 0)
			return error_errno(
				&trace->error, errno, "cannot write to the standard output");
		result = follow_once(trace);
	}
	return result;
}

/* ---- the command ---- */

static int resolve_wanted(struct trace *trace)
{
	const struct cli_call *call = trace->call;
	struct lifecycle_strings *wanted = &trace->wanted;

	wanted->items = calloc(call->operand_count + 1, sizeof(*wanted->items));
	if (wanted->items == NULL)
		return error_no_memory(&trace->error);
	for (; wanted->count < call->operand_count; wanted->count++)
		if (records_resolve(&trace->records, call->operands[wanted->count],
			    &wanted->items[wanted->count], &trace->error) < 0)
			return -1;
	return 0;
}

/* The watch is older than the first look, so that nothing falls between them. Leaves the records open, if it succeeds. */
static int begin(struct trace *trace, const struct trace_options *options)
{
	int result = 0;

	origin_read(&trace->origin);
	if (options->since != NULL && when_parse_time(options->since, lifecycle_time_now(),
					      &trace->since, &trace->error) < 0)
		return -1;
	if (open_records(trace) < 0)
		return -1;
	if (options->follow) {
		pidfd_allow_many();
		result = resolve_wanted(trace);
		if (result == 0)
			result = records_watch(&trace->records, &trace->watch, &trace->error);
	}
	if (result < 0)
		records_close(&trace->records);
	return result;
}

static int run(struct cli_call *call)
{
	const struct trace_options *options = call->options;
	struct trace trace = { .call = call };
	int result = begin(&trace, options);

	trace.lives.tell = tell_life;
	trace.lives.arg = &trace;
	if (result == 0 && options->follow) {
		result = follow(&trace);
	} else if (result == 0) {
		result = print_once(&trace);
		records_close(&trace.records);
	}
	lives_free(&trace.lives);
	lifecycle_watch_close(trace.watch);
	lifecycle_strings_free(&trace.wanted);
	if (result < 0 && trace.error.code == LIFECYCLE_ERROR_NONE)
		(void)error_no_memory(&trace.error);
	return result == 0 ? call->status : cli_fail(call, &trace.error);
}

static const struct cli_option options[] = {
	{ .name = "follow",
		.letter = 'f',
		.kind = CLI_FLAG,
		.offset = offsetof(struct trace_options, follow),
		.help = "go on: print each life when it ends" },
	{ .name = "since",
		.kind = CLI_TEXT,
		.offset = offsetof(struct trace_options, since),
		.argument = "TIME",
		.help = "only lives that ended at that time or later" },
};

const struct cli_command query_trace = {
	.name = "trace",
	.arguments = "[REF...]",
	.summary = "print lives as traces of OpenTelemetry, OTLP JSON lines",
	.details = "A line is a generation: a span for it, for each of its phases, and for each "
		   "hook\n"
		   "that one of ours ran. What has not ended has no span. A traceparent among the\n"
		   "annotations that hooks keep makes the life a part of that trace.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct trace_options),
	.most = CLI_ANY_NUMBER,
	.complete = records_complete,
	.run = run,
};
