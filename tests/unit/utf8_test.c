/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define BAD          "\xef\xbf\xbd"

/* ---- mending ---- */

static const struct {
	const char *from;
	const char *to;
} mended[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "tab\tnew line\nescape\033", "tab\tnew line\nescape\033" },
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3" },
	{ "\xef\xbf\xbf\xf4\x8f\xbf\xbf", "\xef\xbf\xbf\xf4\x8f\xbf\xbf" },
	{ "\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80",
		"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80" },
	{ "a\xff"
	  "b",
		"a" BAD "b" },
	{ "\xfe\xf8\xfc", BAD BAD BAD },
	{ "\x80\xbf", BAD BAD },
	/* too long for what they mean */
	{ "\xc0\xaf", BAD BAD },
	{ "\xc1\xbf", BAD BAD },
	{ "\xe0\x80\xaf", BAD BAD BAD },
	{ "\xe0\x9f\xbf", BAD BAD BAD },
	{ "\xf0\x80\x80\xaf", BAD BAD BAD BAD },
	{ "\xf0\x8f\xbf\xbf", BAD BAD BAD BAD },
	/* surrogates, and beyond the last */
	{ "\xed\xa0\x80", BAD BAD BAD },
	{ "\xed\xbf\xbf", BAD BAD BAD },
	{ "\xf4\x90\x80\x80", BAD BAD BAD BAD },
	{ "\xf7\xbf\xbf\xbf", BAD BAD BAD BAD },
	/* broken off */
	{ "\xc3", BAD },
	{ "\xe2\x82", BAD BAD },
	{ "\xf0\x9f\x90", BAD BAD BAD },
	{ "\xe2\x82(", BAD BAD "(" },
	{ "\xc3\xc3\xa9", BAD "\xc3\xa9" },
};

START_TEST(test_mended)
{
	char *text = utf8_copy(mended[_i].from, strlen(mended[_i].from), 100, _i % 2 == 0);

	ck_assert_str_eq(text, mended[_i].to);
	free(text);
}
END_TEST

START_TEST(test_nul)
{
	char *text = utf8_copy("a\0b", 3, 100, false);

	ck_assert_str_eq(text, "a" BAD "b");
	free(text);
}
END_TEST

START_TEST(test_mended_is_not_mended_again)
{
	char *text = utf8_copy("\xff\xed\xa0\x80x", 5, 100, false);
	char *again = utf8_copy(text, strlen(text), 100, false);

	ck_assert_str_eq(again, text);
	free(text);
	free(again);
}
END_TEST

/* ---- limits ---- */

static const struct {
	const char *from;
	size_t limit;
	const char *head;
	const char *tail;
} cuts[] = {
	{ "abcdef", 6, "abcdef", "abcdef" },
	{ "abcdef", 5, "abcde", "bcdef" },
	{ "abcdef", 1, "a", "f" },
	{ "abcdef", 0, "", "" },
	{ "\xc3\xa9\xc3\xa9", 4, "\xc3\xa9\xc3\xa9", "\xc3\xa9\xc3\xa9" },
	{ "\xc3\xa9\xc3\xa9", 3, "\xc3\xa9", "\xc3\xa9" },
	{ "\xc3\xa9\xc3\xa9", 1, "", "" },
	{ "\xf0\x9f\x90\xb3zzzzzz\xf0\x9f\x90\xb3", 8, "\xf0\x9f\x90\xb3zzzz",
		"zzzz\xf0\x9f\x90\xb3" },
	{ "\xf0\x9f\x90\xb3\xf0\x9f\x90\xb3\xf0\x9f\x90\xb3", 7, "\xf0\x9f\x90\xb3",
		"\xf0\x9f\x90\xb3" },
	/* a byte becomes three */
	{ "\xff\xff\xff", 8, BAD BAD, BAD BAD },
	{ "a\xff", 3, "a", BAD },
	{ "\xff"
	  "a",
		3, BAD, "a" },
};

START_TEST(test_cut)
{
	size_t length = strlen(cuts[_i].from);
	char *head = utf8_copy(cuts[_i].from, length, cuts[_i].limit, false);
	char *tail = utf8_copy(cuts[_i].from, length, cuts[_i].limit, true);

	ck_assert_str_eq(head, cuts[_i].head);
	ck_assert_str_eq(tail, cuts[_i].tail);
	free(head);
	free(tail);
}
END_TEST

/* ---- every limit, against a plain reading of the rule ---- */

static bool is_utf8(const char *text)
{
	char *same = utf8_copy(text, strlen(text), SIZE_MAX / 8, false);
	bool equal = strcmp(same, text) == 0;

	free(same);
	return equal;
}

/* Bytes of all kinds, characters of all lengths. */
static void fill(char *bytes, size_t length)
{
	static const char *const pieces[] = { "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\xb3",
		"\xff", "\x80", "\xe2\x82", "\xf0\x9f", "\n" };
	unsigned int state = 12345;

	for (size_t used = 0; used < length;) {
		const char *piece = pieces[(state >> 16) % (unsigned int)COUNT(pieces)];
		size_t count = strlen(piece) < length - used ? strlen(piece) : length - used;

		memcpy(bytes + used, piece, count);
		used += count;
		state = state * 1103515245 + 12345;
	}
}

