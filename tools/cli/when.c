/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/when.h"
#include "base/error.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

int when_parse_duration(const char *text, int64_t *ret_nanoseconds, struct lifecycle_error *error)
{
	if (lifecycle_duration_parse(text, ret_nanoseconds))
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID,
		"'%s' is no length of time (such as 90, 500ms, 1h30m, 7d)", text);
}

int when_parse_deadline(const char *text, int64_t *ret_deadline, struct lifecycle_error *error)
{
	int64_t length;

	*ret_deadline = LIFECYCLE_NO_DEADLINE;
	if (text == NULL)
		return 0;
	if (when_parse_duration(text, &length, error) < 0)
		return -1;
	*ret_deadline = lifecycle_monotonic_now() + length;
	return 0;
}

/* "412" of "1795311412.412": so many nanoseconds; what is finer is left out. */
static bool parse_fraction(const char *text, int64_t *ret_nanoseconds)
{
	int64_t unit = SECOND / 10;

	*ret_nanoseconds = 0;
	for (; isdigit((unsigned char)*text); text++, unit /= 10)
		*ret_nanoseconds += (*text - '0') * unit;
	return *text == '\0';
}

/* Fewer digits are a length of time: that many seconds since 1970 were in 1973. */
#define UNIX_TIME_DIGITS 9

static bool is_unix_time(const char *text)
{
	return text[0] == '@' ? isdigit((unsigned char)text[1]) != 0
			      : strspn(text, "0123456789") >= UNIX_TIME_DIGITS;
}

/* Seconds since 1970, with a fraction or without. */
static bool parse_seconds(const char *text, int64_t *ret_time)
{
	int64_t fraction = 0;
	long long seconds;
	char *end;

	if (!is_unix_time(text))
		return false;
	seconds = strtoll(text + (text[0] == '@'), &end, 10);
	if (*end == '.' ? !parse_fraction(end + 1, &fraction) : *end != '\0')
		return false;
	if (seconds > INT64_MAX / SECOND || seconds * SECOND > INT64_MAX - fraction)
		return false;
	*ret_time = seconds * SECOND + fraction;
	return true;
}

static bool parse_local(const char *text, int64_t *ret_time)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
		"%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &tm);
		int day = tm.tm_mday;
		time_t seconds;

		if (end == NULL || *end != '\0')
			continue;
		seconds = mktime(&tm);
		/* a month's 31st day that it does not have would be the next one's first */
		if (tm.tm_mday != day || seconds <= 0 || seconds > INT64_MAX / SECOND)
			return false;
		*ret_time = (int64_t)seconds * SECOND;
		return true;
	}
	return false;
}

int when_parse_time(const char *text, int64_t now, int64_t *ret_time, struct lifecycle_error *error)
{
	int64_t duration;
	int64_t time;

	if (lifecycle_time_parse(text, &time) && time != LIFECYCLE_UNKNOWN) {
		*ret_time = time;
		return 0;
	}
	if (parse_seconds(text, ret_time) || parse_local(text, ret_time))
		return 0;
	if (when_parse_duration(text, &duration, NULL) < 0)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no time (such as 2026-11-22T01:36:52Z, 2026-11-22, @1795311412, "
			"10m)",
			text);
	*ret_time = now - duration;
	return 0;
}
