/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"
#include "query.h"
#include "source.h"
#include "view.h"
#include "watch.h"
#include "when.h"

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

struct follow {
	struct cli_call *call;
	struct source source; /* while it is read */
	struct watch *watch;
	json_t *wanted; /* an object whose keys are the IDs; NULL: all */
	int64_t since;
	json_t *known;   /* by ID, the events of the record as it was last read */
	json_t *history; /* while the past is gathered: all events so far; else NULL */
	struct lifecycle_error error;
};

/* ---- what is new ---- */

static bool is_wanted(const struct follow *follow, const char *id)
{
	return follow->wanted == NULL || json_object_get(follow->wanted, id) != NULL;
}

static int print_event(struct follow *follow, json_t *event)
{
	int64_t time = view_time(event, "time");
	int result;

	if (time != LIFECYCLE_UNKNOWN && time < follow->since)
		return 0;
	if (follow->history != NULL)
		return json_array_append(follow->history, event) == 0
			       ? 0
			       : cli_no_memory(&follow->error);
	result = view_print(event, JSON_COMPACT, stdout, &follow->error);
	putchar('\n');
	return result;
}

static int print_removal(struct follow *follow, const char *id, const json_t *events)
{
	json_t *event;
	int result;

	if (event_of_removal(id, events, lifecycle_time_now(), &event, &follow->error) != 0)
		return -1;
	result = print_event(follow, event);
	json_decref(event);
	return result;
}

/* A record that has nothing of the one before it is another container's. */
static bool is_another(const json_t *before, const json_t *now)
{
	const json_t *event;
	size_t i;

	json_array_foreach(now, i, event) {
		if (events_have_instance(before, event))
			return false;
	}
	return json_array_size(before) > 0;
}

static int print_news(struct follow *follow, const char *id, const json_t *now)
{
	const json_t *before = json_object_get(follow->known, id);
	json_t *event;
	size_t i;
	int result = 0;

	if (is_another(before, now))
		result = print_removal(follow, id, before);
	json_array_foreach(now, i, event) {
		if (result == 0 && !events_have(before, event))
			result = print_event(follow, event);
	}
	return result;
}

static int keep(struct follow *follow, const char *id, json_t *events)
{
	return json_object_set(follow->known, id, events) == 0 ? 0 : cli_no_memory(&follow->error);
}

static int take_view(struct follow *follow, const char *id, const json_t *view)
{
	json_t *events;
	int result;

	if (events_of(view, &events, &follow->error) != 0)
		return -1;
	result = print_news(follow, id, events);
	if (result == 0)
		result = keep(follow, id, events);
	json_decref(events);
	return result;
}

static int take_removal(struct follow *follow, const char *id)
{
	const json_t *events = json_object_get(follow->known, id);
	int result;

	if (events == NULL)
		return 0;
	result = print_removal(follow, id, events);
	(void)json_object_del(follow->known, id);
	return result;
}

/*
 * Reads a record again. It may be missing for a moment while a bad one is set aside, so that is its end only if
 * its directory went. One that cannot be read is complained of, and what is known of it stays.
 */
static int look_at(struct follow *follow, const char *id, bool went)
{
	struct lifecycle_error error;
	json_t *view;
	int result = 0;

	if (!is_wanted(follow, id))
		return 0;
	if (source_view(&follow->source, id, &view, &error) == 0) {
		result = take_view(follow, id, view);
		json_decref(view);
	} else if (error.code != LIFECYCLE_ERROR_NOT_FOUND) {
		cli_complain(follow->call, &error);
	} else if (went) {
		result = take_removal(follow, id);
	}
	return result;
}

/* ---- the whole store ---- */

