/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/teller.h"
#include "base/error.h"
#include "query/follow/event_json.h"
#include "query/follow/event_key.h"

#include <stdlib.h>
#include <string.h>

/* ---- lines ---- */

/* Takes the object and the key. */
static int add_line(struct teller *teller, int64_t time, bool is_first, json_t *object, char *key,
	const char *boot_id)
{
	if (origin_sign(&teller->origin, object, key, boot_id, &teller->error) < 0) {
		json_decref(object);
		return -1;
	}
	return lines_add(&teller->lines, time, is_first, object, &teller->error);
}

static int print_event(
	struct teller *teller, const struct view *view, const struct event *event, bool is_first)
{
	json_t *object;

	if (event->time != LIFECYCLE_UNKNOWN && event->time < teller->since)
		return 0;
	if (event_json(view, event, &object, &teller->error) < 0)
		return -1;
	return add_line(teller, event->time, is_first, object, event_key(event),
		event->generation->boot_id);
}

static int print_removal(struct teller *teller, const struct known_container *container)
{
	int64_t now = lifecycle_time_now();
	json_t *object;

	if (now < teller->since)
		return 0;
	if (event_removal_json(container->id, container->generation, container->instance, now,
		    &object, &teller->error) < 0)
		return -1;
	return add_line(teller, now, true, object, event_removal_key(container->instance),
		teller->origin.boot_id);
}

/* ---- what is new ---- */

/* 1 if an event of that key, which is taken, was told before, 0 if not, -1 if memory is out. */
static int has_key(const struct known_container *before, char *key)
{
	int result = key != NULL ? known_has_event(before, key) : -1;

	free(key);
	return result;
}

