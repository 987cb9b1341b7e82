/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event: what happened to a container, read off its record: so nothing is lost between two looks at it. An
 * event is an object of time, id, instance, generation, event, attributes. Pure.
 */
#ifndef EVENT_H
#define EVENT_H

#include "libstate.h"

#include <jansson.h>

/* All that the record tells of, in order; what an event says of itself, but for its attributes, is unique. */
int events_of(const json_t *view, json_t **ret_events, struct lifecycle_error *error);

/* The container's record is gone, that had these events. */
int event_of_removal(const char *id, const json_t *events, int64_t time, json_t **ret_event,
	struct lifecycle_error *error);

/* Whether this event is among those. */
bool events_have(const json_t *events, const json_t *event);

/* Whether one of these events is of that event's instance. */
bool events_have_instance(const json_t *events, const json_t *event);

#endif
