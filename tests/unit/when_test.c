/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/when.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND       INT64_C(1000000000)
#define MINUTE       (60 * SECOND)
#define HOUR         (60 * MINUTE)
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* 2026-11-22T01:36:52Z */
#define NOW (1795311412 * SECOND)

static void be_in(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

/* ---- lengths ---- */

static const struct {
	const char *text;
	int64_t nanoseconds;
} durations[] = {
	{ "0", 0 },
	{ "90", 90 * SECOND },
	{ "90s", 90 * SECOND },
	{ "1.5h", 90 * MINUTE },
	{ "30m", 30 * MINUTE },
	{ "7d", 7 * 24 * HOUR },
};

START_TEST(test_duration)
{
	struct lifecycle_error error;
	int64_t nanoseconds = -1;

	ck_assert_int_eq(when_parse_duration(durations[_i].text, &nanoseconds, &error), 0);
	ck_assert_int_eq(nanoseconds, durations[_i].nanoseconds);
}
END_TEST

static const char *const bad_durations[] = { "", "x", "-1", "1w", "1 h", "101y", "1e3", "h" };

START_TEST(test_bad_duration)
{
	struct lifecycle_error error;
	int64_t nanoseconds = 42;

	ck_assert_int_eq(when_parse_duration(bad_durations[_i], &nanoseconds, &error), -1);
	ck_assert_int_eq(nanoseconds, 42);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(error.message, "is no length of time"));
	ck_assert_int_eq(when_parse_duration(bad_durations[_i], &nanoseconds, NULL), -1);
}
END_TEST

/* ---- times ---- */

static const struct {
	const char *zone;
	const char *text;
	int64_t time;
} times[] = {
	/* RFC 3339, wherever one is */
	{ "UTC", "2026-11-22T01:36:52Z", NOW },
	{ "XYZ-5", "2026-11-22T01:36:52Z", NOW },
	{ "XYZ-5", "2026-11-22T03:36:52.5+02:00", NOW + SECOND / 2 },
	/* local */
	{ "UTC", "2026-11-22", NOW - HOUR - 36 * MINUTE - 52 * SECOND },
	{ "XYZ-5", "2026-11-22", NOW - 6 * HOUR - 36 * MINUTE - 52 * SECOND },
	{ "UTC", "2026-11-22 01:36", NOW - 52 * SECOND },
	{ "UTC", "2026-11-22 01:36:52", NOW },
	{ "UTC", "2026-11-22T01:36", NOW - 52 * SECOND },
	{ "UTC", "2026-11-22T01:36:52", NOW },
	{ "XYZ3:30", "2026-11-21 22:06:52", NOW },
	/* in summer by summer's clock, which this zone has then */
	{ "WIN0SUM,M3.5.0,M10.5.0", "2026-07-01 01:00:00", 1782864000 * SECOND },
	{ "WIN0SUM,M3.5.0,M10.5.0", "2026-12-01 01:00:00", 1796086800 * SECOND },
	{ "UTC", "2028-02-29", 1835395200 * SECOND },
	/* seconds since 1970 */
	{ "UTC", "@1795311412", NOW },
	{ "XYZ-5", "@1795311412", NOW },
	{ "UTC", "@0", 0 },
	{ "UTC", "@9223372036", 9223372036 * SECOND },
	{ "UTC", "@1.5", SECOND + SECOND / 2 },
	{ "UTC", "@9223372036.854775807", INT64_MAX },
	{ "XYZ-5", "1795311412", NOW },
	{ "UTC", "1795311412.000000001", NOW + 1 },
	{ "UTC", "1795311412.5", NOW + SECOND / 2 },
	{ "UTC", "1795311412.1234567899", NOW + 123456789 },
	{ "UTC", "100000000", 100000000 * SECOND },
	/* a length of time, though a long one */
	{ "UTC", "99999999", NOW - 99999999 * SECOND },
	/* before now */
	{ "UTC", "0", NOW },
	{ "UTC", "90", NOW - 90 * SECOND },
	{ "XYZ-5", "10m", NOW - 10 * MINUTE },
	{ "UTC", "1.5h", NOW - 90 * MINUTE },
};

START_TEST(test_time)
{
	struct lifecycle_error error;
	int64_t time = -1;

	be_in(times[_i].zone);
	ck_assert_msg(
		when_parse_time(times[_i].text, NOW, &time, &error) == 0, "%s", times[_i].text);
	ck_assert_msg(time == times[_i].time, "%s in %s: %lld", times[_i].text, times[_i].zone,
		(long long)time);
}
END_TEST

static const char *const bad_times[] = {
	"",
	"now",
	"yesterday",
	"2026-11",
	"2026-13-01",
	"2026-11-31",
	"2026-02-29 12:00",
	"2026-11-22 25:00",
	"2026-11-22 01:60",
	"2026-11-22x",
	"2026-11-22 01:36:52 ",
	"2026-11-22T01:36:52+",
	"22.11.2026",
	"@",
	"@-1",
	"@ 1",
	"@1x",
	"@1.5.5",
	"@1.x",
	"@9223372036.854775808",
	"1795311412x",
	"1795311412000",
	"@9223372037",
	"@99999999999999999999999",
	"-10m",
	/* what no container can have */
	"1970-01-01",
	"1969-12-31 23:59:59",
	"0001-01-01T00:00:00Z",
	"2263-01-01",
	"9999-12-31T23:59:59Z",
};

START_TEST(test_bad_time)
{
	struct lifecycle_error error;
	int64_t time = 42;

	be_in("UTC");
	ck_assert_msg(
		when_parse_time(bad_times[_i], NOW, &time, &error) == -1, "%s", bad_times[_i]);
	ck_assert_msg(time == 42, "%s: %lld", bad_times[_i], (long long)time);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(error.message, "is no time (such as "));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("when");
	TCase *tcase = tcase_create("when");

	tcase_add_loop_test(tcase, test_duration, 0, COUNT(durations));
	tcase_add_loop_test(tcase, test_bad_duration, 0, COUNT(bad_durations));
	tcase_add_loop_test(tcase, test_time, 0, COUNT(times));
	tcase_add_loop_test(tcase, test_bad_time, 0, COUNT(bad_times));
	suite_add_tcase(suite, tcase);
	return suite;
}
