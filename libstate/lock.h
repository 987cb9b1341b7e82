/* SPDX-License-Identifier: Apache-2.0 */
/* lock: a container's directory, locked by flock(), which no death of a holder leaves locked. */
#ifndef LOCK_H
#define LOCK_H

#include "libstate.h"

/* Locks what `fd` is open on; LIFECYCLE_ERROR_TIMEOUT if that was not had before the deadline. Closing unlocks. */
int lock_wait(int fd, int64_t deadline, struct lifecycle_error *error);

#endif