static int compare_names(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool has_name(const struct lifecycle_strings *ids, const char *id)
{
	return ids->count > 0 &&
	       bsearch(&id, ids->items, ids->count, sizeof(*ids->items), compare_names) != NULL;
}

static int take_removals(struct follow *follow, const struct lifecycle_strings *ids)
{
	const char *id;
	json_t *events;
	void *next;
	int result = 0;

	json_object_foreach_safe(follow->known, next, id, events) {
		if (result == 0 && !has_name(ids, id))
			result = take_removal(follow, id);
	}
	return result;
}

static int look_at_all(struct follow *follow)
{
	struct lifecycle_strings ids;
	struct lifecycle_error error;
	int result;

	if (source_list(&follow->source, &ids, NULL, &error) != 0) {
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

struct past {
	const char *time; /* its own, or that of the one before it in its container */
	size_t number;
	json_t *event;
};

static int compare_past(const void *a, const void *b)
{
	const struct past *one = a;
	const struct past *other = b;
	int order = strcmp(one->time, other->time);

	return order != 0 ? order : (one->number > other->number) - (one->number < other->number);
}

/* The events of each container stand together, in its order. */
static void fill_past(struct past *past, const json_t *history)
{
	json_t *event;
	size_t i;

	json_array_foreach(history, i, event) {
		const char *time = view_text(event, "time");

		if (time == NULL && i > 0 &&
			strcmp(view_text(event, "id"), view_text(past[i - 1].event, "id")) == 0)
			time = past[i - 1].time;
		past[i] = (struct past){ time != NULL ? time : "", i, event };
	}
}

static int print_history(struct follow *follow, const json_t *history)
{
	size_t count = json_array_size(history);
	struct past *past = calloc(count + 1, sizeof(*past));

	if (past == NULL)
		return cli_no_memory(&follow->error);
	fill_past(past, history);
	qsort(past, count, sizeof(*past), compare_past);
	for (size_t i = 0; i < count; i++)
		(void)print_event(follow, past[i].event);
	free(past);
	return 0;
}

static int print_past(struct follow *follow)
{
	json_t *history = json_array();
	int result;

	if (history == NULL)
		return cli_no_memory(&follow->error);
	follow->history = history;
	result = look_at_all(follow);
	follow->history = NULL;
	if (result == 0)
		result = print_history(follow, history);
	json_decref(history);
	return result;
}

/* ---- the command ---- */

/*
 * The store is open only while it is read: another one may take its place, and that a directory is gone the
 * kernel does not tell as long as anybody holds it.
 */
static int open_source(struct follow *follow)
{
	return source_open(
		&follow->call->globals, LIFECYCLE_ACCESS_READ, &follow->source, &follow->error);
}

static int take_change(enum watch_change change, const char *id, void *arg)
{
	struct follow *follow = arg;
	int result;

	if (open_source(follow) != 0)
		return -1;
	if (change == WATCH_ANYTHING)
		result = look_at_all(follow);
	else
		result = look_at(follow, id, change == WATCH_REMOVED);
	source_close(&follow->source);
	return result;
}

/* Until whoever reads has gone, or something fails. */
static int follow_changes(struct follow *follow)
{
	struct pollfd fds[] = { { .fd = watch_fd(follow->watch), .events = POLLIN },
		{ .fd = STDOUT_FILENO, .events = 0 } };
	int result = 0;

	while (result == 0) {
		if (fflush(stdout) != 0)
			return cli_system_error(
				&follow->error, "cannot write to the standard output");
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return cli_system_error(&follow->error, "cannot wait for changes");
		if (fds[1].revents != 0)
			return cli_error(&follow->error, LIFECYCLE_ERROR_SYSTEM,
				"nobody reads the standard output any more");
		result = watch_read(follow->watch, take_change, follow, &follow->error);
	}
	return result;
}

static int add_wanted(struct follow *follow, const char *reference)
{
	char *id;
	int result;

	if (source_resolve(&follow->source, reference, &id, &follow->error) != 0)
		return -1;
	result = json_object_set_new(follow->wanted, id, json_true());
	free(id);
	return result == 0 ? 0 : cli_no_memory(&follow->error);
}

static int prepare(struct follow *follow, const struct events_options *options)
{
	const struct cli_call *call = follow->call;
	int result = 0;

	follow->known = json_object();
	if (follow->known == NULL)
		return cli_no_memory(&follow->error);
	if (options->since != NULL && when_parse_time(options->since, lifecycle_time_now(),
					      &follow->since, &follow->error) != 0)
		return -1;
	if (call->operand_count > 0)
		follow->wanted = json_object();
	for (size_t i = 0; i < call->operand_count && result == 0; i++)
		result = add_wanted(follow, call->operands[i]);
	return result;
}

/* The watch, if there is one, is older than the first look, so that nothing falls between them. */
static int begin(struct follow *follow, const struct events_options *options)
{
	int result;

	if (open_source(follow) != 0)
		return -1;
	result = prepare(follow, options);
	if (result == 0 && options->follow)
		result = watch_open(&follow->source, &follow->watch, &follow->error);
	source_close(&follow->source);
	return result;
}

static int look_back(struct follow *follow)
{
	int result;

	if (open_source(follow) != 0)
		return -1;
	result = print_past(follow);
	source_close(&follow->source);
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
	watch_close(follow.watch);
	json_decref(follow.wanted);
	json_decref(follow.known);
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
	.complete = source_complete,
	.run = run,
};
