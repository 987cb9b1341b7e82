/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/format.h"
#include "unit.h"

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SECOND       INT64_C(1000000000)
#define MINUTE       (60 * SECOND)
#define HOUR         (60 * MINUTE)
#define DAY          (24 * HOUR)
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

typedef void print_fn(FILE *out, const char *text);

/* What is printed of the text where the locale is this one: free() it. */
static char *printed(print_fn *print, const char *locale, const char *text)
{
	char *result = NULL;
	size_t size;
	FILE *out = open_memstream(&result, &size);

	ck_assert_ptr_nonnull(setlocale(LC_ALL, locale));
	print(out, text);
	fclose(out);
	return result;
}

/* ---- what steers a terminal ---- */

static const struct {
	uint32_t first;
	uint32_t last;
} steering[] = { { 0x01, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2066, 0x2069 } };

static bool steers(uint32_t code_point)
{
	for (int i = 0; i < COUNT(steering); i++)
		if (code_point >= steering[i].first && code_point <= steering[i].last)
			return true;
	return false;
}

static size_t encode(uint32_t code_point, char bytes[5])
{
	size_t size = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	memset(bytes, 0, 5);
	for (size_t i = size; i-- > 1; code_point >>= 6)
		bytes[i] = (char)(0x80 | (code_point & 0x3f));
	bytes[0] = (char)(leads[size] | code_point);
	return size;
}

START_TEST(test_every_character)
{
	for (uint32_t code_point = 1; code_point <= 0x10ffff; code_point++) {
		char bytes[5];
		size_t size = encode(code_point, bytes);
		bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;

		if (!surrogate && format_steering(bytes) != (steers(code_point) ? size : 0))
			ck_abort_msg("U+%04X", (unsigned)code_point);
	}
}
END_TEST

/* The end of the text, and what is no character. */
START_TEST(test_no_character_steers_nothing)
{
	static const char *const texts[] = { "", "\x80", "\x9b", "\xc2", "\xe2\x80", "\xff" };

	ck_assert_uint_eq(format_steering(texts[_i]), 0);
}
END_TEST

/* ---- escapes ---- */

static const struct {
	const char *text;
	const char *unicode;
	const char *ascii; /* where the locale is C */
} escapes[] = {
	{ "", "", "" },
	{ "a plain \"text\" ~ \\x41", "a plain \"text\" ~ \\x41", "a plain \"text\" ~ \\x41" },
	{ "a\tb\nc", "a\\x09b\\x0ac", "a\\x09b\\x0ac" },
	{ "\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m", "\\x1b[31mred\\x1b[0m" },
	{ "\x01\x1f\x7f", "\\x01\\x1f\\x7f", "\\x01\\x1f\\x7f" },
	{ "\xc2\x80\xc2\x9b\xc2\x9f", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f",
		"\\xc2\\x80\\xc2\\x9b\\xc2\\x9f" },
	{ "\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", "\\xd8\\x9c\\xe2\\x80\\x8e\\xe2\\x80\\x8f",
		"\\xd8\\x9c\\xe2\\x80\\x8e\\xe2\\x80\\x8f" },
	{ "\xe2\x80\xa8-\xe2\x80\xae\xe2\x80\xac", "\\xe2\\x80\\xa8-\\xe2\\x80\\xae\\xe2\\x80\\xac",
		"\\xe2\\x80\\xa8-\\xe2\\x80\\xae\\xe2\\x80\\xac" },
	{ "\xe2\x81\xa6-\xe2\x81\xa9", "\\xe2\\x81\\xa6-\\xe2\\x81\\xa9",
		"\\xe2\\x81\\xa6-\\xe2\\x81\\xa9" },
	/* beside those */
	{ "\xc2\xa0\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa",
		"\xc2\xa0\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa",
		"\\xc2\\xa0\\xe2\\x80\\xa7\\xe2\\x80\\xaf\\xe2\\x81\\xa5\\xe2\\x81\\xaa" },
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3",
		"\\xc3\\xa9\\xe2\\x82\\xac\\xf0\\x9f\\x90\\xb3" },
	/* what is not UTF-8 */
	{ "a\xff\xfe.", "a\\xff\\xfe.", "a\\xff\\xfe." },
	{ "\xc3(\xe2\x82(", "\\xc3(\\xe2\\x82(", "\\xc3(\\xe2\\x82(" },
	{ "\xc0\xaf\xed\xa0\x80", "\\xc0\\xaf\\xed\\xa0\\x80", "\\xc0\\xaf\\xed\\xa0\\x80" },
	{ "end\xe2\x82", "end\\xe2\\x82", "end\\xe2\\x82" },
};

START_TEST(test_escaped)
{
	char *unicode = printed(format_escaped, "C.UTF-8", escapes[_i].text);
	char *ascii = printed(format_escaped, "C", escapes[_i].text);

	ck_assert_str_eq(unicode, escapes[_i].unicode);
	ck_assert_str_eq(ascii, escapes[_i].ascii);
	free(unicode);
	free(ascii);
}
END_TEST

/* ---- lines ---- */

