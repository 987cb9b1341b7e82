/* SPDX-License-Identifier: Apache-2.0 */
#include "libstate.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SECOND       INT64_C(1000000000)
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- RFC 3339 ---- */

static const struct {
	const char *text;
	int64_t time;
} good_times[] = {
	{ "2026-11-22T01:36:52.553480239Z", INT64_C(1795311412553480239) },
	{ "2026-11-22T03:36:52.553480239+02:00", INT64_C(1795311412553480239) },
	{ "2026-11-21T15:06:52.553480239-10:30", INT64_C(1795311412553480239) },
	{ "2026-11-22T01:36:52.553480239-00:00", INT64_C(1795311412553480239) },
	{ "2026-11-23T01:35:52.553480239+23:59", INT64_C(1795311412553480239) },
	{ "2026-11-22T01:36:52Z", 1795311412 * SECOND },
	{ "2026-11-22T01:36:52.5Z", 1795311412 * SECOND + SECOND / 2 },
	{ "2026-11-22T01:36:52.000000001Z", 1795311412 * SECOND + 1 },
	/* more digits than there are nanoseconds are cut */
	{ "2026-11-22T01:36:52.0000000019Z", 1795311412 * SECOND + 1 },
	{ "2026-11-22T01:36:52.123456789012345678901234567890Z", 1795311412 * SECOND + 123456789 },
	{ "2024-02-29T12:00:00Z", 1709208000 * SECOND },
	{ "2000-02-29T00:00:00Z", 951782400 * SECOND },
	{ "2026-12-31T23:59:59Z", 1798761599 * SECOND },
	/* a leap second is the next second */
	{ "2016-12-31T23:59:60Z", 1483228800 * SECOND },
	{ "2016-12-31T23:59:60.25Z", 1483228800 * SECOND + SECOND / 4 },
	{ "2017-01-01T00:59:60+01:00", 1483228800 * SECOND },
	{ "1970-01-01T00:00:01Z", SECOND },
	{ "1970-01-01T01:00:00-00:01", 3660 * SECOND },
	{ "2262-04-11T23:47:15Z", 9223372035 * SECOND },
	/* what no container can have */
	{ "0001-01-01T00:00:00Z", LIFECYCLE_UNKNOWN },
	{ "0000-01-01T00:00:00Z", LIFECYCLE_UNKNOWN },
	{ "0000-02-29T00:00:00Z", LIFECYCLE_UNKNOWN },
	{ "1754-08-30T22:43:41.128654848Z", LIFECYCLE_UNKNOWN },
	{ "1969-12-31T23:59:59Z", LIFECYCLE_UNKNOWN },
	{ "1970-01-01T00:00:00Z", LIFECYCLE_UNKNOWN },
	{ "1970-01-01T01:00:00+01:00", LIFECYCLE_UNKNOWN },
	{ "2262-04-11T23:47:16.9Z", LIFECYCLE_UNKNOWN },
	{ "9999-12-31T23:59:59.999999999Z", LIFECYCLE_UNKNOWN },
};

static const char *const bad_times[] = {
	"",
	"Z",
	"2026",
	"2026-11-22",
	"2026-11-22T01:36:52",
	"2026-11-22T01:36Z",
	"2026-11-22 01:36:52Z",
	"2026-11-22t01:36:52Z",
	"2026-11-22T01:36:52z",
	"2026-11-22T01:36:52.Z",
	"2026-11-22T01:36:52,5Z",
	"2026-11-22T01:36:52Z ",
	" 2026-11-22T01:36:52Z",
	"2026-11-22T01:36:52ZZ",
	"2026-11-22T01:36:52+02",
	"2026-11-22T01:36:52+0200",
	"2026-11-22T01:36:52+24:00",
	"2026-11-22T01:36:52+02:60",
	"2026-11-22T01:36:52*02:00",
	"2026-00-22T01:36:52Z",
	"2026-13-22T01:36:52Z",
	"2026-11-00T01:36:52Z",
	"2026-11-31T01:36:52Z",
	"2026-02-29T01:36:52Z",
	"1900-02-29T01:36:52Z",
	"2023-02-30T23:59:60Z",
	"2026-11-22T24:00:00Z",
	"2026-11-22T01:60:00Z",
	"2026-11-22T01:36:61Z",
	"+026-11-22T01:36:52Z",
	"-026-11-22T01:36:52Z",
	"12026-11-22T01:36:52Z",
	"2026-1-22T01:36:52Z",
	"2026-11-22T1:36:52Z",
	"0x26-11-22T01:36:52Z",
	"now",
};