/* That a generation was lost is no news to who was told that it stopped. */
static int was_told(const struct known_container *before, const struct event *event)
{
	int result = has_key(before, event_key(event));

	if (result != 0 || event->kind != EVENT_LOST)
		return result;
	return has_key(before, event_end_key(event->generation->instance));
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

/*
 * Who goes on at a cursor was told what is in a record that is older. What is in none may have happened since: an end that
 * is seen, a start that the FIFO tells.
 */
static bool is_old(const struct teller *teller, const struct event *event, int64_t written_at)
{
	return written_at < teller->goes_on_at && !event->seen && event->time < teller->goes_on_at;
}

static int print_news(struct teller *teller, const struct known_container *before,
	const struct view *view, const struct events *now, int64_t written_at)
{
	if (is_another(before, now) && print_removal(teller, before) < 0)
		return -1;
	for (size_t i = 0; i < now->count; i++) {
		int told = was_told(before, &now->items[i]);

		if (told < 0)
			return error_no_memory(&teller->error);
		if (told == 0 && !is_old(teller, &now->items[i], written_at) &&
			print_event(teller, view, &now->items[i], i == 0) < 0)
			return -1;
	}
	return 0;
}

/* How a process ended that was held, and whose it was. */
struct ending {
	int64_t time;
	int64_t exit_code;
	struct held held;
};

static bool is_of(const struct lifecycle_generation *generation, const struct held *held)
{
	return strcmp(held->instance, generation->instance != NULL ? generation->instance : "") ==
	       0;
}

/* What is recorded stays; the rest is as it was seen. */
static void describe_end(struct events *events, const struct ending *ending)
{
	for (size_t i = 0; i < events->count; i++) {
		struct event *event = &events->items[i];

		if (event->kind != EVENT_STOPPED || !is_of(event->generation, &ending->held))
			continue;
		if (event->seen)
			event->time = ending->time;
		if (event->exit_code == LIFECYCLE_UNKNOWN)
			event->exit_code = ending->exit_code;
	}
}

/* From now on the process of the generation that is shown is held, as long as it lives. False: it is gone by now. */
static bool hold(
	const struct teller *teller, struct known_container *container, const struct view *view)
{
	struct held *held = &container->held;
	bool found = true;

	if (!teller->holds)
		return true;
	if ((view_is(view, LIFECYCLE_STATUS_STOPPED) &&
		    view->current->status == LIFECYCLE_STATUS_STOPPED) ||
		!held_is_of_shown(held, view))
		held_close(held);
	if (!view_is(view, LIFECYCLE_STATUS_STOPPED))
		found = held_open(held, view);
	held->may_exec = held->pidfd >= 0 && !view_is(view, LIFECYCLE_STATUS_RUNNING);
	return found;
}

/* An end that is seen while the process is held: the pidfd tells it, with the record as it is by then. */
static void leave_to_pidfd(struct events *events, const struct known_container *before)
{
	if (before != NULL && before->held.pidfd >= 0 && events->count > 0 &&
		events->items[events->count - 1].seen)
		events->count--;
}

static int take_events(struct teller *teller, const char *id, const struct view *view,
	const struct events *events, int64_t written_at)
{
	if (print_news(teller, known_find(&teller->known, id), view, events, written_at) < 0 ||
		known_set(&teller->known, id, events, &teller->error) < 0)
		return -1;
	return hold(teller, known_find(&teller->known, id), view) ? 0 : TELLER_ENDED_MEANWHILE;
}

/* `ending` is NULL if nothing is known of one. As teller_take_record(). */
static int take_view(struct teller *teller, const char *id, const struct view *view,
	const struct ending *ending, int64_t written_at)
{
	const struct known_container *before = known_find(&teller->known, id);
	struct events events;
	int result;

	if (events_of(view, &events, &teller->error) < 0)
		return -1;
	if (ending != NULL)
		describe_end(&events, ending);
	else
		leave_to_pidfd(&events, before);
	if (before != NULL && before->held.may_exec && held_is_of_shown(&before->held, view) &&
		view_is(view, LIFECYCLE_STATUS_RUNNING))
		events_add_seen_start(&events, view, lifecycle_time_now());
	result = take_events(teller, id, view, &events, written_at);
	events_free(&events);
	return result;
}

/* Of a generation that is not the record's current one, or not by now. */
static int print_end(
	struct teller *teller, struct known_container *container, const struct ending *ending)
{
	const struct held *held = &ending->held;
	char *key = event_end_key(held->instance);
	json_t *object;

	if (key == NULL)
		return error_no_memory(&teller->error);
	if (known_has_event(container, key)) {
		free(key);
		return 0;
	}
	known_add_told(container, key);
	if (event_end_json(container->id, held->generation, held->instance, ending->exit_code,
		    ending->time, &object, &teller->error) < 0)
		return -1;
	return add_line(teller, ending->time, true, object, event_end_key(held->instance),
		teller->origin.boot_id);
}

/* ---- what has happened ---- */

int teller_take_record(
	struct teller *teller, const char *id, const struct view *view, int64_t written_at)
{
	return take_view(teller, id, view, NULL, written_at);
}

int teller_take_end(struct teller *teller, struct known_container *container,
	const struct lifecycle_record *record)
{
	struct ending ending = { .time = lifecycle_time_now(), .held = container->held };
	struct view view;
	int result = 0;

	ending.exit_code = held_exit_code(&container->held);
	if (record == NULL || !is_of(lifecycle_record_current(record), &container->held))
		result = print_end(teller, container, &ending);
	held_close(&container->held);
	if (result == 0 && record != NULL) {
		view_of(record, &view);
		result = take_view(teller, container->id, &view, &ending, INT64_MAX);
	}
	return result < 0 ? -1 : 0;
}

int teller_take_removal(struct teller *teller, const char *id)
{
	struct known_container *container = known_find(&teller->known, id);
	int result = 0;

	if (container == NULL)
		return 0;
	if (held_has_ended(&container->held))
		result = teller_take_end(teller, container, NULL);
	if (result == 0)
		result = print_removal(teller, container);
	known_forget(&teller->known, id);
	return result;
}

void teller_free(struct teller *teller)
{
	known_free(&teller->known);
	lines_free(&teller->lines);
}
