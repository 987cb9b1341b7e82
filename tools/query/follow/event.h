/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event: what happened to a container, read off its record: so nothing is lost between two looks at it. Pure.
 */
#ifndef EVENT_H
#define EVENT_H

#include "records/view.h"

/* In the order in which events stand if their time is the same. */
enum event_kind {
	EVENT_CREATED,
	EVENT_HOOK,
	EVENT_HOOK_ENDED, /* of a wrapped command */
	EVENT_ERROR,
	EVENT_STARTED,
	EVENT_STOPPED,
	EVENT_LOST,
	EVENT_REMOVED, /* in no record: who watches sees the record go */
};

/* The word of `event` in JSON. */
const char *event_kind_name(enum event_kind kind);

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

#endif
