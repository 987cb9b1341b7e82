/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/when.h"
#include "query/commands.h"
#include "query/follow/event.h"
#include "query/follow/known.h"
#include "query/output/json_output.h"
#include "records/records.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct events_options {
	bool follow;
	const char *since;
};

/* A line of the past, which waits for its turn. */
struct past_line {
	int64_t time; /* its own, or that of the one before it in its container */
	size_t number;
	char *text;
};

struct past {
	size_t count;
	struct past_line *lines;
};

struct follow {
	struct cli_call *call;
	struct records records; /* while they are read */
	struct lifecycle_watch *watch;
	struct lifecycle_strings wanted; /* IDs; none: all */
	int64_t since;
	struct known known;
	struct past *past; /* while the past is gathered, else NULL */
	struct lifecycle_error error;
};

/* ---- lines ---- */

/* Takes the text. Lines of a container come in its order: one without a time stands behind the one before it. */
static int keep_line(struct follow *follow, int64_t time, bool is_first, char *text)
{
	struct past *past = follow->past;
	struct past_line *lines = reallocarray(past->lines, past->count + 1, sizeof(*past->lines));

	if (lines == NULL) {
		free(text);
		return error_no_memory(&follow->error);
	}
	if (time == LIFECYCLE_UNKNOWN && !is_first && past->count > 0)
		time = lines[past->count - 1].time;
	lines[past->count] = (struct past_line){ time, past->count, text };
	past->count++;
	past->lines = lines;
	return 0;
}

/* Takes the object. */
static int print_object(struct follow *follow, int64_t time, bool is_first, json_t *object)
{
	char *text = json_output_text(object, JSON_COMPACT);

	json_decref(object);
	if (text == NULL)
		return error_no_memory(&follow->error);
	if (follow->past != NULL)
		return keep_line(follow, time, is_first, text);
	puts(text);
	free(text);
	return 0;
}

static int print_event(struct follow *follow, const struct lifecycle_record *record,
	const struct event *event, bool is_first)
{
	json_t *object;

	if (event->time != LIFECYCLE_UNKNOWN && event->time < follow->since)
		return 0;
	if (event_json(record, event, &object, &follow->error) < 0)
		return -1;
	return print_object(follow, event->time, is_first, object);
}

static int print_removal(struct follow *follow, const struct known_container *container)
{
	int64_t now = lifecycle_time_now();
	json_t *object;

	if (now < follow->since)
		return 0;
	if (event_removal_json(container->id, container->generation, container->instance, now,
		    &object, &follow->error) < 0)
		return -1;
	return print_object(follow, now, true, object);
}

/* ---- what is new ---- */

static bool is_wanted(const struct follow *follow, const char *id)
{
	for (size_t i = 0; i < follow->wanted.count; i++)
		if (strcmp(follow->wanted.items[i], id) == 0)
			return true;
	return follow->call->operand_count == 0;
}

/* 1 if the event was told before, 0 if not, -1 if memory is out. */
static int was_told(const struct known_container *before, const struct event *event)
{
	char *key = event_key(event);
	int result = key != NULL ? known_has_event(before, key) : -1;

	free(key);
	return result;
}

/* A record that has nothing of the one before it is another container's. */
static bool is_another(const struct known_container *before, const struct events *now)
{
	if (before == NULL || before->count == 0)
		return false;
	for (size_t i = 0; i < now->count; i++)
		if (was_told(before, &now->items[i]) != 0)
			return false;
	return true;
}

static int print_news(struct follow *follow, const struct known_container *before,
	const struct lifecycle_record *record, const struct events *now)
{
	if (is_another(before, now) && print_removal(follow, before) < 0)
		return -1;
	for (size_t i = 0; i < now->count; i++) {
		int told = was_told(before, &now->items[i]);

		if (told < 0)
			return error_no_memory(&follow->error);
		if (told == 0 && print_event(follow, record, &now->items[i], i == 0) < 0)
			return -1;
	}
	return 0;
}

