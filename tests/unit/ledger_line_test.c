/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a store's file of counts. */
#include "ledger_line.h"
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGITS "0123456789"
#define FIFTY  DIGITS DIGITS DIGITS DIGITS DIGITS
#define LONG   FIFTY FIFTY DIGITS DIGITS "0123456"   /* what is kept of a command: 127 bytes */
#define ID     FIFTY FIFTY FIFTY FIFTY FIFTY "01234" /* the longest */

static const char *printed(const struct ledger_line *line, char buffer[LEDGER_LINE_SIZE])
{
	size_t length = 0;

	if (line->kind == LEDGER_LINE_BASE)
		length = ledger_line_of_base(line->base, buffer);
	else if (line->kind == LEDGER_LINE_SUMS)
		length = ledger_line_of_sums(&line->sums, buffer);
	else if (line->kind == LEDGER_LINE_SERIES)
		length = ledger_line_of_series(&line->series, buffer);
	else if (line->kind == LEDGER_LINE_ENTRY)
		length = ledger_line_of_entry(
			line->entry.time, line->entry.id, &line->entry.tally, buffer);
	buffer[length] = '\0';
	ck_assert_uint_eq(strlen(buffer), length);
	return buffer;
}

static void parse(const char *text, struct ledger_line *ret)
{
	char copy[2 * LEDGER_LINE_SIZE];

	ck_assert_uint_lt(strlen(text), sizeof(copy));
	strcpy(copy, text);
	ledger_line_parse(copy, ret);
}

/* ---- each kind ---- */

START_TEST(test_base)
{
	struct ledger_line line;

	parse("base\t123\t.", &line);
	ck_assert_int_eq(line.kind, LEDGER_LINE_BASE);
	ck_assert_int_eq(line.base, 123);
}
END_TEST

START_TEST(test_sums)
{
	struct ledger_line line;

	parse("sums\t1\t2\t3\t.", &line);
	ck_assert_int_eq(line.kind, LEDGER_LINE_SUMS);
	ck_assert_int_eq(line.sums.generations, 1);
	ck_assert_int_eq(line.sums.create_errors, 2);
	ck_assert_int_eq(line.sums.oom_kills, 3);
}
END_TEST

START_TEST(test_series)
{
	struct ledger_line line;

	parse("series\t2\t7\t/bin/c\t30\t40\t50\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t.", &line);
	ck_assert_int_eq(line.kind, LEDGER_LINE_SERIES);
	ck_assert_int_eq(line.series.point, LIFECYCLE_POINT_CREATE_RUNTIME);
	ck_assert_int_eq(line.series.index, 7);
	ck_assert_str_eq(line.series.command, "/bin/c");
	ck_assert_int_eq(line.series.calls, 30);
	ck_assert_int_eq(line.series.sum_ns, 40);
	ck_assert_int_eq(line.series.failures, 50);
	for (int i = 0; i < LIFECYCLE_BUCKETS; i++)
		ck_assert_int_eq(line.series.buckets[i], i + 1);
}
END_TEST

START_TEST(test_entry)
{
	struct ledger_line line;

	parse("entry\t5\tc1\tffffffffffffffff\t1\t4\t7\t9\t0\t0\t/bin/c d\t.", &line);
	ck_assert_int_eq(line.kind, LEDGER_LINE_ENTRY);
	ck_assert_int_eq(line.entry.time, 5);
	ck_assert_str_eq(line.entry.id, "c1");
	ck_assert(line.entry.tally.identity == UINT64_MAX);
	ck_assert_int_eq(line.entry.tally.kind, TALLY_HOOK);
	ck_assert_int_eq(line.entry.tally.point, LIFECYCLE_POINT_POSTSTART);
	ck_assert_int_eq(line.entry.tally.index, 7);
	ck_assert_int_eq(line.entry.tally.duration_ns, 9);
	ck_assert(!line.entry.tally.create_error && !line.entry.tally.oom_killed);
	ck_assert_str_eq(line.entry.tally.command, "/bin/c d");
	parse("entry\t5\tc1\t1\t0\t0\t7\t9\t1\t0\t\t.", &line);
	ck_assert_int_eq(line.entry.tally.kind, TALLY_GENERATION);
	ck_assert(line.entry.tally.create_error && !line.entry.tally.oom_killed);
	parse("entry\t5\tc1\t1\t2\t0\t7\t9\t0\t1\t\t.", &line);
	ck_assert_int_eq(line.entry.tally.kind, TALLY_FAILURE);
	ck_assert(!line.entry.tally.create_error && line.entry.tally.oom_killed);
}
END_TEST

