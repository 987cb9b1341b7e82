/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event: what happened to a container, read off its record: so nothing is lost between two looks at it. Pure.
 */
#ifndef EVENT_H
#define EVENT_H

#include "libstate.h"

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

/* It points into the record. */
struct event {
	enum event_kind kind;
	int64_t time;
	const struct lifecycle_generation *generation;
	const struct lifecycle_hook *hook;       /* of the kinds of hooks */
	const struct lifecycle_failure *failure; /* of EVENT_ERROR */
};

struct events {
	size_t count;
	struct event *items;
};

/* All that the record tells of, by generation and time. */
int events_of(const struct lifecycle_record *record, struct events *ret_events,
	struct lifecycle_error *error);
void events_free(struct events *events);

/* An object of time, id, instance, generation, event, attributes. */
int event_json(const struct lifecycle_record *record, const struct event *event,
	json_t **ret_object, struct lifecycle_error *error);

/* The container's record is gone, whose last event was of that generation and instance. */
int event_removal_json(const char *id, int64_t generation, const char *instance, int64_t time,
	json_t **ret_object, struct lifecycle_error *error);

/*
 * Whether an event is the same as one of a record that was read before: the same key. An attribute may become known
 * later, and when a container stopped may become known better: both stay the same event. free() it; NULL if memory is out.
 */
char *event_key(const struct event *event);

#endif