static const struct {
	const char *text;
	const char *first;
	const char *last;
} lines[] = {
	{ "", "", "" },
	{ "one", "one", "one" },
	{ "one\n", "one", "one\n" },
	{ "one\ntwo", "one", "two" },
	{ "one\ntwo\n", "one", "two\n" },
	{ "one\ntwo\n\n\n", "one", "two\n\n\n" },
	{ "\n\none", "", "one" },
	{ "\n\n", "", "\n\n" },
	{ "one\n \n", "one", " \n" },
	{ "a\x1b"
	  "b\nc",
		"a\\x1b"
		"b",
		"c" },
	{ "\xc3\n\xa9", "\\xc3", "\xa9" },
};

START_TEST(test_lines)
{
	char *first = printed(format_line, "C.UTF-8", lines[_i].text);

	ck_assert_str_eq(first, lines[_i].first);
	ck_assert_str_eq(format_last_line(lines[_i].text), lines[_i].last);
	free(first);
}
END_TEST

START_TEST(test_no_last_line)
{
	ck_assert_ptr_null(format_last_line(NULL));
}
END_TEST

/* ---- durations and ages ---- */

struct length {
	int64_t nanoseconds;
	const char *text;
};

static const struct length durations[] = {
	{ INT64_MIN, "0.00 us" },
	{ -1, "0.00 us" },
	{ 0, "0.00 us" },
	{ 4, "0.00 us" },
	{ 6, "0.01 us" },
	{ 999, "1.00 us" },
	{ 1000, "1.00 us" },
	{ 9994, "9.99 us" },
	{ 9996, "10.0 us" },
	{ 99940, "99.9 us" },
	{ 99960, "100 us" },
	{ 999400, "999 us" },
	{ 999600, "1.00 ms" },
	{ 1000000, "1.00 ms" },
	{ 12345678, "12.3 ms" },
	{ 999 * SECOND / 1000, "999 ms" },
	{ SECOND - 400000, "1.00 s" },
	{ SECOND - 1, "1.00 s" },
	{ SECOND, "1.00 s" },
	{ 59 * SECOND + SECOND / 2, "59.5 s" },
	{ MINUTE, "1.00 min" },
	{ 90 * SECOND, "1.50 min" },
	{ 59 * MINUTE, "59.0 min" },
	{ HOUR, "1.00 h" },
	{ 23 * HOUR, "23.0 h" },
	{ DAY, "1.00 d" },
	{ 100 * DAY, "100 d" },
	{ INT64_MAX, "106752 d" },
};

START_TEST(test_duration)
{
	char buffer[FORMAT_SIZE];

	ck_assert_str_eq(format_duration(durations[_i].nanoseconds, buffer), durations[_i].text);
}
END_TEST

/* Three digits, of whatever length it is that takes less than a thousand days. */
START_TEST(test_three_digits)
{
	for (int64_t length = 995; length < 999 * DAY; length += 1 + length / 4999) {
		char buffer[FORMAT_SIZE];
		size_t digits = 0;

		for (const char *at = format_duration(length, buffer); *at != ' '; at++)
			digits += *at != '.';
		ck_assert_msg(digits == 3, "%lld: %s", (long long)length, buffer);
	}
}
END_TEST

static const struct length ages[] = {
	{ INT64_MIN, "0 seconds" },
	{ -SECOND, "0 seconds" },
	{ 0, "0 seconds" },
	{ SECOND - 1, "0 seconds" },
	{ SECOND, "1 second" },
	{ 2 * SECOND - 1, "1 second" },
	{ 2 * SECOND, "2 seconds" },
	{ 2 * MINUTE - 1, "119 seconds" },
	{ 2 * MINUTE, "2 minutes" },
	{ 2 * HOUR - 1, "119 minutes" },
	{ 2 * HOUR, "2 hours" },
	{ 3 * HOUR, "3 hours" },
	{ 2 * DAY - 1, "47 hours" },
	{ 2 * DAY, "2 days" },
	{ 730 * DAY - 1, "729 days" },
	{ 730 * DAY, "2 years" },
	{ INT64_MAX, "292 years" },
};

START_TEST(test_age)
{
	char buffer[FORMAT_SIZE];

	ck_assert_str_eq(format_age(ages[_i].nanoseconds, buffer), ages[_i].text);
}
END_TEST

/* ---- the terminal ---- */

static const struct {
	const char *terminal;
	const char *no_color; /* NULL: not set */
	bool colours;
} terminals[] = {
	{ "xterm", NULL, true },
	{ "xterm", "", true },
	{ "xterm", "1", false },
	{ "xterm", "0", false },
	{ "dumb", NULL, false },
	{ NULL, NULL, false },
};

