/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/format.h"
#include "base/error.h"
#include "base/utf8.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LONGEST_CHARACTER 4

size_t format_steering(const char *text)
{
	uint32_t code_point;
	size_t size = utf8_character(text, strnlen(text, LONGEST_CHARACTER), &code_point);

	return size > 0 && utf8_steers_terminal(code_point) ? size : 0;
}

/* Where characters are bytes, others than ASCII are none, and libsmartcols may cut them for ever. */
static bool has_unicode(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* How many of the bytes at `text` can be written as they are; *ret_escaped is how many cannot, if those are none. */
static size_t writable(const char *text, size_t length, bool unicode, size_t *ret_escaped)
{
	uint32_t code_point;
	size_t size = utf8_character(text, length, &code_point);

	*ret_escaped = size > 0 ? size : 1;
	if (size == 0 || utf8_steers_terminal(code_point) || (!unicode && size > 1))
		return 0;
	return size;
}

static void print_escaped(FILE *out, const char *text, size_t length)
{
	const char *end = text + length;
	bool unicode = has_unicode();

	while (text < end) {
		size_t escaped;
		size_t good = writable(text, (size_t)(end - text), unicode, &escaped);

		fwrite(text, 1, good, out);
		text += good;
		for (; good == 0 && escaped > 0; escaped--)
			fprintf(out, "\\x%02x", (unsigned char)*text++);
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

void format_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		fputs(word, out);
		return;
	}
	putc('\'', out);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			fputs("'\\'", out);
		putc(*word, out);
	}
	putc('\'', out);
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
	/* what would be rounded to a thousand of a unit is one of the next */
	while (at + 1 < sizeof(units) / sizeof(units[0]) &&
		nanoseconds < units[at].nanoseconds - units[at].nanoseconds / 2000)
		at++;
	value = (double)nanoseconds / (double)units[at].nanoseconds;
	snprintf(buffer, FORMAT_SIZE, "%.*f %s",
		value < 9.995   ? 2
		: value < 99.95 ? 1
				: 0,
		value, units[at].name);
	return buffer;
}

/* Of a length of time: how many of which unit, which is as long as there are two of it. */
static int64_t count_units(
	int64_t nanoseconds, const struct unit *units, size_t count, size_t *ret_at)
{
	size_t at = 0;

	if (nanoseconds < 0)
		nanoseconds = 0;
	while (at + 1 < count && nanoseconds < 2 * units[at].nanoseconds)
		at++;
	*ret_at = at;
	return nanoseconds / units[at].nanoseconds;
}

static const struct unit age_units[] = { { 365 * 24 * 3600 * SECOND, "year" },
	{ 24 * 3600 * SECOND, "day" }, { 3600 * SECOND, "hour" }, { 60 * SECOND, "minute" },
	{ SECOND, "second" } };

#define AGE_UNIT_COUNT (sizeof(age_units) / sizeof(age_units[0]))

const char *format_age(int64_t nanoseconds, char buffer[FORMAT_SIZE])
{
	size_t at;
	int64_t count = count_units(nanoseconds, age_units, AGE_UNIT_COUNT, &at);

	snprintf(buffer, FORMAT_SIZE, "%lld %s%s", (long long)count, age_units[at].name,
		count == 1 ? "" : "s");
	return buffer;
}

const char *format_brief_age(int64_t nanoseconds, char buffer[FORMAT_SIZE])
{
	size_t at;
	int64_t count = count_units(nanoseconds, age_units, AGE_UNIT_COUNT, &at);

	snprintf(buffer, FORMAT_SIZE, "%lld%c", (long long)count, age_units[at].name[0]);
	return buffer;
}

bool format_colours(FILE *out)
{
	const char *no = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(fileno(out)) && (no == NULL || no[0] == '\0') && terminal != NULL &&
	       strcmp(terminal, "dumb") != 0;
}

int format_parse_colour(
	const char *when, FILE *out, bool *ret_colours, struct lifecycle_error *error)
{
	if (when == NULL || strcmp(when, "auto") == 0)
		*ret_colours = format_colours(out);
	else if (strcmp(when, "always") == 0 || strcmp(when, "never") == 0)
		*ret_colours = when[0] == 'a';
	else
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no time for colours: auto, always and never are", when);
	return 0;
}

#define USUAL_WIDTH 80

/* What is no number of columns is none that anybody has said. */
static size_t width_of_environment(void)
{
	const char *text = getenv("COLUMNS");
	size_t length = text != NULL ? strspn(text, "0123456789") : 0;

	if (length == 0 || length > 4 || text[length] != '\0')
		return 0;
	return strtoul(text, NULL, 10);
}

bool format_is_narrow(FILE *out, size_t *ret_width)
{
	struct winsize size;

	*ret_width = width_of_environment();
	if (*ret_width > 0)
		return true;
	*ret_width = USUAL_WIDTH;
	if (!isatty(fileno(out)))
		return false;
	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		*ret_width = size.ws_col;
	return true;
}

size_t format_width(FILE *out)
{
	size_t width;

	(void)format_is_narrow(out, &width);
	return width;
}

bool format_unicode(FILE *out)
{
	return isatty(fileno(out)) && has_unicode();
}

int format_id_length(const char *id)
{
	bool is_engines = strlen(id) == 64 && strspn(id, "0123456789abcdef") == 64;

	return is_engines ? 12 : 255;
}
