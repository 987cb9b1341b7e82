/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/event_json.h"
#include "base/error.h"
#include "query/output/json_output.h"

/* ---- the attributes ---- */

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
	case EVENT_REMOVED:
		return 0;
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

/* ---- the whole ---- */

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
		event->generation->generation, event->time, event_kind_name(event->kind),
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
	return make_object(id, instance, generation, time, event_kind_name(EVENT_STOPPED),
		attributes, ret_object, error);
}

int event_removal_json(const char *id, int64_t generation, const char *instance, int64_t time,
	json_t **ret_object, struct lifecycle_error *error)
{
	return make_object(id, instance, generation, time, event_kind_name(EVENT_REMOVED),
		json_object(), ret_object, error);
}
