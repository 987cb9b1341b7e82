/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rootfs: a container's root file system, from outside. Whatever links an image has on the way, a path leads to what the
 * container will see there, never to something of the host's.
 */
#ifndef ROOTFS_H
#define ROOTFS_H

#include "libstate.h"

/* A descriptor of the directory; -1 with errno. */
int rootfs_open_directory(const char *rootfs, const char *path);

/* Makes the directory, and those above it, unless something is there. */
int rootfs_make_directory(const char *rootfs, const char *path, struct lifecycle_error *error);

#endif