/* ---- what is a line of ours is the same line again ---- */

static const char *const good[] = {
	"base\t0\t.",
	"base\t9223372036854775807\t.",
	"sums\t0\t0\t0\t.",
	"sums\t-5\t9223372036854775807\t-9223372036854775808\t.",
	"series\t0\t-9223372036854775808\t\t1\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t.",
	"series\t2147483647\t0\t" LONG "\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15\t.",
	"entry\t5\tc1\t0\t0\t0\t0\t-9223372036854775808\t1\t1\t\t.",
	"entry\t-1\t" ID "\tabcdef\t1\t9\t-9223372036854775808\t0\t0\t0\t" LONG "\t.",
	"entry\t5\tc1\t1\t2\t6\t3\t-9223372036854775808\t0\t0\t/c\t.",
};

START_TEST(test_good)
{
	char buffer[LEDGER_LINE_SIZE] = "";
	struct ledger_line line;

	parse(good[_i], &line);
	ck_assert_int_ne(line.kind, LEDGER_LINE_NONE);
	ck_assert_uint_eq(strlen(printed(&line, buffer)), strlen(good[_i]) + 1);
	ck_assert_int_eq(buffer[strlen(good[_i])], '\n');
	buffer[strlen(good[_i])] = '\0';
	ck_assert_str_eq(buffer, good[_i]);
}
END_TEST

/* Each beginning of it is what a killed writer left. */
START_TEST(test_cut)
{
	char text[LEDGER_LINE_SIZE];
	struct ledger_line line;

	for (size_t length = 0; length < strlen(good[_i]); length++) {
		snprintf(text, sizeof(text), "%.*s", (int)length, good[_i]);
		parse(text, &line);
		ck_assert_msg(line.kind == LEDGER_LINE_NONE, "'%s' is a line", text);
	}
}
END_TEST

static const char *const bad[] = {
	"",
	".",
	"\t.",
	"garbage\t.",
	"bases\t1\t.",
	"base\t1\t.\t",
	"base\t1\t..",
	"base\t1\t2\t.",
	"base\t\t.",
	"base\t1x\t.",
	"base\tx\t.",
	"sums\t1\t2\t.",
	"sums\t1\t2\t3\t4\t.",
	"series\t-1\t0\tc\t1\t1\t1\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t.",
	"series\t2147483648\t0\tc\t1\t1\t1\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t.",
	"series\t1\t0\t" LONG "8\t1\t1\t1\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t.",
	"series\t1\t0\tc\t1\t1\t1\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t.",
	"entry\t1\t../x\t1\t0\t0\t0\t0\t0\t0\t\t.",
	"entry\t1\t\t1\t0\t0\t0\t0\t0\t0\t\t.",
	"entry\t1\t" ID "5\t1\t0\t0\t0\t0\t0\t0\t\t.",
	"entry\t1\tc1\t\t0\t0\t0\t0\t0\t0\t\t.",
	"entry\t1\tc1\tg\t0\t0\t0\t0\t0\t0\t\t.",
	"entry\t1\tc1\t1g\t0\t0\t0\t0\t0\t0\t\t.",
	"entry\t1\tc1\t1\t-1\t0\t0\t0\t0\t0\t\t.",
	"entry\t1\tc1\t1\t3\t0\t0\t0\t0\t0\t\t.",
	"entry\t1\tc1\t1\t1\t0\t0\t-1\t0\t0\t\t.",
	"entry\t1\tc1\t1\t1\t0\t0\t-9223372036854775808\t0\t0\t\t.",
	"entry\t1\tc1\t1\t1\t0\t0\t0\t0\t0\t" LONG "8\t.",
};

START_TEST(test_bad)
{
	struct ledger_line line;

	parse(bad[_i], &line);
	ck_assert_msg(line.kind == LEDGER_LINE_NONE, "'%s' is a line", bad[_i]);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("ledger_line");
	TCase *tcase = tcase_create("ledger_line");

	tcase_add_test(tcase, test_base);
	tcase_add_test(tcase, test_sums);
	tcase_add_test(tcase, test_series);
	tcase_add_test(tcase, test_entry);
	tcase_add_loop_test(tcase, test_good, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tcase, test_cut, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tcase, test_bad, 0, sizeof(bad) / sizeof(bad[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
