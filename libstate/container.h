/* SPDX-License-Identifier: Apache-2.0 */
/* container: a container's directory in a store, and its lock. */
#ifndef CONTAINER_H
#define CONTAINER_H

#include "libstate.h"

#include <sys/types.h>

struct lifecycle_store {
	int fd;
	char *root;
};

struct container {
	const struct lifecycle_store *store;
	const char *id;
	int fd;      /* locked */
	uid_t owner; /* of the directory: ourselves */
	bool made;   /* by us, and so far it is empty */
	bool lacks_record;
	int64_t deadline; /* for what else is locked */
};

int container_check_id(const char *id, struct lifecycle_error *error);

int container_open(const struct lifecycle_store *store, const char *id, int *ret_fd,
	struct lifecycle_error *error);

/* Locks the directory, which is made if it is not there; close container->fd to unlock it. */
int container_lock_or_make(
	struct container *container, int64_t deadline, struct lifecycle_error *error);

/* The same, or LIFECYCLE_ERROR_NOT_FOUND. */
int container_lock(struct container *container, int64_t deadline, struct lifecycle_error *error);

#endif
