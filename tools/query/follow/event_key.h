/* SPDX-License-Identifier: Apache-2.0 */
/* event_key: by which one event is known again. Pure. */
#ifndef EVENT_KEY_H
#define EVENT_KEY_H

#include "query/follow/event.h"

/*
 * Whether an event is the same as one of a record that was read before: the same key. An attribute may become known
 * later, and when a container stopped may become known better: both stay the same event. Where the generation has an
 * instance no other event of any container has that key. free() it; NULL if memory is out.
 */
char *event_key(const struct event *event);

/* Those of the end of an instance, and of its record's. */
char *event_end_key(const char *instance);
char *event_removal_key(const char *instance);

#endif
