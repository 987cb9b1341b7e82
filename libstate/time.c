/* SPDX-License-Identifier: Apache-2.0 */
/* Times as nanoseconds since 1970, and as RFC 3339. */
#include "libstate.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define LAST_SECOND   (INT64_MAX / NS_PER_SECOND) /* and no more than its beginning */

/* After 2262 it is the last time that a record can hold, for one without would be of no use. */
static int64_t clock_now(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	if (now.tv_sec >= LAST_SECOND)
		return LAST_SECOND * NS_PER_SECOND - 1;
	return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

int64_t lifecycle_time_now(void)
{
	return clock_now(CLOCK_REALTIME);
}

int64_t lifecycle_monotonic_now(void)
{
	return clock_now(CLOCK_MONOTONIC);
}

/* ---- the calendar ---- */

/*
 * The C library's own functions for this read TZ and /etc/localtime, which a hook has no business with. Years
 * are counted from March here, so that a leap day is the last day of its year.
 */
#define DAYS_PER_ERA     146097 /* 400 years */
#define DAYS_TO_1970     719468 /* from 0000-03-01 */
#define SECONDS_PER_DAY  86400
#define FIRST_DAY(month) ((153 * (month) + 2) / 5) /* of a month from March, in its year */

struct calendar {
	int year;
	int month; /* 1 to 12 */
	int day;
	int hour;
	int minute;
	int second;
};

static int64_t days_of(const struct calendar *date)
{
	int64_t year = date->year - (date->month <= 2 ? 1 : 0);
	int64_t month = (date->month + 9) % 12;
	int64_t era = year >= 0 ? year / 400 : (year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = FIRST_DAY(month) + date->day - 1;

	return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - DAYS_TO_1970;
}

/* For days from 1970 on. */
static void set_date(struct calendar *date, int64_t days)
{
	int64_t day_of_era = (days + DAYS_TO_1970) % DAYS_PER_ERA;
	int64_t era = (days + DAYS_TO_1970) / DAYS_PER_ERA;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	date->day = (int)(day_of_year - FIRST_DAY(month) + 1);
	date->month = (int)(month < 10 ? month + 3 : month - 9);
	date->year = (int)(year_of_era + era * 400 + (date->month <= 2 ? 1 : 0));
}

/* ---- RFC 3339 ---- */

const char *lifecycle_time_format(int64_t time, char buffer[LIFECYCLE_TIME_SIZE])
{
	int64_t seconds = time / NS_PER_SECOND;
	int64_t of_day = seconds % SECONDS_PER_DAY;
	struct calendar date;

	buffer[0] = '\0';
	if (time <= 0)
		return buffer;
	set_date(&date, seconds / SECONDS_PER_DAY);
	snprintf(buffer, LIFECYCLE_TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%09dZ", date.year,
		date.month, date.day, (int)(of_day / 3600), (int)(of_day / 60 % 60),
		(int)(of_day % 60), (int)(time % NS_PER_SECOND));
	return buffer;
}

/* Exactly `digits` decimal digits, and the value within its range. */
static bool take_number(const char **text, int digits, int lowest, int highest, int *ret)
{
	int value = 0;

	for (int i = 0; i < digits; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		value = value * 10 + (**text - '0');
	}
	*ret = value;
	return value >= lowest && value <= highest;
}

static bool take(const char **text, char expected)
{
	return *(*text)++ == expected;
}

static bool take_fraction(const char **text, int64_t *ret_ns)
{
	int64_t scale = NS_PER_SECOND / 10;

	*ret_ns = 0;
	if (**text != '.')
		return true;
	(*text)++;
	if (**text < '0' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; (*text)++, scale /= 10)
		*ret_ns += (**text - '0') * scale;
	return true;
}

static bool take_offset(const char **text, int *ret_seconds)
{
	int sign = **text == '-' ? -1 : 1;
	int hours;
	int minutes;

	*ret_seconds = 0;
	if (**text == 'Z')
		return take(text, 'Z');
	if (**text != '+' && **text != '-')
		return false;
	(*text)++;
	if (!take_number(text, 2, 0, 23, &hours) || !take(text, ':') ||
		!take_number(text, 2, 0, 59, &minutes))
		return false;
	*ret_seconds = sign * (hours * 60 + minutes) * 60;
	return true;
}

static bool take_date_and_time(const char **text, struct calendar *ret)
{
	return take_number(text, 4, 0, 9999, &ret->year) && take(text, '-') &&
	       take_number(text, 2, 1, 12, &ret->month) && take(text, '-') &&
	       take_number(text, 2, 1, 31, &ret->day) && take(text, 'T') &&
	       take_number(text, 2, 0, 23, &ret->hour) && take(text, ':') &&
	       take_number(text, 2, 0, 59, &ret->minute) && take(text, ':') &&
	       take_number(text, 2, 0, 60, &ret->second);
}

/* False for the 31st of a month that has none. */
static bool to_seconds(const struct calendar *date, int64_t *ret_seconds)
{
	const struct calendar next = {
		.year = date->year + date->month / 12, .month = date->month % 12 + 1, .day = 1
	};
	int64_t days = days_of(date);

	*ret_seconds =
		days * SECONDS_PER_DAY + date->hour * 3600 + date->minute * 60 + date->second;
	return days < days_of(&next);
}

bool lifecycle_time_parse(const char *text, int64_t *ret_time)
{
	struct calendar date;
	int64_t seconds;
	int64_t nanoseconds;
	int offset;

	if (!take_date_and_time(&text, &date) || !take_fraction(&text, &nanoseconds) ||
		!take_offset(&text, &offset) || *text != '\0' || !to_seconds(&date, &seconds))
		return false;
	seconds -= offset;
	if (seconds <= 0 || seconds >= LAST_SECOND)
		*ret_time = LIFECYCLE_UNKNOWN;
	else
		*ret_time = seconds * NS_PER_SECOND + nanoseconds;
	return true;
}

/* ---- durations ---- */

#define LONGEST_DURATION (INT64_C(100) * 366 * 86400 * NS_PER_SECOND)

/* Longer names come first: "ms" does not begin with "m". */
static const struct {
	const char *name;
	int64_t nanoseconds;
} units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\302\265s", 1000 }, /* the micro sign, and the Greek letter that looks like it */
	{ "\316\274s", 1000 },
	{ "ms", 1000000 },
	{ "s", NS_PER_SECOND },
	{ "m", 60 * NS_PER_SECOND },
	{ "h", 3600 * NS_PER_SECOND },
	{ "d", 86400 * NS_PER_SECOND },
};

/* A number without a unit is of seconds, if it is all there is. 0 for what is no unit. */
static int64_t take_unit(const char **text, bool is_first)
{
	if (**text == '\0')
		return is_first ? NS_PER_SECOND : 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t length = strlen(units[i].name);

		if (strncmp(*text, units[i].name, length) == 0) {
			*text += length;
			return units[i].nanoseconds;
		}
	}
	return 0;
}

