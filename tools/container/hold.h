/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold: the directory of one container, open and locked. Who holds a container may change what it is made of; who only
 * signals or looks does not need to. A process that ends lets go.
 */
#ifndef HOLD_H
#define HOLD_H

#include "container/place.h"

struct hold {
	const char *id; /* the caller's */
	char *path;
	int directory;
};

/* LIFECYCLE_ERROR_NOT_FOUND: there is no such container. LIFECYCLE_ERROR_TIMEOUT: somebody else holds it. */
int hold_take(const struct place *place, const char *id, int64_t deadline, struct hold *ret_hold,
	struct lifecycle_error *error);

/* A new one: its directory is there, and empty. */
int hold_make(const struct place *place, const char *id, struct hold *ret_hold,
	struct lifecycle_error *error);

/* Lets go of a container. */
void hold_release(struct hold *hold);

/* Removes the directory with all that is in it, the config.json first; and lets go. */
int hold_remove(struct hold *hold, struct lifecycle_error *error);

/* Removes what a command that was killed has left of containers that never had a config.json. */
void hold_sweep(const struct place *place);

/* So that no two containers get one name: a descriptor to close(). */
int hold_names(
	const struct place *place, int64_t deadline, int *ret_fd, struct lifecycle_error *error);

#endif
