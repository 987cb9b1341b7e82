/* SPDX-License-Identifier: Apache-2.0 */
/* outfile: a file that is replaced by a new one at once, so that nobody reads half of it. */
#ifndef OUTFILE_H
#define OUTFILE_H

#include "libstate.h"

#include <stdio.h>

struct outfile {
	const char *path;
	char *temporary; /* beside it, and of no name that ends like it */
	FILE *stream;
};

int outfile_open(const char *path, struct outfile *ret_file, struct lifecycle_error *error);

/* With mode 0644. On failure the file at the path is what it was. */
int outfile_commit(struct outfile *file, struct lifecycle_error *error);
void outfile_discard(struct outfile *file);

#endif
