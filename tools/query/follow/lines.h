/* SPDX-License-Identifier: Apache-2.0 */
/* lines: events as lines of JSON: at once, or those of the past together, by time. */
#ifndef LINES_H
#define LINES_H

#include "libstate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* A line of the past, which waits for its turn. */
struct line {
	int64_t time; /* its own, or that of the one before it in its container */
	size_t number;
	char *text;
};

struct lines {
	bool of_past; /* they are kept */
	size_t count;
	struct line *kept;
};

/* Takes the object. Lines of a container come in its order: one without a time stands behind the one before it. */
int lines_add(struct lines *lines, int64_t time, bool is_first, json_t *object,
	struct lifecycle_error *error);

/* Prints what is kept if that is wanted, and keeps nothing from now on. */
void lines_end_past(struct lines *lines, bool wanted);

#endif