START_TEST(test_good_time)
{
	int64_t time = -1;

	ck_assert_msg(lifecycle_time_parse(good_times[_i].text, &time), "%s", good_times[_i].text);
	ck_assert_msg(
		time == good_times[_i].time, "%s: %lld", good_times[_i].text, (long long)time);
}
END_TEST

START_TEST(test_bad_time)
{
	int64_t time = 42;

	ck_assert_msg(!lifecycle_time_parse(bad_times[_i], &time), "%s", bad_times[_i]);
	ck_assert_int_eq(time, 42);
}
END_TEST

START_TEST(test_format)
{
	char buffer[LIFECYCLE_TIME_SIZE];

	ck_assert_str_eq(lifecycle_time_format(INT64_C(1795311412553480239), buffer),
		"2026-11-22T01:36:52.553480239Z");
	ck_assert_str_eq(lifecycle_time_format(1, buffer), "1970-01-01T00:00:00.000000001Z");
	ck_assert_str_eq(
		lifecycle_time_format(INT64_MAX, buffer), "2262-04-11T23:47:16.854775807Z");
	ck_assert_str_eq(lifecycle_time_format(0, buffer), "");
	ck_assert_str_eq(lifecycle_time_format(-1, buffer), "");
	ck_assert_str_eq(lifecycle_time_format(LIFECYCLE_UNKNOWN, buffer), "");
}
END_TEST

/* Against the C library's calendar, on times spread over all that there are. */
START_TEST(test_calendar)
{
	const int64_t step = INT64_C(3333) * 86400 * SECOND / 1000 + 7 * 3600 * SECOND + 123457;

	for (int64_t time = SECOND; time < INT64_MAX - step - SECOND; time += step) {
		time_t seconds = (time_t)(time / SECOND);
		char buffer[LIFECYCLE_TIME_SIZE];
		char expected[64];
		int64_t again;
		struct tm date;
		size_t length;

		gmtime_r(&seconds, &date);
		length = strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S", &date);
		snprintf(expected + length, sizeof(expected) - length, ".%09dZ",
			(int)(time % SECOND));
		ck_assert_str_eq(lifecycle_time_format(time, buffer), expected);
		ck_assert(lifecycle_time_parse(buffer, &again));
		ck_assert_int_eq(again, time);
	}
}
END_TEST

/* Every day of the months that are special, in the years that are. */
START_TEST(test_days)
{
	static const int years[] = { 1972, 1999, 2000, 2023, 2024, 2100, 2200, 2260 };

	for (int i = 0; i < COUNT(years) * 12 * 31; i++) {
		struct tm date = { .tm_year = years[i / 372] - 1900,
			.tm_mon = i % 372 / 31,
			.tm_mday = i % 31 + 1 };
		struct tm carried = date;
		int64_t expected = (int64_t)timegm(&carried) * SECOND;
		char text[64];
		int64_t time;

		snprintf(text, sizeof(text), "%04d-%02d-%02dT00:00:00Z", years[i / 372],
			date.tm_mon + 1, date.tm_mday);
		if (carried.tm_mday == date.tm_mday) {
			ck_assert_msg(lifecycle_time_parse(text, &time), "%s", text);
			ck_assert_msg(time == expected, "%s", text);
		} else {
			ck_assert_msg(!lifecycle_time_parse(text, &time), "%s", text);
		}
	}
}
END_TEST

START_TEST(test_clocks)
{
	int64_t time = lifecycle_time_now();
	int64_t monotonic = lifecycle_monotonic_now();

	ck_assert_int_ge(time, 1700000000 * SECOND);
	ck_assert_int_ge(lifecycle_monotonic_now(), monotonic);
	ck_assert_int_ge(monotonic, 0);
}
END_TEST

/* A hook must not read TZ: a time zone changes nothing. */
START_TEST(test_time_zone)
{
	char buffer[LIFECYCLE_TIME_SIZE];
	int64_t time;

	setenv("TZ", "Asia/Kathmandu", 1);
	tzset();
	ck_assert(lifecycle_time_parse("2026-11-22T01:36:52Z", &time));
	ck_assert_int_eq(time, 1795311412 * SECOND);
	ck_assert_str_eq(lifecycle_time_format(time, buffer), "2026-11-22T01:36:52.000000000Z");
}
END_TEST

