/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's config.json on the disk. */
#ifndef BUNDLE_H
#define BUNDLE_H

#include "runtime/splice.h"

#include <stddef.h>

/*
 * Adds our hooks to the config.json of the bundle (NULL: the current directory), atomically: a reader finds the old
 * file or the new file, even if this program is killed. Mode and owner stay, a link is not followed.
 * -1 with the reason in `why`, and config.json as it was.
 */
int runtime_bundle_add_hooks(
	const char *bundle, const struct splice_plan *plan, char *why, size_t why_size);

/* The bundle's config.json as it is; NULL if it cannot be read. free() it. */
char *runtime_bundle_read(const char *bundle, size_t *ret_length);

#endif
