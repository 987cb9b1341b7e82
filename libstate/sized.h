/* SPDX-License-Identifier: Apache-2.0 */
/* sized: the structures of libstate.h that begin with their size, as a caller may have them shorter or longer. */
#ifndef SIZED_H
#define SIZED_H

#include "libstate.h"

/*
 * How long a structure was when it was first released, if `last` was its last member then. A later member lies behind what
 * sizeof was before: in the padding at the end, an older caller has any bytes.
 */
#define SIZED_FIRST(type, last) (offsetof(type, last) + sizeof(((type *)NULL)->last))

/*
 * Copies the caller's structure into `full`, which says its own size, and keeps what the caller's is too short for.
 * LIFECYCLE_ERROR_INVALID: the caller's is shorter than the first release's, so its size was not set.
 */
int sized_read(void *full, const void *given, size_t first_size, struct lifecycle_error *error);

/* Copies `full`, which says its own size, into the caller's structure; nothing if that does not say its size. */
void sized_write(void *given, size_t first_size, const void *full);

#endif
