/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/event.h"
#include "base/error.h"

#include <stdlib.h>

static const char *const kind_names[] = {
	[EVENT_CREATED] = "created",
	[EVENT_HOOK] = "hook",
	[EVENT_HOOK_ENDED] = "hook_ended",
	[EVENT_ERROR] = "error",
	[EVENT_STARTED] = "started",
	[EVENT_STOPPED] = "stopped",
	[EVENT_LOST] = "lost",
	[EVENT_REMOVED] = "removed",
};

const char *event_kind_name(enum event_kind kind)
{
	return kind_names[kind];
}

/* ---- which there are ---- */

static bool was_lost(const struct lifecycle_generation *generation)
{
	return generation->reason == LIFECYCLE_REASON_LOST_REBOOT ||
	       generation->reason == LIFECYCLE_REASON_LOST_RUNTIME;
}

static bool was_stopped(const struct lifecycle_generation *generation)
{
	return generation->finished_at != LIFECYCLE_UNKNOWN ||
	       (generation->status == LIFECYCLE_STATUS_STOPPED && !was_lost(generation));
}

static void add(struct events *events, struct event event)
{
	events->items[events->count++] = event;
}

static void add_of_generation(struct events *events, enum event_kind kind, int64_t time,
	const struct lifecycle_generation *generation)
{
	add(events, (struct event){ .kind = kind,
			    .time = time,
			    .exit_code = generation->exit_code,
			    .generation = generation });
}

/* Nobody recorded it, but a zombie tells. */
static void set_observed_code(struct event *event, const struct view *view)
{
	if (event->exit_code == LIFECYCLE_UNKNOWN && view_is(view, LIFECYCLE_STATUS_STOPPED))
		event->exit_code = view_exit_code_of(view, event->generation);
}

static void add_generation(struct events *events, const struct view *view,
	const struct lifecycle_generation *generation)
{
	int64_t started_at = view_known_start(view, generation);

	if (generation->created_at != LIFECYCLE_UNKNOWN)
		add_of_generation(events, EVENT_CREATED, generation->created_at, generation);
	if (started_at != LIFECYCLE_UNKNOWN)
		add_of_generation(events, EVENT_STARTED, started_at, generation);
	if (was_stopped(generation))
		add_of_generation(events, EVENT_STOPPED, generation->finished_at, generation);
	if (was_lost(generation))
		add_of_generation(events, EVENT_LOST, LIFECYCLE_UNKNOWN, generation);
}

/* Its process is gone, and no record tells of that. */
static void add_seen_end(struct events *events, const struct view *view)
{
	if (view_status_of(view, view->current) != LIFECYCLE_STATUS_STOPPED ||
		was_stopped(view->current) || was_lost(view->current))
		return;
	add_of_generation(events,
		view_reason_of(view, view->current) == LIFECYCLE_REASON_LOST_REBOOT ? EVENT_LOST
										    : EVENT_STOPPED,
		LIFECYCLE_UNKNOWN, view->current);
	events->items[events->count - 1].seen = true;
	set_observed_code(&events->items[events->count - 1], view);
}

static void add_hook(struct events *events, const struct lifecycle_generation *generation,
	const struct lifecycle_hook *hook)
{
	int64_t duration = view_duration(hook);

	add(events, (struct event){ .kind = EVENT_HOOK,
			    .time = hook->time,
			    .generation = generation,
			    .hook = hook });
	if (duration != LIFECYCLE_UNKNOWN)
		add(events, (struct event){ .kind = EVENT_HOOK_ENDED,
				    .time = view_after(hook->time, duration),
				    .generation = generation,
				    .hook = hook });
}

static void add_all(struct events *events, const struct view *view)
{
	const struct lifecycle_record *record = view->record;
	const struct lifecycle_generation *current = view->current;

	for (size_t i = 0; i < lifecycle_record_previous_count(record); i++)
		add_generation(events, view, lifecycle_record_previous(record, i));
	add_generation(events, view, current);
	add_seen_end(events, view);
	for (size_t i = 0; i < lifecycle_record_hook_count(record); i++)
		add_hook(events, current, lifecycle_record_hook(record, i));
	for (size_t i = 0; i < lifecycle_record_error_count(record); i++) {
		const struct lifecycle_failure *failure = lifecycle_record_error(record, i);

		add(events, (struct event){ .kind = EVENT_ERROR,
				    .time = failure->time,
				    .generation = current,
				    .failure = failure });
	}
}

/* ---- order ---- */

/* Of one time and kind they stay as the record has them. */
static int compare_places(const struct event *one, const struct event *other)
{
	if (one->kind != other->kind)
		return one->kind > other->kind ? 1 : -1;
	if (one->hook != other->hook)
		return one->hook > other->hook ? 1 : -1;
	return (one->failure > other->failure) - (one->failure < other->failure);
}

/* By generation, then by time, what has none last. */
static int compare(const void *a, const void *b)
{
	const struct event *one = a;
	const struct event *other = b;
	int64_t generation = one->generation->generation;
	int64_t other_generation = other->generation->generation;

	if (generation != other_generation)
		return generation > other_generation ? 1 : -1;
	if (one->time == other->time)
		return compare_places(one, other);
	if (one->time == LIFECYCLE_UNKNOWN || other->time == LIFECYCLE_UNKNOWN)
		return one->time == LIFECYCLE_UNKNOWN ? 1 : -1;
	return one->time > other->time ? 1 : -1;
}

void events_add_seen_start(struct events *events, const struct view *view, int64_t time)
{
	for (size_t i = 0; i < events->count; i++)
		if (events->items[i].kind == EVENT_STARTED &&
			events->items[i].generation == view->shown)
			return;
	add_of_generation(events, EVENT_STARTED, time, view->shown);
	events->items[events->count - 1].seen = true;
}

/* A generation has at most four events; of the current one a start and an end may be seen besides. */
static size_t most_events(const struct lifecycle_record *record)
{
	return 4 * (lifecycle_record_previous_count(record) + 1) + 2 +
	       2 * lifecycle_record_hook_count(record) + lifecycle_record_error_count(record);
}

int events_of(const struct view *view, struct events *ret_events, struct lifecycle_error *error)
{
	struct events events = { .items =
					 calloc(most_events(view->record), sizeof(*events.items)) };

	if (events.items == NULL)
		return error_no_memory(error);
	add_all(&events, view);
	qsort(events.items, events.count, sizeof(*events.items), compare);
	*ret_events = events;
	return 0;
}

void events_free(struct events *events)
{
	free(events->items);
	*events = (struct events){ 0 };
}
