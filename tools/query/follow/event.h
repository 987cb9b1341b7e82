/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event: what happened to a container, read off its record: so nothing is lost between two looks at it. Pure.
 */
#ifndef EVENT_H
#define EVENT_H

#include "records/view.h"

#include <jansson.h>

/* In the order in which events stand if their time is the same. */
enum event_kind {
	EVENT_CREATED,
	EVENT_HOOK,
	EVENT_HOOK_ENDED, /* of a wrapped command */
	EVENT_ERROR,
	EVENT_STARTED,
	EVENT_STOPPED,
	EVENT_LOST,
};

/* It points into the view's record. */
struct event {
	enum event_kind kind;
	int64_t time;
	bool seen;         /* it is in no record: the process tells it */
	int64_t exit_code; /* of an end */
	const struct lifecycle_generation *generation;
	const struct lifecycle_hook *hook;       /* of the kinds of hooks */
	const struct lifecycle_failure *failure; /* of EVENT_ERROR */
};

struct events {
	size_t count;
	struct event *items;
};

/* All that the record tells of, and what is seen of its process now, by generation and time. */
int events_of(const struct view *view, struct events *ret_events, struct lifecycle_error *error);
/* Its program runs, as was seen at that time: an event, unless the record knows better. */
void events_add_seen_start(struct events *events, const struct view *view, int64_t time);
void events_free(struct events *events);

/* An object of time, id, instance, generation, event, attributes. */
int event_json(const struct view *view, const struct event *event, json_t **ret_object,
	struct lifecycle_error *error);

/* The container ended, and its record is gone by now. */
int event_end_json(const char *id, int64_t generation, const char *instance, int64_t exit_code,
	int64_t time, json_t **ret_object, struct lifecycle_error *error);

/* The container's record is gone, whose last event was of that generation and instance. */
int event_removal_json(const char *id, int64_t generation, const char *instance, int64_t time,
	json_t **ret_object, struct lifecycle_error *error);

/*
 * Whether an event is the same as one of a record that was read before: the same key. An attribute may become known
 * later, and when a container stopped may become known better: both stay the same event. free() it; NULL if memory is out.
 */
char *event_key(const struct event *event);

/* That of the end of an instance. */
char *event_end_key(const char *instance);

#endif
