/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/event.h"
#include "base/error.h"
#include "query/output/json_output.h"
#include "records/view.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
	[EVENT_CREATED] = "created",
	[EVENT_HOOK] = "hook",
	[EVENT_HOOK_ENDED] = "hook_ended",
	[EVENT_ERROR] = "error",
	[EVENT_STARTED] = "started",
	[EVENT_STOPPED] = "stopped",
	[EVENT_LOST] = "lost",
};

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

/* ---- as JSON ---- */

static int set_string(json_t *object, const char *key, const char *text)
{
	return json_output_set(object, key, json_output_string(text));
}

static int set_integer(json_t *object, const char *key, int64_t number)
{
	return json_output_set(object, key, json_output_integer(number));
}

/* Of an earlier generation nobody keeps the name and the bundle that it had. */
static int set_created(json_t *object, const struct view *view, const struct event *event)
{
	bool current = event->generation == view->current;

	if (set_string(object, "name", current ? lifecycle_record_name(view->record) : NULL) < 0 ||
		set_string(object, "bundle",
			current ? lifecycle_record_bundle(view->record) : NULL) < 0)
		return -1;
	return set_integer(object, "pid", event->generation->pid);
}

/* A start that is seen, and no hook's, has no source: this program looked. */
static int set_started(json_t *object, const struct view *view, const struct event *event)
{
	enum lifecycle_source source = view_source_of(view, event->generation);

	if (!event->seen &&
		set_string(object, "started_at_source", lifecycle_source_name(source)) < 0)
		return -1;
	return set_integer(object, "pid", event->generation->pid);
}

/* What is true now outweighs what is recorded. */
static int set_reason(json_t *object, const struct view *view, const struct event *event)
{
	return set_string(
		object, "reason", lifecycle_reason_name(view_reason_of(view, event->generation)));
}

static int set_create_error(json_t *object, const struct view *view, const struct event *event)
{
	return json_output_set(object, "create_error",
		json_boolean(view_create_error_of(view, event->generation)));
}

static int set_oom_killed(json_t *object, const struct lifecycle_generation *generation)
{
	if (generation->oom_killed == LIFECYCLE_TRUTH_NONE)
		return 0;
	return json_output_set(
		object, "oom_killed", json_boolean(generation->oom_killed == LIFECYCLE_TRUTH_TRUE));
}

static int set_stopped(json_t *object, const struct view *view, const struct event *event)
{
	if (set_reason(object, view, event) < 0 ||
		set_integer(object, "exit_code", event->exit_code) < 0 ||
		set_integer(object, "exit_signal", event->generation->exit_signal) < 0 ||
		set_oom_killed(object, event->generation) < 0 ||
		set_create_error(object, view, event) < 0)
		return -1;
	return set_string(object, "finished_at_source",
		lifecycle_source_name(event->generation->finished_at_source));
}

static int set_lost(json_t *object, const struct view *view, const struct event *event)
{
	return set_reason(object, view, event) < 0 ? -1 : set_create_error(object, view, event);
}

/* Which of a point's hooks it is. */
static int set_command(json_t *object, const char *command, const char *const *argv, int64_t index)
{
	if (set_string(object, "command", command) < 0 ||
		json_output_set(object, "argv", json_output_strings(argv)) < 0)
		return -1;
	return set_integer(object, "index", index);
}

static int set_hook(json_t *object, const struct lifecycle_hook *hook)
{
	if (set_string(object, "point", lifecycle_point_name(hook->point)) < 0 ||
		set_string(object, "status", hook->status) < 0 ||
		set_integer(object, "pid", hook->pid) < 0)
		return -1;
	return set_command(object, hook->command, hook->argv, hook->index);
}

static int set_hook_ended(json_t *object, const struct lifecycle_hook *hook)
{
	if (set_string(object, "point", lifecycle_point_name(hook->point)) < 0 ||
		set_command(object, hook->command, hook->argv, hook->index) < 0)
		return -1;
	return set_integer(object, "duration_ns", hook->duration_ns);
}