static void set_environment(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static FILE *open_terminal(unsigned short columns)
{
	struct winsize size = { .ws_col = columns, .ws_row = 24 };
	int leader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	FILE *file;

	ck_assert_int_ge(leader, 0);
	ck_assert_int_eq(grantpt(leader), 0);
	ck_assert_int_eq(unlockpt(leader), 0);
	ck_assert_int_eq(ioctl(leader, TIOCSWINSZ, &size), 0);
	file = fopen(ptsname(leader), "r+e");
	ck_assert_ptr_nonnull(file);
	return file;
}

START_TEST(test_colours)
{
	FILE *terminal = open_terminal(80);
	FILE *file = tmpfile();

	set_environment("TERM", terminals[_i].terminal);
	set_environment("NO_COLOR", terminals[_i].no_color);
	ck_assert(format_colours(terminal) == terminals[_i].colours);
	ck_assert(!format_colours(file));
	fclose(terminal);
	fclose(file);
}
END_TEST

/* Where it is said when: a terminal, and what says the opposite. */
START_TEST(test_colours_as_said)
{
	static const char *const whens[] = { NULL, "auto", "always", "never" };
	FILE *terminal = open_terminal(80);
	FILE *file = tmpfile();
	struct lifecycle_error error;
	bool colours;

	for (int i = 0; i < COUNT(whens); i++) {
		set_environment("TERM", "xterm");
		set_environment("NO_COLOR", NULL);
		ck_assert_int_eq(format_parse_colour(whens[i], terminal, &colours, &error), 0);
		ck_assert(colours == (i != 3));
		set_environment("NO_COLOR", "1");
		ck_assert_int_eq(format_parse_colour(whens[i], file, &colours, &error), 0);
		ck_assert(colours == (i == 2));
	}
	ck_assert_int_eq(format_parse_colour("yes", terminal, &colours, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(format_parse_colour("", terminal, &colours, &error), -1);
	fclose(terminal);
	fclose(file);
}
END_TEST

static const struct {
	const char *columns;
	size_t width;
	bool narrow;
} widths[] = {
	{ "100", 100, true },
	{ "9999", 9999, true },
	{ "0", 80, false },
	{ "", 80, false },
	{ "10000", 80, false },
	{ "-5", 80, false },
	{ "80x", 80, false },
	{ NULL, 80, false },
};

START_TEST(test_width_of_environment)
{
	FILE *terminal = open_terminal(123);
	FILE *file = tmpfile();
	size_t width;

	set_environment("COLUMNS", widths[_i].columns);
	ck_assert(format_is_narrow(file, &width) == widths[_i].narrow);
	ck_assert_uint_eq(width, widths[_i].width);
	ck_assert(format_is_narrow(terminal, &width));
	ck_assert_uint_eq(width, widths[_i].narrow ? widths[_i].width : 123);
	set_environment("COLUMNS", NULL);
	fclose(terminal);
	fclose(file);
}
END_TEST

START_TEST(test_width)
{
	FILE *wide = open_terminal(123);
	FILE *unknown = open_terminal(0);
	FILE *file = tmpfile();

	ck_assert_uint_eq(format_width(wide), 123);
	ck_assert_uint_eq(format_width(unknown), 80);
	ck_assert_uint_eq(format_width(file), 80);
	fclose(wide);
	fclose(unknown);
	fclose(file);
}
END_TEST

START_TEST(test_unicode)
{
	FILE *terminal = open_terminal(80);
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	ck_assert(format_unicode(terminal));
	ck_assert(!format_unicode(file));
	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
	ck_assert(!format_unicode(terminal));
	fclose(terminal);
	fclose(file);
}
END_TEST

static const struct {
	int64_t nanoseconds;
	const char *text;
} brief_ages[] = {
	{ -5, "0s" },
	{ 0, "0s" },
	{ INT64_C(1999999999), "1s" },
	{ INT64_C(119) * 1000000000, "119s" },
	{ INT64_C(120) * 1000000000, "2m" },
	{ INT64_C(7200) * 1000000000, "2h" },
	{ INT64_C(2) * 24 * 3600 * 1000000000, "2d" },
	{ INT64_C(800) * 24 * 3600 * 1000000000, "2y" },
};

START_TEST(test_brief_age)
{
	char buffer[FORMAT_SIZE];

	ck_assert_str_eq(format_brief_age(brief_ages[_i].nanoseconds, buffer), brief_ages[_i].text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("format");
	TCase *tcase = tcase_create("format");

	tcase_add_test(tcase, test_every_character);
	tcase_add_loop_test(tcase, test_no_character_steers_nothing, 0, 6);
	tcase_add_loop_test(tcase, test_escaped, 0, COUNT(escapes));
	tcase_add_loop_test(tcase, test_lines, 0, COUNT(lines));
	tcase_add_test(tcase, test_no_last_line);
	tcase_add_loop_test(tcase, test_duration, 0, COUNT(durations));
	tcase_add_test(tcase, test_three_digits);
	tcase_add_loop_test(tcase, test_age, 0, COUNT(ages));
	tcase_add_loop_test(tcase, test_colours, 0, COUNT(terminals));
	tcase_add_loop_test(tcase, test_brief_age, 0, COUNT(brief_ages));
	tcase_add_test(tcase, test_colours_as_said);
	tcase_add_loop_test(tcase, test_width_of_environment, 0, COUNT(widths));
	tcase_add_test(tcase, test_width);
	tcase_add_test(tcase, test_unicode);
	suite_add_tcase(suite, tcase);
	return suite;
}
