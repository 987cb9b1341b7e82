/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/scale.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define MOST_SPANS (SCALE_MOST_PIECES / 2)
#define LEAST      20
#define MOST       400

/* ---- by hand ---- */

/* A column for each unit of time, where nothing is cut. */
static const struct {
	const char *what;
	struct scale_span spans[4];
	size_t count;
	size_t width;
	const char *pieces; /* FROM-TO@COLUMN+COLUMNS, "!" for one that is cut */
} cases[] = {
	{ "nothing", { { 0, 0, false } }, 0, 20, "" },
	{ "a moment", { { 7, 7, false } }, 1, 20, "" },
	{ "one span", { { 0, 20, true } }, 1, 20, "0-20@0+20" },
	{ "two that touch", { { 0, 10, true }, { 10, 20, true } }, 2, 20, "0-10@0+10 10-20@10+10" },
	{ "two that overlap", { { 5, 20, true }, { 0, 10, true } }, 2, 20,
		"0-5@0+5 5-10@5+5 10-20@10+10" },
	{ "twice the same", { { 0, 10, true }, { 0, 10, true } }, 2, 20, "0-10@0+20" },
	{ "a moment within", { { 0, 20, true }, { 10, 10, false } }, 2, 20,
		"0-10@0+10 10-20@10+10" },
	{ "a pause that is short", { { 0, 5, true }, { 20, 25, true } }, 2, 25,
		"0-5@0+5 5-20@5+15 20-25@20+5" },
	{ "a pause that is long", { { 0, 5, true }, { 5000, 5005, true } }, 2, 20,
		"0-5@0+5 5-5000@5+10! 5000-5005@15+5" },
	{ "long, but busy", { { 0, 5, true }, { 5, 5000, true } }, 2, 20, "0-5@0+0 5-5000@0+20" },
	{ "long, and nothing is busy",
		{ { 0, 5, false }, { 0, 5005, false }, { 5000, 5005, false } }, 3, 20,
		"0-5@0+5 5-5000@5+10! 5000-5005@15+5" },
	{ "long, and there is nothing else", { { 0, 5000, false } }, 1, 20, "0-5000@0+20" },
	/* the two longest: there is no room for more */
	{ "three pauses",
		{ { 0, 5, true }, { 600, 600, false }, { 1300, 1300, false },
			{ 2100, 2105, true } },
		4, 20, "0-5@0+0 5-600@0+10 600-1300@10+5! 1300-2100@15+5! 2100-2105@20+0" },
};

static const char *pieces_of(const struct scale *scale, char text[512])
{
	text[0] = '\0';
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_piece *piece = &scale->pieces[i];

		sprintf(text + strlen(text), "%s%lld-%lld@%zu+%zu%s", i > 0 ? " " : "",
			(long long)piece->from, (long long)piece->to, piece->column, piece->columns,
			piece->cut ? "!" : "");
	}
	return text;
}

START_TEST(test_pieces)
{
	struct scale scale;
	char text[512];

	scale_make(cases[_i].spans, cases[_i].count, (struct scale_size){ cases[_i].width, 4 },
		&scale);
	ck_assert_msg(strcmp(pieces_of(&scale, text), cases[_i].pieces) == 0, "%s: %s",
		cases[_i].what, text);
}
END_TEST

START_TEST(test_columns)
{
	const struct scale_span spans[] = { { 100, 110, true }, { 5100, 5110, true } };
	struct scale scale;

	scale_make(spans, 2, (struct scale_size){ 40, 4 }, &scale);
	ck_assert_uint_eq(scale_column(&scale, 0), 0);
	ck_assert_uint_eq(scale_column(&scale, 100), 0);
	ck_assert_uint_eq(scale_column(&scale, 105), 5);
	ck_assert_uint_eq(scale_column(&scale, 110), 10);
	ck_assert_uint_eq(scale_column(&scale, 2605), 20);
	ck_assert_uint_eq(scale_column(&scale, 5100), 30);
	ck_assert_uint_eq(scale_column(&scale, 5109), 39);
	ck_assert_uint_eq(scale_column(&scale, 5110), 39);
	ck_assert_uint_eq(scale_column(&scale, INT64_MAX), 39);
	for (size_t column = 0; column < 40; column++)
		ck_assert(scale_is_cut(&scale, column) == (column == 19 || column == 20));
}
END_TEST

