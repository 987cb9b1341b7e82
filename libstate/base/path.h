/* SPDX-License-Identifier: Apache-2.0 */
/* path: a path as a person typed it. */
#ifndef PATH_H
#define PATH_H

#include "libstate.h"

/* From the root, as seen from the current directory; free() it. */
int path_absolute(const char *path, char **ret_path, struct lifecycle_error *error);

#endif