static int set_error(json_t *object, const struct lifecycle_failure *failure)
{
	if (set_string(object, "point", lifecycle_point_name(failure->point)) < 0 ||
		set_string(object, "message", failure->message) < 0 ||
		set_integer(object, "exit_code", failure->exit_code) < 0 ||
		set_integer(object, "signal", failure->signal) < 0)
		return -1;
	if (set_string(object, "stderr", failure->stderr_text) < 0)
		return -1;
	return set_command(object, failure->command, failure->argv, failure->index);
}

static int set_attributes(json_t *object, const struct view *view, const struct event *event)
{
	switch (event->kind) {
	case EVENT_CREATED:
		return set_created(object, view, event);
	case EVENT_HOOK:
		return set_hook(object, event->hook);
	case EVENT_HOOK_ENDED:
		return set_hook_ended(object, event->hook);
	case EVENT_ERROR:
		return set_error(object, event->failure);
	case EVENT_STARTED:
		return set_started(object, view, event);
	case EVENT_STOPPED:
		return set_stopped(object, view, event);
	case EVENT_LOST:
		return set_lost(object, view, event);
	}
	return 0;
}

static json_t *attributes_of(const struct view *view, const struct event *event)
{
	json_t *object = json_object();

	if (object != NULL && set_attributes(object, view, event) < 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* The attributes are taken. */
static int make_object(const char *id, const char *instance, int64_t generation, int64_t time,
	const char *name, json_t *attributes, json_t **ret_object, struct lifecycle_error *error)
{
	json_t *object = json_pack("{s:o, s:o, s:o, s:o, s:s, s:o}", "time", json_output_time(time),
		"id", json_output_string(id), "instance", json_output_string(instance),
		"generation", json_output_integer(generation), "event", name, "attributes",
		attributes);

	if (object == NULL)
		return error_no_memory(error);
	*ret_object = object;
	return 0;
}

int event_json(const struct view *view, const struct event *event, json_t **ret_object,
	struct lifecycle_error *error)
{
	return make_object(lifecycle_record_id(view->record), event->generation->instance,
		event->generation->generation, event->time, kind_names[event->kind],
		attributes_of(view, event), ret_object, error);
}

int event_end_json(const char *id, int64_t generation, const char *instance, int64_t exit_code,
	int64_t time, json_t **ret_object, struct lifecycle_error *error)
{
	json_t *attributes = json_object();

	if (attributes == NULL || set_integer(attributes, "exit_code", exit_code) < 0) {
		json_decref(attributes);
		return error_no_memory(error);
	}
	return make_object(id, instance, generation, time, kind_names[EVENT_STOPPED], attributes,
		ret_object, error);
}

int event_removal_json(const char *id, int64_t generation, const char *instance, int64_t time,
	json_t **ret_object, struct lifecycle_error *error)
{
	return make_object(
		id, instance, generation, time, "removed", json_object(), ret_object, error);
}

/* ---- the same again ---- */

static const char *or_none(const char *text)
{
	return text != NULL ? text : "";
}

char *event_end_key(const char *instance)
{
	char *key;

	return asprintf(&key, "%s %s", kind_names[EVENT_STOPPED], or_none(instance)) >= 0 ? key
											  : NULL;
}

char *event_key(const struct event *event)
{
	const char *name = kind_names[event->kind];
	const char *instance = or_none(event->generation->instance);
	enum lifecycle_point point = LIFECYCLE_POINT_NONE;
	const char *command = NULL;
	char *key;
	int length;

	if (event->hook == NULL && event->failure == NULL)
		return asprintf(&key, "%s %s", name, instance) >= 0 ? key : NULL;
	if (event->hook != NULL) {
		point = event->hook->point;
		command = event->hook->command;
	} else {
		point = event->failure->point;
	}
	length = asprintf(&key, "%s %s %lld %s %s", name, instance, (long long)event->time,
		or_none(lifecycle_point_name(point)), or_none(command));
	return length >= 0 ? key : NULL;
}
