/* SPDX-License-Identifier: Apache-2.0 */
/* event_json: an event as JSON. Pure. */
#ifndef EVENT_JSON_H
#define EVENT_JSON_H

#include "query/follow/event.h"

#include <jansson.h>

/* An object of time, id, instance, generation, event, attributes. */
int event_json(const struct view *view, const struct event *event, json_t **ret_object,
	struct lifecycle_error *error);

/* The container ended, and its record is gone by now. */
int event_end_json(const char *id, int64_t generation, const char *instance, int64_t exit_code,
	int64_t time, json_t **ret_object, struct lifecycle_error *error);

/* The container's record is gone, whose last event was of that generation and instance. */
int event_removal_json(const char *id, int64_t generation, const char *instance, int64_t time,
	json_t **ret_object, struct lifecycle_error *error);

#endif
