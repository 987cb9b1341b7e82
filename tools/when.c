/* SPDX-License-Identifier: Apache-2.0 */
#include "when.h"
#include "cli.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

static const struct {
	const char *name;
	double nanoseconds;
} units[] = {
	{ "ns", 1 },
	{ "us", 1e3 },
	{ "ms", 1e6 },
	{ "s", 1e9 },
	{ "m", 60e9 },
	{ "min", 60e9 },
	{ "h", 3600e9 },
	{ "d", 86400e9 },
	{ "w", 7 * 86400e9 },
};

/* The letters after a number; false if they are no unit. */
static bool take_unit(const char **at, double *ret_nanoseconds)
{
	size_t length = 0;

	while (isalpha((unsigned char)(*at)[length]))
		length++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) == length && strncmp(*at, units[i].name, length) == 0) {
			*ret_nanoseconds = units[i].nanoseconds;
			*at += length;
			return true;
		}
	}
	return false;
}

/* Digits, with a dot or without: strtod() would also take hex, infinity, signs and the locale's comma. */
static bool take_number(const char **at, double *ret_number)
{
	const char *start = *at;
	double number = 0;
	double scale = 1;
	bool fraction = false;

	for (; isdigit((unsigned char)**at) || (**at == '.' && !fraction); (*at)++) {
		if (**at == '.') {
			fraction = true;
			continue;
		}
		number = number * 10 + (**at - '0');
		scale *= fraction ? 10 : 1;
	}
	*ret_number = number / scale;
	return *at - start > fraction;
}

int when_parse_duration(const char *text, int64_t *ret_nanoseconds, struct lifecycle_error *error)
{
	const char *at = text;
	double sum = 0;
	double number;
	double unit;
	bool good;

	do {
		good = take_number(&at, &number);
		unit = 1e9;
		if (good && (*at != '\0' || sum > 0))
			good = take_unit(&at, &unit);
		sum += number * unit;
	} while (good && *at != '\0');
	if (!good || sum >= (double)INT64_MAX)
		return cli_error(error, LIFECYCLE_INVALID,
			"'%s' is no duration (such as 90, 10m, 1h30m, 7d)", text);
	*ret_nanoseconds = (int64_t)sum;
	return 0;
}

static bool parse_seconds(const char *text, int64_t *ret_time)
{
	char *end;
	long long seconds;

	if (text[0] != '@' || !isdigit((unsigned char)text[1]))
		return false;
	seconds = strtoll(text + 1, &end, 10);
	if (*end != '\0' || seconds > INT64_MAX / SECOND)
		return false;
	*ret_time = seconds * SECOND;
	return true;
}

static bool parse_local(const char *text, int64_t *ret_time)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
		"%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &tm);
		time_t seconds;

		if (end == NULL || *end != '\0')
			continue;
		seconds = mktime(&tm);
		if (seconds <= 0 || seconds > INT64_MAX / SECOND)
			return false;
		*ret_time = (int64_t)seconds * SECOND;
		return true;
	}
	return false;
}

int when_parse_time(const char *text, int64_t now, int64_t *ret_time, struct lifecycle_error *error)
{
	int64_t duration;

	if (lifecycle_time_parse(text, ret_time) && *ret_time != LIFECYCLE_UNKNOWN)
		return 0;
	if (parse_seconds(text, ret_time) || parse_local(text, ret_time))
		return 0;
	if (when_parse_duration(text, &duration, NULL) != 0)
		return cli_error(error, LIFECYCLE_INVALID,
			"'%s' is no time (such as 2026-11-22T01:36:52Z, 2026-11-22, @1795311412, "
			"10m)",
			text);
	*ret_time = now - duration;
	return 0;
}