START_TEST(test_every_limit)
{
	char bytes[300];
	char *whole;
	size_t size;

	fill(bytes, sizeof(bytes));
	whole = utf8_copy(bytes, sizeof(bytes), 10000, false);
	size = strlen(whole);
	ck_assert(is_utf8(whole));
	for (size_t limit = 0; limit <= size; limit++) {
		char *head = utf8_copy(bytes, sizeof(bytes), limit, false);
		char *tail = utf8_copy(bytes, sizeof(bytes), limit, true);

		ck_assert(strlen(head) <= limit && limit - strlen(head) < 4);
		ck_assert(strlen(tail) <= limit && limit - strlen(tail) < 4);
		ck_assert(is_utf8(head) && is_utf8(tail));
		ck_assert_int_eq(strncmp(whole, head, strlen(head)), 0);
		ck_assert_str_eq(whole + size - strlen(tail), tail);
		free(head);
		free(tail);
	}
	free(whole);
}
END_TEST

/* ---- one character ---- */

static size_t encode(uint32_t code_point, char bytes[5])
{
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t size = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;

	memset(bytes, 0, 5);
	for (size_t i = size; i-- > 1; code_point >>= 6)
		bytes[i] = (char)(0x80 | (code_point & 0x3f));
	bytes[0] = (char)(leads[size] | code_point);
	return size;
}

/* Whole, with something behind it, and broken off everywhere. */
static bool is_read_back(uint32_t expected)
{
	char bytes[5];
	size_t size = encode(expected, bytes);
	uint32_t code_point = 0;

	if (utf8_character(bytes, size, &code_point) != size || code_point != expected)
		return false;
	if (utf8_character(bytes, 5, &code_point) != size || code_point != expected)
		return false;
	code_point = 42;
	for (size_t length = 1; length < size; length++)
		if (utf8_character(bytes, length, &code_point) != 0 || code_point != 42)
			return false;
	return true;
}

START_TEST(test_every_character)
{
	for (uint32_t code_point = 1; code_point <= 0x10ffff; code_point++) {
		char bytes[5];
		size_t size = encode(code_point, bytes);
		bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
		uint32_t found;

		if (surrogate ? utf8_character(bytes, size, &found) != 0
			      : !is_read_back(code_point))
			ck_abort_msg("U+%04X", (unsigned)code_point);
	}
}
END_TEST

static const struct {
	const char *bytes;
	size_t length;
} no_characters[] = {
	{ "\0", 1 },
	{ "\0abc", 4 },
	{ "\x80", 1 },
	{ "\xbf\xbf", 2 },
	{ "\xc0\x80", 2 },
	{ "\xc1\xbf", 2 },
	{ "\xe0\x9f\xbf", 3 },
	{ "\xf0\x8f\xbf\xbf", 4 },
	{ "\xf4\x90\x80\x80", 4 },
	{ "\xf8\x88\x80\x80\x80", 5 },
	{ "\xff", 1 },
	{ "\xc3(", 2 },
	{ "\xe2(\xac", 3 },
	{ "\xe2\x82(", 3 },
	{ "\xf0\x9f\x90(", 4 },
};

START_TEST(test_no_character)
{
	uint32_t code_point = 42;

	ck_assert_uint_eq(
		utf8_character(no_characters[_i].bytes, no_characters[_i].length, &code_point), 0);
	ck_assert_uint_eq(code_point, 42);
}
END_TEST

/* ---- what steers a terminal ---- */

static const struct {
	uint32_t first;
	uint32_t last;
} steering[] = { { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2066, 0x2069 } };

START_TEST(test_steers_terminal)
{
	size_t expected = 0;
	size_t found = 0;

	for (int i = 0; i < COUNT(steering); i++) {
		ck_assert(utf8_steers_terminal(steering[i].first));
		ck_assert(utf8_steers_terminal(steering[i].last));
		ck_assert(steering[i].first == 0 || !utf8_steers_terminal(steering[i].first - 1));
		ck_assert(!utf8_steers_terminal(steering[i].last + 1));
		expected += steering[i].last - steering[i].first + 1;
	}
	for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++)
		found += utf8_steers_terminal(code_point);
	ck_assert_uint_eq(found, expected);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tcase = tcase_create("utf8");

	tcase_add_test(tcase, test_every_character);
	tcase_add_loop_test(tcase, test_no_character, 0, COUNT(no_characters));
	tcase_add_test(tcase, test_steers_terminal);
	tcase_add_loop_test(tcase, test_mended, 0, COUNT(mended));
	tcase_add_test(tcase, test_nul);
	tcase_add_test(tcase, test_mended_is_not_mended_again);
	tcase_add_loop_test(tcase, test_cut, 0, COUNT(cuts));
	tcase_add_test(tcase, test_every_limit);
	suite_add_tcase(suite, tcase);
	return suite;
}
