/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/scale.h"

#include <stdlib.h>

/* A stretch this many times longer than all that is busy would leave nothing to see of that. */
#define CUT_FACTOR 3

static int compare_times(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a;
	int64_t other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

static size_t sort_times(const struct scale_span *spans, size_t count, int64_t *times)
{
	size_t used = 0;
	size_t distinct = 0;

	for (size_t i = 0; i < count; i++) {
		times[used++] = spans[i].from;
		times[used++] = spans[i].to;
	}
	if (used > 1)
		qsort(times, used, sizeof(*times), compare_times);
	for (size_t i = 0; i < used; i++)
		if (distinct == 0 || times[i] != times[distinct - 1])
			times[distinct++] = times[i];
	return distinct;
}

static bool is_busy(const struct scale_span *spans, size_t count, const struct scale_piece *piece)
{
	for (size_t i = 0; i < count; i++)
		if (spans[i].busy && spans[i].from <= piece->from && spans[i].to >= piece->to)
			return true;
	return false;
}

static int64_t length(const struct scale_piece *piece)
{
	return piece->to - piece->from;
}

static int64_t uncut_length(const struct scale *scale)
{
	int64_t sum = 0;

	for (size_t i = 0; i < scale->count; i++)
		sum += scale->pieces[i].cut ? 0 : length(&scale->pieces[i]);
	return sum;
}

static int64_t busy_length(const struct scale_span *spans, size_t count, const struct scale *scale)
{
	int64_t sum = 0;

	for (size_t i = 0; i < scale->count; i++)
		sum += is_busy(spans, count, &scale->pieces[i]) ? length(&scale->pieces[i]) : 0;
	return sum;
}

static struct scale_piece *longest_idle(
	const struct scale_span *spans, size_t count, struct scale *scale)
{
	struct scale_piece *longest = NULL;

	for (size_t i = 0; i < scale->count; i++) {
		struct scale_piece *piece = &scale->pieces[i];

		if (!piece->cut && !is_busy(spans, count, piece) &&
			(longest == NULL || length(piece) > length(longest)))
			longest = piece;
	}
	return longest;
}

static void cut_idle(
	const struct scale_span *spans, size_t count, size_t columns, struct scale *scale)
{
	int64_t busy = busy_length(spans, count, scale);

	for (size_t used = columns; used <= scale->width / 2; used += columns) {
		struct scale_piece *longest = longest_idle(spans, count, scale);
		int64_t rest;

		if (longest == NULL)
			return;
		rest = busy > 0 ? busy : uncut_length(scale) - length(longest);
		if (rest <= 0 || length(longest) / CUT_FACTOR <= rest)
			return;
		longest->cut = true;
	}
}

/* Half of the width is theirs, lest what took longest by far looks short. */
static size_t cut_columns(const struct scale *scale)
{
	size_t cuts = 0;

	for (size_t i = 0; i < scale->count; i++)
		cuts += scale->pieces[i].cut;
	return cuts > 0 ? scale->width / 2 / cuts : 0;
}

static void lay_out(struct scale *scale)
{
	size_t of_cut = cut_columns(scale);
	double total = (double)uncut_length(scale);
	double columns = (double)scale->width;
	double at = 0;

	for (size_t i = 0; i < scale->count; i++)
		columns -= scale->pieces[i].cut ? (double)of_cut : 0;
	for (size_t i = 0; i < scale->count; i++) {
		struct scale_piece *piece = &scale->pieces[i];

		piece->column = (size_t)(at + 0.5);
		if (piece->cut)
			at += (double)of_cut;
		else if (total > 0)
			at += columns * (double)length(piece) / total;
		piece->columns = (size_t)(at + 0.5) - piece->column;
	}
}

void scale_make(const struct scale_span *spans, size_t count, struct scale_size size,
	struct scale *ret_scale)
{
	int64_t times[SCALE_MOST_PIECES + 1];
	size_t distinct = sort_times(spans, count, times);

	ret_scale->width = size.width;
	ret_scale->count = 0;
	for (size_t i = 0; i + 1 < distinct; i++)
		ret_scale->pieces[ret_scale->count++] =
			(struct scale_piece){ .from = times[i], .to = times[i + 1] };
	cut_idle(spans, count, size.cut, ret_scale);
	lay_out(ret_scale);
}

size_t scale_column(const struct scale *scale, int64_t time)
{
	size_t column = 0;

	for (size_t i = 0; i < scale->count && time >= scale->pieces[i].from; i++) {
		const struct scale_piece *piece = &scale->pieces[i];

		column = piece->column + piece->columns;
		if (time < piece->to)
			column = piece->column +
				 (size_t)((double)piece->columns * (double)(time - piece->from) /
					  (double)length(piece));
	}
	return column < scale->width ? column : scale->width - 1;
}

bool scale_is_cut(const struct scale *scale, size_t column)
{
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_piece *piece = &scale->pieces[i];
		size_t middle = piece->column + piece->columns / 2;

		if (piece->cut && (column == middle || column + 1 == middle))
			return true;
	}
	return false;
}
