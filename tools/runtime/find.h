/* SPDX-License-Identifier: Apache-2.0 */
/* Programs: the real runtime, our hooks, and any other that a name may mean. */
#ifndef FIND_H
#define FIND_H

#include <limits.h>

/* A path, or a name that is looked up in PATH; relative entries of PATH are passed over. -1 with errno set: ENOENT, EACCES. */
int runtime_find_program(const char *name, char ret_path[PATH_MAX]);

/*
 * The real runtime: a path, or a name (NULL: "runc") that is looked up in PATH. -1 with errno set: ENOENT, EACCES,
 * or ELOOP if it is this program itself.
 */
int runtime_find(const char *name, char ret_path[PATH_MAX]);

/* The first of our hooks that is not an executable file in `hooks_dir`, or NULL if they all are there. */
const char *runtime_missing_hook(const char *hooks_dir);

#endif