/* `fraction` in billionths of the unit. */
static int64_t part_of(int64_t unit, int64_t fraction)
{
	return unit >= NS_PER_SECOND ? fraction * (unit / NS_PER_SECOND)
				     : fraction / (NS_PER_SECOND / unit);
}

/* "1h" of "1h30m"; -1 if there is none, or if it is too long. */
static int64_t take_term(const char **text, bool is_first)
{
	int64_t whole = 0;
	int64_t fraction;
	int64_t unit;

	if (**text < '0' || **text > '9')
		return -1;
	for (; **text >= '0' && **text <= '9' && whole <= LONGEST_DURATION / 10; (*text)++)
		whole = whole * 10 + (**text - '0');
	if (!take_fraction(text, &fraction))
		return -1;
	unit = take_unit(text, is_first);
	if (unit == 0 || whole > LONGEST_DURATION / unit)
		return -1;
	return whole * unit + part_of(unit, fraction);
}

bool lifecycle_duration_parse(const char *text, int64_t *ret_duration)
{
	int64_t sum = take_term(&text, true);

	while (sum >= 0 && *text != '\0') {
		int64_t term = take_term(&text, false);

		sum = term < 0 || sum > LONGEST_DURATION - term ? -1 : sum + term;
	}
	if (sum < 0)
		return false;
	*ret_duration = sum;
	return true;
}
