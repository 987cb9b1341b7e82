/* SPDX-License-Identifier: Apache-2.0 */
/* Where a run goes on: never behind what was not told. */
#include "query/follow/cursor.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define SECOND       INT64_C(1000000000)
#define BOOT         "0d1b5a0e-90e5-4f7f-8a63-0f1f1d4e5a5f"

/* ---- the text ---- */

START_TEST(test_round_trip)
{
	struct cursor now, read;
	char text[CURSOR_SIZE], again[CURSOR_SIZE];

	cursor_now(BOOT, &now);
	ck_assert_int_eq(cursor_parse(cursor_format(&now, text), &read, NULL), 0);
	ck_assert_str_eq(cursor_format(&read, again), text);
	ck_assert_str_eq(read.boot_id, BOOT);
	ck_assert_int_eq(read.until, now.until);
	ck_assert_int_eq(read.offset, now.offset);
	/* nothing that a shell has another meaning for */
	ck_assert_uint_eq(strspn(text, "0123456789abcdef.-"), strlen(text));
}
END_TEST

START_TEST(test_of_nothing)
{
	struct cursor nothing = CURSOR_NOTHING, read, now;
	char text[CURSOR_SIZE];

	cursor_now(BOOT, &now);
	ck_assert_int_eq(cursor_parse(cursor_format(&nothing, text), &read, NULL), 0);
	ck_assert_int_eq(cursor_goes_on_at(&read, &now), INT64_MIN);
}
END_TEST

static const char *const no_cursors[] = {
	"",
	"1",
	"1.",
	"2.1.1." BOOT,
	"1.1." BOOT,
	"1..1." BOOT,
	"1.-1.1." BOOT,
	"1. 1.1." BOOT,
	"1.1.1",
	"1.1.1." BOOT " ",
	"1.1.1." BOOT "." BOOT,
	"1.1.1." BOOT BOOT,
	"1.ffffffffffffffff.1." BOOT,
};

START_TEST(test_no_cursor)
{
	struct cursor cursor;
	struct lifecycle_error error;

	ck_assert_int_eq(cursor_parse(no_cursors[_i], &cursor, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
}
END_TEST

/* ---- going on ---- */

static const struct {
	const char *what;
	struct cursor cursor, now;
	int64_t at;
} cases[] = {
	{ "a minute later", { BOOT, 100 * SECOND, 7 }, { BOOT, 160 * SECOND, 7 }, 90 * SECOND },
	{ "at once", { BOOT, 100 * SECOND, 7 }, { BOOT, 100 * SECOND, 7 }, 90 * SECOND },
	{ "the clocks as finely as they are read", { BOOT, 100 * SECOND, 0 },
		{ BOOT, 160 * SECOND, SECOND }, 90 * SECOND },
	{ "another boot", { BOOT, 100 * SECOND, 7 }, { "1" BOOT, 160 * SECOND, 7 }, INT64_MIN },
	{ "a boot that is not known", { "", 100 * SECOND, 7 }, { "", 160 * SECOND, 7 }, INT64_MIN },
	{ "the clock was set back", { BOOT, 100 * SECOND, 5 * SECOND }, { BOOT, 160 * SECOND, 0 },
		INT64_MIN },
	{ "the clock was set on", { BOOT, 100 * SECOND, 0 }, { BOOT, 160 * SECOND, 5 * SECOND },
		INT64_MIN },
	{ "no clock has such an offset", { BOOT, 100 * SECOND, INT64_MIN },
		{ BOOT, 160 * SECOND, 1 }, INT64_MIN },
	{ "from the future", { BOOT, 200 * SECOND, 7 }, { BOOT, 160 * SECOND, 7 }, INT64_MIN },
};

START_TEST(test_goes_on)
{
	ck_assert_msg(cursor_goes_on_at(&cases[_i].cursor, &cases[_i].now) == cases[_i].at, "%s",
		cases[_i].what);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("cursor");
	TCase *tcase = tcase_create("cursor");

	tcase_add_test(tcase, test_round_trip);
	tcase_add_test(tcase, test_of_nothing);
	tcase_add_loop_test(tcase, test_no_cursor, 0, COUNT(no_cursors));
	tcase_add_loop_test(tcase, test_goes_on, 0, COUNT(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
