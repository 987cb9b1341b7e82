/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remove_tree: a directory with all that is in it. A container may have made it as deep as it likes, and a user's directories
 * need not be writable to the user. What is mounted in it is not ours to remove: then it fails.
 */
#ifndef REMOVE_TREE_H
#define REMOVE_TREE_H

#include "libstate.h"

/* One that is not there is removed. */
int remove_tree(const char *path, struct lifecycle_error *error);

#endif
