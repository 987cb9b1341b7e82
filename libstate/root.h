/* SPDX-License-Identifier: Apache-2.0 */
/* root: where the store's directory is, and that nobody else can write or replace it. */
#ifndef ROOT_H
#define ROOT_H

#include "libstate.h"

/* Opens the directory at `path`, an absolute one, to be read as it is. */
int root_open(const char *path, int *ret_fd, struct lifecycle_error *error);

/*
 * Opens it to be written, each directory and link on the way looked at; with `make` it is made if only its last
 * component is missing. LIFECYCLE_ERROR_UNSAFE: a third user could write it or put another in its place.
 */
int root_open_safely(const char *path, bool make, int *ret_fd, struct lifecycle_error *error);

#endif
