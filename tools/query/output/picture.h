/* SPDX-License-Identifier: Apache-2.0 */
/*
 * picture: rows of bars and marks over one scale of time. A long stretch in which nothing happens is cut out
 * of the scale, so that what is short can be seen beside what is long. Pure.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include "libstate.h"
#include "query/output/scale.h"

#include <stdio.h>

enum picture_kind {
	PICTURE_BAR,    /* from one time to another, such as a hook's: never cut */
	PICTURE_PHASE,  /* the same; it may be long, and is cut where nothing else is */
	PICTURE_UNSEEN, /* a phase that nobody saw begin */
	PICTURE_MARK,   /* a time */
	PICTURE_ERROR,  /* a time at which something went wrong */
};

struct picture_row {
	const char *label;
	int64_t from;
	int64_t to; /* = from for marks */
	enum picture_kind kind;
	bool goes_on;       /* its end is only the time of looking */
	bool least;         /* its end is not known to be its end: it took that long, or longer */
	bool endless;       /* when it ended is not known: `to` is the last that is */
	bool failed;        /* it is what went wrong */
	const char *detail; /* on a line of its own; NULL for none */
	const char *more;   /* on a further line; NULL for none */
	/* What of a record it is; NULL for what is no hook, no failure. */
	const struct lifecycle_hook *hook;
	const struct lifecycle_failure *failure;
};

struct picture_style {
	size_t width;
	bool unicode;
	bool colours;
};

#define PICTURE_MOST_ROWS 128

/* At most PICTURE_MOST_ROWS rows. The scale that they share, whatever draws them. */
void picture_scale(const struct picture_row *rows, size_t count, struct scale_size size,
	struct scale *ret_scale);

void picture_print(
	const struct picture_row *rows, size_t count, const struct picture_style *style, FILE *out);

#endif
