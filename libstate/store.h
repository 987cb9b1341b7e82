/* SPDX-License-Identifier: Apache-2.0 */
/* store: the containers' directories, their locks, and their records. The public functions are in libstate.h. */
#ifndef STORE_H
#define STORE_H

#include "libstate.h"

/* The files of a container's directory that are ours. */
#define STORE_RECORD    LIFECYCLE_RECORD_FILE
#define STORE_TEMPORARY "." LIFECYCLE_RECORD_FILE ".tmp"
#define STORE_CORRUPT   LIFECYCLE_RECORD_FILE ".corrupt"

struct lifecycle_store {
	int fd;
	char *root;
};

#endif
