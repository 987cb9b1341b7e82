/* SPDX-License-Identifier: Apache-2.0 */
/* known: which events of which containers were told already. */
#ifndef KNOWN_H
#define KNOWN_H

#include "query/follow/event.h"
#include "query/follow/held.h"

#include <stdbool.h>

/* As many generations as a record has, each with a start and an end. */
#define KNOWN_MOST_TOLD 18

/* What a container's record had when it was last read. */
struct known_container {
	char *id;
	size_t count;
	char **keys; /* of its events */
	/* of the last of them */
	int64_t generation;
	char *instance;
	struct held held;
	/* Events that were told and are in no record: the last ones. */
	char *told[KNOWN_MOST_TOLD];
};

struct known {
	size_t count;
	struct known_container *containers; /* by ID */
};

/* NULL if it is not known. It is valid until something is set or forgotten. */
struct known_container *known_find(const struct known *known, const char *id);

bool known_has_event(const struct known_container *container, const char *key);

/* It was told, and its record need not say so: the key is taken. */
void known_add_told(struct known_container *container, char *key);

/* From now on these are the events of the container. */
int known_set(struct known *known, const char *id, const struct events *events,
	struct lifecycle_error *error);

void known_forget(struct known *known, const char *id);
void known_free(struct known *known);

#endif
