/* SPDX-License-Identifier: Apache-2.0 */
#include "format.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static size_t steering(const unsigned char *text)
{
	if (text[0] < ' ' || text[0] == 0x7f)
		return 1;
	if (text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0)
		return 2;
	if (text[0] == 0xe2 && text[1] == 0x80 && text[2] >= 0xaa && text[2] <= 0xae)
		return 3;
	if (text[0] == 0xe2 && text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9)
		return 3;
	return 0;
}

size_t format_steering(const char *text)
{
	return steering((const unsigned char *)text);
}

/* Where characters are bytes, others than ASCII are none, and libsmartcols may cut them for ever. */
static bool has_unicode(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The bytes of a character in UTF-8; 0 if it is none. */
static size_t character(const unsigned char *text)
{
	size_t size = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;

	if (text[0] >= 0x80 && (text[0] < 0xc2 || text[0] > 0xf4))
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

static void print_escaped(FILE *out, const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + length;
	bool unicode = has_unicode();

	while (at < end) {
		size_t bad = steering(at);
		size_t good = bad > 0 || (!unicode && at[0] >= 0x80) ? 0 : character(at);

		if (good > 0)
			fwrite(at, 1, good, out);
		else if (bad == 0)
			bad = 1;
		for (size_t i = 0; i < bad; i++)
			fprintf(out, "\\x%02x", at[i]);
		at += good + bad;
	}
}

void format_escaped(FILE *out, const char *text)
{
	print_escaped(out, text, strlen(text));
}

void format_line(FILE *out, const char *text)
{
	print_escaped(out, text, strcspn(text, "\n"));
}

const char *format_last_line(const char *text)
{
	const char *last = text;

	while (text != NULL && *text != '\0') {
		size_t length = strcspn(text, "\n");

		if (length > 0)
			last = text;
		text += length + (text[length] == '\n');
	}
	return last;
}

struct unit {
	int64_t nanoseconds;
	const char *name;
};

#define SECOND INT64_C(1000000000)

const char *format_duration(int64_t nanoseconds, char buffer[FORMAT_SIZE])
{
	static const struct unit units[] = { { 24 * 3600 * SECOND, "d" }, { 3600 * SECOND, "h" },
		{ 60 * SECOND, "min" }, { SECOND, "s" }, { SECOND / 1000, "ms" },
		{ SECOND / 1000000, "us" } };
	size_t at = 0;
	double value;

	if (nanoseconds < 0)
		nanoseconds = 0;
	while (at + 1 < sizeof(units) / sizeof(units[0]) && nanoseconds < units[at].nanoseconds)
		at++;
	value = (double)nanoseconds / (double)units[at].nanoseconds;
	snprintf(buffer, FORMAT_SIZE, "%.*f %s",
		value < 9.995   ? 2
		: value < 99.95 ? 1
				: 0,
		value, units[at].name);
	return buffer;
}

const char *format_age(int64_t nanoseconds, char buffer[FORMAT_SIZE])
{
	static const struct unit units[] = { { 365 * 24 * 3600 * SECOND, "year" },
		{ 24 * 3600 * SECOND, "day" }, { 3600 * SECOND, "hour" }, { 60 * SECOND, "minute" },
		{ SECOND, "second" } };
	size_t at = 0;
	int64_t count;

	if (nanoseconds < 0)
		nanoseconds = 0;
	while (at + 1 < sizeof(units) / sizeof(units[0]) && nanoseconds < 2 * units[at].nanoseconds)
		at++;
	count = nanoseconds / units[at].nanoseconds;
	snprintf(buffer, FORMAT_SIZE, "%lld %s%s", (long long)count, units[at].name,
		count == 1 ? "" : "s");
	return buffer;
}

bool format_colours(FILE *out)
{
	const char *no = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(fileno(out)) && (no == NULL || no[0] == '\0') && terminal != NULL &&
	       strcmp(terminal, "dumb") != 0;
}

size_t format_width(FILE *out)
{
	struct winsize size;

	if (isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

bool format_unicode(FILE *out)
{
	return isatty(fileno(out)) && has_unicode();
}