static int take_record(struct follow *follow, const char *id, const struct lifecycle_record *record)
{
	struct events events;
	int result;

	if (events_of(record, &events, &follow->error) < 0)
		return -1;
	result = print_news(follow, known_find(&follow->known, id), record, &events);
	if (result == 0)
		result = known_set(&follow->known, id, &events, &follow->error);
	events_free(&events);
	return result;
}

static int take_removal(struct follow *follow, const char *id)
{
	const struct known_container *container = known_find(&follow->known, id);
	int result;

	if (container == NULL)
		return 0;
	result = print_removal(follow, container);
	known_forget(&follow->known, id);
	return result;
}

/*
 * Reads a record again. It may be missing for a moment while a bad one is set aside, so that is its end only if
 * its directory went. One that cannot be read is complained of, and what is known of it stays.
 */
static int look_at(struct follow *follow, const char *id, bool went)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;
	int result = 0;

	if (!is_wanted(follow, id))
		return 0;
	if (records_load(&follow->records, id, &record, &error) == 0) {
		result = take_record(follow, id, record);
		lifecycle_record_free(record);
	} else if (error.code != LIFECYCLE_ERROR_NOT_FOUND) {
		cli_complain(follow->call, &error);
	} else if (went) {
		result = take_removal(follow, id);
	}
	return result;
}

/* ---- the whole store ---- */

