/* SPDX-License-Identifier: Apache-2.0 */
/* seen: what is recorded of a container, and seen of its process. */
#ifndef SEEN_H
#define SEEN_H

#include "container/place.h"

#include <stdbool.h>

/* LIFECYCLE_STATUS_NONE: it has no record, since it never got so far, or is forgotten. */
int seen_state(struct place *place, const char *id, struct lifecycle_observed *ret_state,
	struct lifecycle_error *error);

/* It has a process, whether that runs its program yet or not. */
bool seen_lives(const struct lifecycle_observed *state);

/* A pidfd of its process, to close(); -1 if nothing lives. */
int seen_process(
	struct place *place, const char *id, int *ret_pidfd, struct lifecycle_error *error);

#endif
