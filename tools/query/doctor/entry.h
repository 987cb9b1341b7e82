/* SPDX-License-Identifier: Apache-2.0 */
/* entry: one file of a hooks.d directory. Pure. */
#ifndef ENTRY_H
#define ENTRY_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>

/* The entries that we ship, one for each point, in the order in which a container's life calls them. */
struct entry_point {
	const char *point;   /* "createRuntime" */
	const char *program; /* "lifecycle-create-runtime" */
	const char *file;    /* the name of our entry for it */
};

#define ENTRY_POINTS 4
extern const struct entry_point entry_points[ENTRY_POINTS];

struct entry {
	char *program; /* the hook's path; NULL if there is none */
	char *root;    /* what its arguments say with --root; NULL for nothing */
	bool is_always;
	bool stages[ENTRY_POINTS];
};

/* -1 if that is no entry: engines that read it start no container. */
int entry_parse(const char *text, struct entry *ret_entry, struct lifecycle_error *error);
void entry_free(struct entry *entry);

/* Whether the entry calls our program for that point, at that point. */
bool entry_is_ours(const struct entry *entry, size_t point);

#endif
