/* SPDX-License-Identifier: Apache-2.0 */
/* fsio: files in a held directory: read with a bound, replaced atomically. Nothing is followed. */
#ifndef FSIO_H
#define FSIO_H

#include "libstate.h"

#include <sys/types.h>

#define FSIO_ANY_OWNER ((uid_t)-1)

/*
 * Reads a whole regular file with one link, of at most `limit` bytes, that `owner` owns. *ret_bytes is
 * NUL-terminated: free() it. LIFECYCLE_ERROR_NOT_FOUND; LIFECYCLE_ERROR_CORRUPT if it is not such a file;
 * LIFECYCLE_ERROR_SYSTEM if it could not be read.
 */
int fsio_read(int directory, const char *name, uid_t owner, size_t limit, char **ret_bytes,
	size_t *ret_length, struct lifecycle_error *error);

/*
 * Makes `name` hold these bytes, readable and writable by its owner alone, or leaves it as it is: by way of `temporary`, which is removed
 * whatever happens. It is on the disk when this returns 0.
 */
int fsio_replace(int directory, const char *name, const char *temporary, const char *bytes,
	size_t length, struct lifecycle_error *error);

/* Makes a directory, mode 0700 whatever the umask is; *ret_made is false if there is something of that name already. */
int fsio_make_directory(
	int directory, const char *name, bool *ret_made, struct lifecycle_error *error);

/*
 * Whether it can be the directory that mkdir() made just now with this mode: ours, and with no bit that was not asked for. Else
 * another one was put in its place, and is to be left as it is.
 */
bool fsio_is_as_made(int fd, mode_t mode);

/* Removes a file or an empty directory; one that is not there is no error. */
int fsio_remove(int directory, const char *name, struct lifecycle_error *error);

/* A directory's entries are on the disk when this returns 0. */
int fsio_sync_directory(int directory, struct lifecycle_error *error);

#endif