/* ---- durations ---- */

static const struct {
	const char *text;
	int64_t duration;
} good_durations[] = {
	{ "0", 0 },
	{ "2", 2 * SECOND },
	{ "2s", 2 * SECOND },
	{ "0.25", SECOND / 4 },
	{ "1.5m", 90 * SECOND },
	{ "24h", 24 * 3600 * SECOND },
	{ "7d", 7 * 86400 * SECOND },
	{ "0.000000001", 1 },
	{ "007", 7 * SECOND },
	{ "36600d", INT64_C(36600) * 86400 * SECOND },
	{ "3162240000", INT64_C(3162240000) * SECOND },
	{ "500ms", SECOND / 2 },
	{ "1h30m", 5400 * SECOND },
	{ "1d2h3m4.5s", ((26 * 60 + 3) * 60 + 4) * SECOND + SECOND / 2 },
	{ "1.5ms", 1500000 },
	{ "2us", 2000 },
	{ "2\302\265s", 2000 },
	{ "2\316\274s", 2000 },
	{ "7ns", 7 },
	{ "1.9ns", 1 },
	{ "1m1m", 120 * SECOND },
};

static const char *const bad_durations[] = { "", "s", "-1", "+1", " 1", "1 ", "1 s", "1.", ".5",
	"1x", "1S", "1h30", "1h 30m", "1h-1m", "1h.5m", "1hm", "ms", "1mS", "36600d1d",
	"3162240000000000000001ns", "1e3", "0x10", "inf", "36601d", "3162240001",
	"99999999999999999999", "9223372036854775808s" };

START_TEST(test_good_duration)
{
	int64_t duration = -1;

	ck_assert_msg(lifecycle_duration_parse(good_durations[_i].text, &duration), "%s",
		good_durations[_i].text);
	ck_assert_int_eq(duration, good_durations[_i].duration);
}
END_TEST

START_TEST(test_bad_duration)
{
	int64_t duration = 42;

	ck_assert_msg(
		!lifecycle_duration_parse(bad_durations[_i], &duration), "%s", bad_durations[_i]);
	ck_assert_int_eq(duration, 42);
}
END_TEST

/* ---- a clock that is wrong ---- */

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

static int64_t seconds = -1; /* what the clock shows; below 0: what it does show */

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (seconds < 0)
		return __real_clock_gettime(clock, ret);
	*ret = (struct timespec){ seconds, 999999999 };
	return 0;
}

static const struct {
	int64_t seconds;
	int64_t time;
} clocks[] = {
	{ 1, SECOND + 999999999 },
	{ 1795311412, 1795311412 * SECOND + 999999999 },
	{ 9223372035, 9223372035 * SECOND + 999999999 },
	/* after 2262 the last that there is */
	{ 9223372036, 9223372036 * SECOND - 1 },
	{ INT64_MAX, 9223372036 * SECOND - 1 },
};

/* What a hook writes then is a time that the next one can read. */
START_TEST(test_wrong_clock)
{
	char text[LIFECYCLE_TIME_SIZE];
	int64_t now, monotonic, again;

	seconds = clocks[_i].seconds;
	now = lifecycle_time_now();
	monotonic = lifecycle_monotonic_now();
	seconds = -1; /* check looks at it, too */
	ck_assert_int_eq(now, clocks[_i].time);
	ck_assert_int_eq(monotonic, clocks[_i].time);
	ck_assert(lifecycle_time_parse(lifecycle_time_format(now, text), &again));
	ck_assert_int_eq(again, now);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("time");
	TCase *tcase = tcase_create("time");

	tcase_add_loop_test(tcase, test_good_time, 0, COUNT(good_times));
	tcase_add_loop_test(tcase, test_bad_time, 0, COUNT(bad_times));
	tcase_add_test(tcase, test_format);
	tcase_add_test(tcase, test_calendar);
	tcase_add_test(tcase, test_days);
	tcase_add_test(tcase, test_clocks);
	tcase_add_loop_test(tcase, test_wrong_clock, 0, COUNT(clocks));
	tcase_add_test(tcase, test_time_zone);
	tcase_add_loop_test(tcase, test_good_duration, 0, COUNT(good_durations));
	tcase_add_loop_test(tcase, test_bad_duration, 0, COUNT(bad_durations));
	suite_add_tcase(suite, tcase);
	return suite;
}
