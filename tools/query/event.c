/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"
#include "cli.h"
#include "view.h"

#include <stdlib.h>
#include <string.h>

/* ---- which there are ---- */

static bool was_created(const json_t *life)
{
	return view_at(life, "created_at") != NULL;
}

/* A provisional time is none at which anybody saw it start. */
static bool was_started(const json_t *life)
{
	return view_at(life, "started_at") != NULL && !view_start_is_provisional(life);
}

static bool was_lost(const json_t *life)
{
	const char *reason = view_text(life, "reason");

	return reason != NULL && strncmp(reason, "lost_", strlen("lost_")) == 0;
}

static bool was_stopped(const json_t *life)
{
	const char *status = view_text(life, "status");

	return view_at(life, "finished_at") != NULL ||
	       (lifecycle_status_from_name(status) == LIFECYCLE_STATUS_STOPPED && !was_lost(life));
}

static bool was_called(const json_t *entry)
{
	return entry != NULL;
}

static bool came_back(const json_t *entry)
{
	return view_duration(entry, "duration_ns") != LIFECYCLE_UNKNOWN;
}

struct kind {
	const char *name;
	bool (*happened)(const json_t *of);
	const char *time; /* the key of it */
	const char *also; /* the key of what is added to it */
	const char *attributes;
};

/* In the order in which they stand if their time is the same. Of a generation: */
static const struct kind life_kinds[] = {
	{ "created", was_created, "created_at", NULL, "name bundle pid" },
	{ "started", was_started, "started_at", NULL, "started_at_source pid" },
	{ "stopped", was_stopped, "finished_at", NULL,
		"reason exit_code create_error finished_at_source" },
	{ "lost", was_lost, NULL, NULL, "reason create_error" },
};

/* Of an entry of hooks[], and of errors[]: */
static const struct kind hook_kinds[] = {
	{ "hook", was_called, "time", NULL, "point status pid command" },
	{ "hook_ended", came_back, "time", "duration_ns", "point command duration_ns" },
};

