/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines: events as lines of JSON: at once, or those of the past together, by time. Each bears a cursor: up to when all has
 * been told that stands before it. So the last line of a round, and no other, bears the round's own.
 */
#ifndef LINES_H
#define LINES_H

#include "query/follow/choice.h"
#include "query/follow/cursor.h"

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
	char *last; /* of the round, as far as is known; NULL for none */
	struct cursor cursor;
	struct choice choice; /* what is wanted: of all else there is no line */
};

/* Takes the object. Lines of a container come in its order: one without a time stands behind the one before it. */
int lines_add(struct lines *lines, int64_t time, bool is_first, json_t *object,
	struct lifecycle_error *error);

void lines_free(struct lines *lines);

/* Prints what is kept if that is wanted, and keeps nothing from now on. */
void lines_end_past(struct lines *lines, bool wanted);

/* A round is over: all that was written up to there has been told. NULL: it was not ended, and nothing more is told. */
void lines_end_round(struct lines *lines, const struct cursor *cursor);

#endif
