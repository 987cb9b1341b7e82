/* SPDX-License-Identifier: Apache-2.0 */
/* known: which events of which containers were told already. */
#ifndef KNOWN_H
#define KNOWN_H

#include "query/follow/event.h"

#include <stdbool.h>

/* What a container's record had when it was last read. */
struct known_container {
	char *id;
	size_t count;
	char **keys; /* of its events */
	/* of the last of them */
	int64_t generation;
	char *instance;
};

struct known {
	size_t count;
	struct known_container *containers; /* by ID */
};

/* NULL if it is not known. It is valid until something is set or forgotten. */
const struct known_container *known_find(const struct known *known, const char *id);

bool known_has_event(const struct known_container *container, const char *key);

/* From now on these are the events of the container. */
int known_set(struct known *known, const char *id, const struct events *events,
	struct lifecycle_error *error);

void known_forget(struct known *known, const char *id);
void known_free(struct known *known);

#endif
