/* SPDX-License-Identifier: Apache-2.0 */
/* Times as nanoseconds since 1970, and as RFC 3339. */
#include "libstate.h"

#include <stdio.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)

static int64_t clock_now(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
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

const char *lifecycle_time_format(int64_t time, char buffer[LIFECYCLE_TIME_SIZE])
{
	time_t seconds = (time_t)(time / NS_PER_SECOND);
	struct tm broken_down;
	size_t used;

	buffer[0] = '\0';
	if (time <= 0 || gmtime_r(&seconds, &broken_down) == NULL)
		return buffer;
	used = strftime(buffer, LIFECYCLE_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &broken_down);
	(void)snprintf(
		buffer + used, LIFECYCLE_TIME_SIZE - used, ".%09dZ", (int)(time % NS_PER_SECOND));
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

static bool take_date_and_time(const char **text, struct tm *ret)
{
	*ret = (struct tm){ 0 };
	if (!take_number(text, 4, 0, 9999, &ret->tm_year) || !take(text, '-') ||
		!take_number(text, 2, 1, 12, &ret->tm_mon) || !take(text, '-') ||
		!take_number(text, 2, 1, 31, &ret->tm_mday) || !take(text, 'T') ||
		!take_number(text, 2, 0, 23, &ret->tm_hour) || !take(text, ':') ||
		!take_number(text, 2, 0, 59, &ret->tm_min) || !take(text, ':') ||
		!take_number(text, 2, 0, 60, &ret->tm_sec))
		return false;
	ret->tm_year -= 1900;
	ret->tm_mon -= 1;
	return true;
}

/* timegm() carries the 31st of a shorter month over into the next one. */
static bool to_seconds(const struct tm *broken_down, int64_t *ret_seconds)
{
	struct tm carried = *broken_down;

	*ret_seconds = (int64_t)timegm(&carried);
	return carried.tm_mday == broken_down->tm_mday || broken_down->tm_sec == 60;
}

bool lifecycle_time_parse(const char *text, int64_t *ret_time)
{
	struct tm broken_down;
	int64_t seconds;
	int64_t nanoseconds;
	int offset;

	if (!take_date_and_time(&text, &broken_down) || !take_fraction(&text, &nanoseconds) ||
		!take_offset(&text, &offset) || *text != '\0' ||
		!to_seconds(&broken_down, &seconds))
		return false;
	seconds -= offset;
	if (seconds <= 0 || seconds >= INT64_MAX / NS_PER_SECOND)
		*ret_time = LIFECYCLE_UNKNOWN;
	else
		*ret_time = seconds * NS_PER_SECOND + nanoseconds;
	return true;
}

/* ---- durations ---- */

#define LONGEST_SECONDS (INT64_C(100) * 366 * 86400)

static int64_t unit_seconds(const char *unit)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };

	if (unit[0] == '\0')
		return 1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (unit[0] == units[i].letter && unit[1] == '\0')
			return units[i].seconds;
	return 0;
}

bool lifecycle_duration_parse(const char *text, int64_t *ret_duration)
{
	int64_t whole = 0;
	int64_t fraction;
	int64_t unit;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9' && whole <= LONGEST_SECONDS; text++)
		whole = whole * 10 + (*text - '0');
	if (!take_fraction(&text, &fraction))
		return false;
	unit = unit_seconds(text);
	if (unit == 0 || whole > LONGEST_SECONDS / unit)
		return false;
	*ret_duration = (whole * NS_PER_SECOND + fraction) * unit;
	return true;
}
