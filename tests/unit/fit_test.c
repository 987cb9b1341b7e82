/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/fit.h"
#include "unit.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- columns ---- */

#define MOST 7

enum { ID, NAME, STATUS, STARTED, EXITED, PID, ERROR };

/* As list has them: what they are in a usual and in a brief form. */
static const struct fit_column usual[MOST] = {
	[ID] = { .yields = FIT_LAST, .heading = 2, .usual = 12, .brief = 12 },
	[NAME] = { .yields = FIT_MIDDLE, .heading = 4, .usual = 13, .brief = 13 },
	[STATUS] = { .yields = FIT_LAST, .heading = 6, .usual = 23, .brief = 13 },
	[STARTED] = { .yields = FIT_LAST, .heading = 7, .usual = 14, .brief = 8 },
	[EXITED] = { .yields = FIT_LAST, .leaves = 1, .heading = 6, .usual = 14, .brief = 6 },
	[PID] = { .leaves = 2, .heading = 3, .usual = 7, .brief = 7 },
	[ERROR] = { .yields = FIT_FIRST, .heading = 5, .usual = 90, .brief = 80 },
};

static const struct {
	size_t room;
	bool brief;
	size_t widths[MOST]; /* 0: left out */
} rooms[] = {
	{ SIZE_MAX, false, { 12, 13, 23, 14, 14, 7, 90 } },
	{ 179, false, { 12, 13, 23, 14, 14, 7, 90 } },
	{ 178, true, { 12, 13, 13, 8, 6, 7, 80 } },
	{ 145, true, { 12, 13, 13, 8, 6, 7, 80 } },
	{ 100, true, { 12, 13, 13, 8, 6, 7, 35 } },
	{ 95, true, { 12, 13, 13, 8, 6, 7, 30 } },
	{ 94, true, { 12, 13, 13, 8, 6, 0, 37 } },
	{ 80, true, { 12, 13, 13, 8, 0, 0, 30 } },
	{ 79, true, { 12, 12, 13, 8, 0, 0, 30 } },
	{ 70, true, { 12, 12, 13, 8, 0, 0, 21 } },
	{ 60, true, { 12, 11, 13, 8, 0, 0, 12 } },
	{ 40, true, { 8, 6, 8, 8, 0, 0, 6 } },
	/* no narrower than their headings */
	{ 10, true, { 2, 4, 6, 7, 0, 0, 5 } },
	{ 0, true, { 2, 4, 6, 7, 0, 0, 5 } },
};

START_TEST(test_columns)
{
	struct fit_column columns[MOST];

	memcpy(columns, usual, sizeof(columns));
	ck_assert(fit_columns(columns, MOST, rooms[_i].room) == rooms[_i].brief);
	for (int i = 0; i < MOST; i++) {
		size_t width = columns[i].is_left_out ? 0 : columns[i].width;

		ck_assert_msg(width == rooms[_i].widths[i], "room %zu, column %d: %zu, not %zu",
			rooms[_i].room, i, width, rooms[_i].widths[i]);
	}
}
END_TEST

/* If nothing went wrong, a long name makes no pid leave. */
START_TEST(test_names_are_cut_if_nothing_went_wrong)
{
	struct fit_column columns[MOST];

	memcpy(columns, usual, sizeof(columns));
	columns[NAME].usual = columns[NAME].brief = 60;
	columns[ERROR].usual = columns[ERROR].brief = 1;
	ck_assert(fit_columns(columns, MOST, 80));
	ck_assert(!columns[PID].is_left_out && !columns[EXITED].is_left_out);
	ck_assert_uint_eq(columns[NAME].width, 80 - 12 - 13 - 8 - 6 - 7 - 5 - 6);
}
END_TEST

START_TEST(test_what_never_yields)
{
	struct fit_column columns[2] = { { .usual = 50, .brief = 50 },
		{ .usual = 50, .brief = 50 } };

	ck_assert(fit_columns(columns, 2, 20));
	ck_assert_uint_eq(columns[0].width, 50);
	ck_assert_uint_eq(columns[1].width, 50);
	ck_assert(!fit_columns(columns, 0, 0));
}
END_TEST

/* ---- texts ---- */

static const struct {
	const char *locale;
	const char *text;
	size_t width;
	const char *cut;
} cuts[] = {
	{ "C.UTF-8", "abc", 3, "abc" },
	{ "C.UTF-8", "abcd", 3, "ab\xe2\x80\xa6" },
	{ "C.UTF-8", "ab cd", 4, "ab\xe2\x80\xa6" },
	{ "C.UTF-8", "abcd", 1, "\xe2\x80\xa6" },
	{ "C.UTF-8", "abcd", 0, "" },
	{ "C.UTF-8", "", 0, "" },
	{ "C.UTF-8", "\xe5\xae\xb9\xe5\x99\xa8", 4, "\xe5\xae\xb9\xe5\x99\xa8" },
	{ "C.UTF-8", "\xe5\xae\xb9\xe5\x99\xa8", 3, "\xe5\xae\xb9\xe2\x80\xa6" },
	{ "C.UTF-8", "\xe5\xae\xb9\xe5\x99\xa8", 2, "\xe2\x80\xa6" },
	{ "C.UTF-8", "e\xcc\x81tat", 4, "e\xcc\x81tat" },
	{ "C.UTF-8", "e\xcc\x81tats", 4, "e\xcc\x81ta\xe2\x80\xa6" },
	{ "C", "abcdef", 5, "ab..." },
	{ "C", "abcdef", 3, "abc" },
	{ "C", "abcdef", 6, "abcdef" },
};

START_TEST(test_cut)
{
	char *cut;

	ck_assert_ptr_nonnull(setlocale(LC_ALL, cuts[_i].locale));
	cut = fit_cut(cuts[_i].text, cuts[_i].width);
	ck_assert_msg(strcmp(cut, cuts[_i].cut) == 0, "'%s' to %zu: '%s'", cuts[_i].text,
		cuts[_i].width, cut);
	ck_assert_uint_le(fit_width(cut), cuts[_i].width);
	free(cut);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("fit");
	TCase *tcase = tcase_create("fit");

	tcase_add_loop_test(tcase, test_columns, 0, COUNT(rooms));
	tcase_add_test(tcase, test_names_are_cut_if_nothing_went_wrong);
	tcase_add_test(tcase, test_what_never_yields);
	tcase_add_loop_test(tcase, test_cut, 0, COUNT(cuts));
	suite_add_tcase(suite, tcase);
	return suite;
}
