/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fit: makes a table fit a terminal: which of its columns are written briefly, left out or cut, and how wide each one is
 * then. Pure. The library that prints the table could do it, too, but each version of it in another way.
 */
#ifndef FIT_H
#define FIT_H

#include <stdbool.h>
#include <stddef.h>

enum fit_yields {
	FIT_NEVER, /* it is never cut */
	FIT_FIRST, /* but keeps a part that can be read as long as others can give way */
	FIT_MIDDLE,
	FIT_LAST,
};

struct fit_column {
	enum fit_yields yields;
	unsigned
		leaves; /* 0: never; of several, the one with the greatest number is left out first */
	size_t heading; /* how wide it is */
	size_t usual;   /* how wide its widest cell is */
	size_t brief;   /* the same if its cells are written briefly */
	/* What comes of it. */
	size_t width;
	bool is_left_out;
};

/* True: the brief cells are to be used. `room` is for the cells and one blank between two of them. */
bool fit_columns(struct fit_column *columns, size_t count, size_t room);

/* How many columns of a terminal a text takes. */
size_t fit_width(const char *text);

/* A copy of a text: its beginning and an ellipsis, if it is wider. free() it; NULL if memory is out. */
char *fit_cut(const char *text, size_t width);

#endif
