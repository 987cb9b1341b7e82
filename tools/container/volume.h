/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volume: what a container sees of the host, or keeps longer than itself: NAME:/PATH[:ro] or /ABSOLUTE:/PATH[:ro].
 *
 * DATA/volumes/NAME is a volume. It is made when a container first wants it, and begins with what that container's root file
 * system has in that place. Nothing here removes one.
 */
#ifndef VOLUME_H
#define VOLUME_H

#include "container/place.h"

#include <jansson.h>
#include <stdbool.h>

struct volume {
	char *source; /* a name, or an absolute path */
	const char *destination;
	bool is_name;
	bool read_only;
};

/* Pure; free() the source, the destination is a part of it. */
int volume_parse(const char *text, struct volume *ret_volume, struct lifecycle_error *error);

/* The mounts of these texts (NULL-terminated, or NULL), as OCI has them; json_decref() them. */
int volume_mounts(const struct place *place, const char *const *texts, const char *rootfs,
	json_t **ret_mounts, struct lifecycle_error *error);

/* Calls each() with the name of each volume. */
void volume_each(const struct place *place, void (*each)(const char *name, void *arg), void *arg);

#endif