static int compare_ids(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool has_id(const struct lifecycle_strings *ids, const char *id)
{
	return ids->count > 0 &&
	       bsearch(&id, ids->items, ids->count, sizeof(*ids->items), compare_ids) != NULL;
}

/* From the last one on, since one that is gone is taken out. */
static int take_removals(struct follow *follow, const struct lifecycle_strings *ids)
{
	for (size_t i = follow->known.count; i-- > 0;) {
		const struct known_container *container = &follow->known.containers[i];

		if (has_id(ids, container->id))
			continue;
		if (print_removal(follow, container) < 0)
			return -1;
		known_forget(&follow->known, container->id);
	}
	return 0;
}

static int look_at_all(struct follow *follow)
{
	struct lifecycle_strings ids;
	struct lifecycle_error error;
	int result;

	if (records_list(&follow->records, &ids, NULL, &error) < 0) {
		if (error.code != LIFECYCLE_ERROR_NOT_FOUND)
			cli_complain(follow->call, &error);
		return 0;
	}
	result = take_removals(follow, &ids);
	for (size_t i = 0; i < ids.count && result == 0; i++)
		result = look_at(follow, ids.items[i], false);
	lifecycle_strings_free(&ids);
	return result;
}

/* ---- the past ---- */

static int compare_past(const void *a, const void *b)
{
	const struct past_line *one = a;
	const struct past_line *other = b;

	if (one->time != other->time)
		return one->time > other->time ? 1 : -1;
	return (one->number > other->number) - (one->number < other->number);
}

static void print_and_free(struct past *past, bool wanted)
{
	if (past->count > 1)
		qsort(past->lines, past->count, sizeof(*past->lines), compare_past);
	for (size_t i = 0; i < past->count; i++) {
		if (wanted)
			puts(past->lines[i].text);
		free(past->lines[i].text);
	}
	free(past->lines);
}

static int print_past(struct follow *follow)
{
	struct past past = { 0 };
	int result;

	follow->past = &past;
	result = look_at_all(follow);
	follow->past = NULL;
	print_and_free(&past, result == 0);
	return result;
}

/* ---- the command ---- */

/*
 * The store is open only while it is read: another one may take its place, and that a directory is gone the
 * kernel does not tell as long as anybody holds it.
 */
static int open_records(struct follow *follow)
{
	return records_open(follow->call, LIFECYCLE_ACCESS_READ, &follow->records, &follow->error);
}

static int take_change(enum lifecycle_change change, const char *id, void *arg)
{
	struct follow *follow = arg;
	int result;

	if (open_records(follow) < 0)
		return -1;
	if (change == LIFECYCLE_CHANGE_ANYTHING)
		result = look_at_all(follow);
	else
		result = look_at(follow, id, change == LIFECYCLE_CHANGE_REMOVED);
	records_close(&follow->records);
	return result;
}

/* Until whoever reads has gone, or something fails. */
static int follow_changes(struct follow *follow)
{
	struct pollfd fds[] = { { .fd = lifecycle_watch_fd(follow->watch), .events = POLLIN },
		{ .fd = STDOUT_FILENO, .events = 0 } };
	int result = 0;

	while (result == 0) {
		if (fflush(stdout) != 0)
			return error_errno(
				&follow->error, errno, "cannot write to the standard output");
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return error_errno(&follow->error, errno, "cannot wait for changes");
		if (fds[1].revents != 0)
			return error_set(&follow->error, LIFECYCLE_ERROR_SYSTEM,
				"nobody reads the standard output any more");
		result = lifecycle_watch_read(follow->watch, take_change, follow, &follow->error);
	}
	return result;
}

static int resolve_wanted(struct follow *follow)
{
	const struct cli_call *call = follow->call;
	struct lifecycle_strings *wanted = &follow->wanted;

	wanted->items = calloc(call->operand_count + 1, sizeof(*wanted->items));
	if (wanted->items == NULL)
		return error_no_memory(&follow->error);
	for (; wanted->count < call->operand_count; wanted->count++)
		if (records_resolve(&follow->records, call->operands[wanted->count],
			    &wanted->items[wanted->count], &follow->error) < 0)
			return -1;
	return 0;
}

static int prepare(struct follow *follow, const struct events_options *options)
{
	if (options->since != NULL && when_parse_time(options->since, lifecycle_time_now(),
					      &follow->since, &follow->error) < 0)
		return -1;
	return resolve_wanted(follow);
}

/* The watch, if there is one, is older than the first look, so that nothing falls between them. */
static int begin(struct follow *follow, const struct events_options *options)
{
	int result;

	if (open_records(follow) < 0)
		return -1;
	result = prepare(follow, options);
	if (result == 0 && options->follow)
		result = records_watch(&follow->records, &follow->watch, &follow->error);
	records_close(&follow->records);
	return result;
}

static int look_back(struct follow *follow)
{
	int result;

	if (open_records(follow) < 0)
		return -1;
	result = print_past(follow);
	records_close(&follow->records);
	return result;
}

static int run(struct cli_call *call)
{
	const struct events_options *options = call->options;
	struct follow follow = { .call = call };
	int result = begin(&follow, options);

	if (result == 0)
		result = look_back(&follow);
	if (result == 0 && options->follow)
		result = follow_changes(&follow);
	lifecycle_watch_close(follow.watch);
	lifecycle_strings_free(&follow.wanted);
	known_free(&follow.known);
	return result == 0 ? call->status : cli_fail(call, &follow.error);
}

static const struct cli_option options[] = {
	{ .name = "follow",
		.letter = 'f',
		.kind = CLI_FLAG,
		.offset = offsetof(struct events_options, follow),
		.help = "go on: print what happens, as it happens" },
	{ .name = "since",
		.kind = CLI_TEXT,
		.offset = offsetof(struct events_options, since),
		.argument = "TIME",
		.help = "only what happened at that time or later" },
};

const struct cli_command query_events = {
	.name = "events",
	.arguments = "[REF...]",
	.summary = "print what happened, as JSON lines",
	.details = "Events: created, hook, hook_ended (of a wrapped command), error, started (if "
		   "it was\n"
		   "seen), stopped, lost; with --follow also removed. Each comes once.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct events_options),
	.most = CLI_ANY_NUMBER,
	.complete = records_complete,
	.run = run,
};
