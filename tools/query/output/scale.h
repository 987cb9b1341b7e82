/* SPDX-License-Identifier: Apache-2.0 */
/* scale: from times to columns. It is linear, but for idle stretches so long that a part of them is cut out. Pure. */
#ifndef SCALE_H
#define SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scale_span {
	int64_t from;
	int64_t to;
	bool busy; /* no part of it may be cut out */
};

struct scale_piece {
	int64_t from;
	int64_t to;
	bool cut;
	size_t column; /* its first */
	size_t columns;
};

#define SCALE_MOST_PIECES 256

struct scale_size {
	size_t width; /* in columns, whatever a column is */
	size_t cut;   /* columns of a stretch that is cut, at least */
};

struct scale {
	size_t width;
	size_t count;
	struct scale_piece pieces[SCALE_MOST_PIECES];
};

/* At most SCALE_MOST_PIECES / 2 spans. */
void scale_make(const struct scale_span *spans, size_t count, struct scale_size size,
	struct scale *ret_scale);

size_t scale_column(const struct scale *scale, int64_t time);

/* Whether something was cut out at that column: in the middle of a stretch. */
bool scale_is_cut(const struct scale *scale, size_t column);

#endif