static const struct kind error_kinds[] = {
	{ "error", was_called, "time", NULL, "point message exit_code signal stderr" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- making one ---- */

static json_t *time_of(const struct kind *kind, const json_t *of)
{
	int64_t time = kind->time != NULL ? view_time(of, kind->time) : LIFECYCLE_UNKNOWN;
	char buffer[LIFECYCLE_TIME_SIZE];

	if (time == LIFECYCLE_UNKNOWN)
		return json_null();
	if (kind->also != NULL)
		time = view_after(time, view_duration(of, kind->also));
	return json_string(lifecycle_time_format(time, buffer));
}

static json_t *attributes_of(const struct kind *kind, const json_t *of)
{
	json_t *attributes = json_object();
	const char *key = kind->attributes;

	while (attributes != NULL && *key != '\0') {
		size_t length = strcspn(key, " ");
		json_t *value = json_object_getn(of, key, length);

		if (value != NULL && json_object_setn(attributes, key, length, value) != 0) {
			json_decref(attributes);
			return NULL;
		}
		key += length + (key[length] == ' ');
	}
	return attributes;
}

static json_t *copy(const json_t *from, const char *key)
{
	json_t *value = view_at(from, key);

	return value != NULL ? json_incref(value) : json_null();
}

/* `life` is the generation that it is of, `of` what tells it. */
static int add(json_t *events, const struct kind *kinds, size_t count, const json_t *view,
	const json_t *life, const json_t *of)
{
	for (size_t i = 0; i < count; i++) {
		json_t *event;

		if (!kinds[i].happened(of))
			continue;
		event = json_pack("{s:o, s:o, s:o, s:o, s:s, s:o}", "time", time_of(&kinds[i], of),
			"id", copy(view, "id"), "instance", copy(life, "instance"), "generation",
			copy(life, "generation"), "event", kinds[i].name, "attributes",
			attributes_of(&kinds[i], of));
		if (json_array_append_new(events, event) != 0)
			return -1;
	}
	return 0;
}

static int add_entries(json_t *events, const struct kind *kinds, size_t count, const json_t *view,
	const char *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(view_at(view, list), i, entry) {
		if (add(events, kinds, count, view, view, entry) != 0)
			return -1;
	}
	return 0;
}

/* ---- order ---- */

static int rank(const json_t *event)
{
	static const char *const order[] = { "created", "hook", "hook_ended", "error", "started",
		"stopped", "lost" };
	const char *name = view_text(event, "event");

	for (size_t i = 0; i < COUNT(order); i++)
		if (strcmp(order[i], name) == 0)
			return (int)i;
	return (int)COUNT(order);
}

/* By generation, then by time, what has none last. The times are all written alike, so they sort as text. */
static int compare(const void *a, const void *b)
{
	const json_t *one = *(json_t *const *)a;
	const json_t *other = *(json_t *const *)b;
	int64_t generation = view_number(one, "generation");
	int64_t other_generation = view_number(other, "generation");
	const char *time = view_text(one, "time");
	const char *other_time = view_text(other, "time");
	int order = 0;

	if (generation != other_generation)
		return generation > other_generation ? 1 : -1;
	if (time == NULL || other_time == NULL)
		order = (time == NULL) - (other_time == NULL);
	else
		order = strcmp(time, other_time);
	return order != 0 ? order : rank(one) - rank(other);
}

static int sort(json_t *events)
{
	size_t count = json_array_size(events);
	json_t **all = calloc(count + 1, sizeof(json_t *));

	if (all == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		all[i] = json_incref(json_array_get(events, i));
	qsort(all, count, sizeof(json_t *), compare);
	for (size_t i = 0; i < count; i++)
		(void)json_array_set_new(events, i, all[i]);
	free(all);
	return 0;
}

/* ---- all of them ---- */

static int add_all(json_t *events, const json_t *view)
{
	const json_t *life;
	size_t i;

	json_array_foreach(view_at(view, "previous"), i, life) {
		if (add(events, life_kinds, COUNT(life_kinds), view, life, life) != 0)
			return -1;
	}
	if (add(events, life_kinds, COUNT(life_kinds), view, view, view) != 0 ||
		add_entries(events, hook_kinds, COUNT(hook_kinds), view, "hooks") != 0 ||
		add_entries(events, error_kinds, COUNT(error_kinds), view, "errors") != 0)
		return -1;
	return sort(events);
}

int events_of(const json_t *view, json_t **ret_events, struct lifecycle_error *error)
{
	json_t *events = json_array();

	if (events == NULL || add_all(events, view) != 0) {
		json_decref(events);
		return cli_no_memory(error);
	}
	*ret_events = events;
	return 0;
}

int event_of_removal(const char *id, const json_t *events, int64_t time, json_t **ret_event,
	struct lifecycle_error *error)
{
	const json_t *last = json_array_get(events, json_array_size(events) - 1);
	char buffer[LIFECYCLE_TIME_SIZE];
	json_t *event = json_pack("{s:s, s:s, s:o, s:o, s:s, s:{}}", "time",
		lifecycle_time_format(time, buffer), "id", id, "instance", copy(last, "instance"),
		"generation", copy(last, "generation"), "event", "removed", "attributes");

	if (event == NULL)
		return cli_no_memory(error);
	*ret_event = event;
	return 0;
}

static bool same(const json_t *one, const json_t *other, const char *key)
{
	const json_t *value = view_at(one, key);
	const json_t *other_value = view_at(other, key);

	return value == other_value || json_equal(value, other_value);
}

/* An attribute may become known later; a stop's time, too, and it is the same stop. */
static bool same_event(const json_t *one, const json_t *other)
{
	static const char *const life[] = { "created", "started", "stopped", "lost" };
	const char *name = view_text(other, "event");

	if (!same(one, other, "event") || !same(one, other, "instance"))
		return false;
	for (size_t i = 0; i < COUNT(life); i++)
		if (strcmp(life[i], name) == 0)
			return true;
	return same(one, other, "time") && same(one, other, "attributes.point") &&
	       same(one, other, "attributes.command");
}

bool events_have(const json_t *events, const json_t *event)
{
	const json_t *other;
	size_t i;

	json_array_foreach(events, i, other) {
		if (same_event(other, event))
			return true;
	}
	return false;
}

bool events_have_instance(const json_t *events, const json_t *event)
{
	const json_t *other;
	size_t i;

	json_array_foreach(events, i, other) {
		if (same(other, event, "instance"))
			return true;
	}
	return false;
}
