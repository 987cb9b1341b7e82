/* SPDX-License-Identifier: Apache-2.0 */
/* origin: which host tells of an event, in which boot, and which event it is: so that those of many hosts can lie together. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "libstate.h"

#include <jansson.h>

struct origin {
	char machine_id[LIFECYCLE_INSTANCE_SIZE]; /* "" if the host has none */
	char host[256];
	char boot_id[LIFECYCLE_INSTANCE_SIZE];
};

void origin_read(struct origin *ret);

/*
 * Adds event_id, host, machine_id and boot_id to an event. `key` is event_key()'s, and taken; `boot_id` is that of the process
 * that the event is of, NULL if it is not known.
 */
int origin_sign(const struct origin *origin, json_t *event, char *key, const char *boot_id,
	struct lifecycle_error *error);

#endif