/* ---- what holds of each ---- */

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 16;
}

/* Lengths of all magnitudes, from a nanosecond to a century. */
static int64_t random_length(uint64_t *state)
{
	return (int64_t)(next_random(state) % (UINT64_C(1) << (1 + next_random(state) % 61)));
}

static size_t random_spans(uint64_t *state, struct scale_span *spans)
{
	size_t count = 1 + next_random(state) % (next_random(state) % 8 == 0 ? MOST_SPANS : 8);

	for (size_t i = 0; i < count; i++) {
		int64_t from = random_length(state);

		spans[i] = (struct scale_span){ from, from + random_length(state),
			next_random(state) % 2 == 0 };
		if (next_random(state) % 3 == 0)
			spans[i].to = from;
	}
	return count;
}

/* One after the other, over the whole width; of the cut ones there is enough to see, and never more than the half. */
static bool pieces_fill_the_width(const struct scale *scale)
{
	size_t at = 0;
	size_t of_cuts = 0;

	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_piece *piece = &scale->pieces[i];

		if (piece->from >= piece->to || piece->column != at ||
			(i > 0 && piece->from != scale->pieces[i - 1].to) ||
			(piece->cut && piece->columns < 4))
			return false;
		at += piece->columns;
		of_cuts += piece->cut ? piece->columns : 0;
	}
	return (scale->count == 0 || at == scale->width) && of_cuts <= scale->width / 2 + 1;
}

static bool is_whole(const struct scale *scale, const struct scale_span *span)
{
	for (size_t i = 0; i < scale->count; i++)
		if (scale->pieces[i].cut && scale->pieces[i].to > span->from &&
			scale->pieces[i].from < span->to)
			return false;
	return true;
}

static bool busy_spans_are_whole(
	const struct scale *scale, const struct scale_span *spans, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (spans[i].busy && !is_whole(scale, &spans[i]))
			return false;
	return true;
}

/* Two columns of each cut, and no other. */
static bool cuts_are_marked(const struct scale *scale)
{
	size_t cuts = 0;
	size_t marked = 0;

	for (size_t i = 0; i < scale->count; i++)
		cuts += scale->pieces[i].cut;
	for (size_t column = 0; column < scale->width; column++)
		marked += scale_is_cut(scale, column);
	return marked == 2 * cuts;
}

/* What is later is not further left. */
static bool columns_ascend(const struct scale *scale, uint64_t *state)
{
	int64_t time = scale->count > 0 ? scale->pieces[0].from : 0;
	size_t last = 0;

	for (int i = 0; i < 100; i++) {
		size_t column = scale_column(scale, time);

		if (column < last || column >= scale->width)
			return false;
		last = column;
		time += random_length(state) / 128;
	}
	return true;
}

static void check_any(size_t width, uint64_t *state)
{
	struct scale_span spans[MOST_SPANS];
	size_t count = random_spans(state, spans);
	struct scale scale;

	scale_make(spans, count, (struct scale_size){ width, 4 }, &scale);
	ck_assert(pieces_fill_the_width(&scale));
	ck_assert(busy_spans_are_whole(&scale, spans, count));
	ck_assert(cuts_are_marked(&scale));
	ck_assert(columns_ascend(&scale, state));
}

START_TEST(test_any)
{
	uint64_t state = 1;

	for (size_t width = LEAST; width <= MOST; width++)
		for (int round = 0; round < 10; round++)
			check_any(width, &state);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("scale");
	TCase *tcase = tcase_create("scale");

	tcase_add_loop_test(tcase, test_pieces, 0, COUNT(cases));
	tcase_add_test(tcase, test_columns);
	tcase_add_test(tcase, test_any);
	suite_add_tcase(suite, tcase);
	return suite;
}
