/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/jscan_text.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static bool accepts(const char *text)
{
	struct jscan_value value;

	return jscan(text, strlen(text), &value);
}

static const char *const good[] = {
	"{}",
	" [ ] ",
	"null",
	"true",
	"-0",
	"0.5e-10",
	"18446744073709551615",
	"1E+400",
	"\"\"",
	"\"\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	"{\"a\":{\"b\":[1,2,{\"c\":null}]},\"d\":\"}]\"}",
	"\t\r\n{\"a\" : 1 , \"b\" : [ ] }\r\n",
	"\"\xff\"",
};

static const char *const bad[] = {
	"",
	" ",
	"{",
	"}",
	"{]",
	"[1,]",
	"{\"a\":1,}",
	"{\"a\"}",
	"{\"a\" 1}",
	"{a:1}",
	"{'a':1}",
	"{\"a\":1}x",
	"{} {}",
	"[1 2]",
	"01",
	"-",
	"1.",
	".5",
	"1e",
	"+1",
	"nul",
	"nulll",
	"True",
	"NaN",
	"\"",
	"\"\\\"",
	"\"\\x\"",
	"\"\\u12\"",
	"\"\\u12g4\"",
	"\"a\nb\"",
	"\"a\tb\"",
	"\xef\xbb\xbf{}",
	"// no\n{}",
};

START_TEST(accepts_what_the_grammar_has)
{
	ck_assert_msg(accepts(good[_i]), "%s", good[_i]);
}
END_TEST

START_TEST(refuses_what_it_has_not)
{
	ck_assert_msg(!accepts(bad[_i]), "%s", bad[_i]);
}
END_TEST

START_TEST(refuses_every_beginning_of_a_text)
{
	const char *text = "{\"a\":[1.5e1,\"\\u00e9\",null,true],\"b\":{}}";

	for (size_t length = 0; length < strlen(text); length++) {
		struct jscan_value value;
		char *part = malloc(
			length +
			1); /* its own block, so that a checker sees each byte read past it */

		memcpy(part, text, length);
		ck_assert_msg(!jscan(part, length, &value), "%zu", length);
		free(part);
	}
	ck_assert(accepts(text));
}
END_TEST

START_TEST(a_nul_ends_nothing)
{
	struct jscan_value value;

	ck_assert(!jscan("{}\0", 3, &value));
	ck_assert(!jscan("\"\0\"", 3, &value));
	ck_assert(!jscan("\"\\\0\"", 4, &value));
}
END_TEST

static char *nested(size_t depth)
{
	char *text = calloc(1, 2 * depth + 1);

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return text;
}

START_TEST(depth_is_bounded)
{
	char *deep = nested(JSCAN_DEPTH_MAX), *too_deep = nested(JSCAN_DEPTH_MAX + 2),
	     *far = nested(100000);

	ck_assert(accepts(deep));
	ck_assert(!accepts(too_deep));
	ck_assert(!accepts(far));
	free(deep);
	free(too_deep);
	free(far);
}
END_TEST

static struct jscan_value value_of(const char *text)
{
	struct jscan_value value;

	ck_assert(jscan(text, strlen(text), &value));
	return value;
}

static bool spans(const struct jscan_value *value, const char *text)
{
	return strlen(text) == (size_t)(value->end - value->start) &&
	       memcmp(value->start, text, strlen(text)) == 0;
}

START_TEST(members_come_one_after_the_other)
{
	struct jscan_value object =
		value_of(" { \"a\" : [1, 2] ,\n\"b\":{\"a\":3}, \"a\" :null } ");
	struct jscan_value key, member;
	const char *cursor = NULL;

	ck_assert(jscan_next_member(&object, &cursor, &key, &member));
	ck_assert(spans(&key, "\"a\"") && spans(&member, "[1, 2]") && member.kind == JSCAN_ARRAY);
	ck_assert(jscan_next_member(&object, &cursor, &key, &member));
	ck_assert(
		spans(&key, "\"b\"") && spans(&member, "{\"a\":3}") && member.kind == JSCAN_OBJECT);
	ck_assert(jscan_next_member(&object, &cursor, &key, &member));
	ck_assert(spans(&key, "\"a\"") && member.kind == JSCAN_NULL);
	ck_assert(!jscan_next_member(&object, &cursor, &key, &member));
}
END_TEST

START_TEST(elements_come_one_after_the_other)
{
	struct jscan_value array = value_of("[ 1 ,\"]\", [[]] ]"), empty = value_of("[ ]"), element;
	const char *cursor = NULL;

	ck_assert(jscan_next_element(&array, &cursor, &element) && spans(&element, "1"));
	ck_assert(jscan_next_element(&array, &cursor, &element) && spans(&element, "\"]\""));
	ck_assert(jscan_next_element(&array, &cursor, &element) && spans(&element, "[[]]"));
	ck_assert(!jscan_next_element(&array, &cursor, &element));
	cursor = NULL;
	ck_assert(!jscan_next_element(&empty, &cursor, &element) && !cursor);
}
END_TEST

static const struct {
	const char *string; /* without its quotes */
	const char *text;   /* NULL: it has none */
} strings[] = {
	{ "", "" },
	{ "a\\/b\\n\\u00e9\\u20ac\\ud83d\\ude00", "a/b\n\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "\\\"\\\\\\b\\f\\r\\t", "\"\\\b\f\r\t" },
	{ "\\u0001\\u007f\\u0080\\u07ff\\u0800\\uffff",
		"\x01\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf" },
	{ "\\ud800\\udc00\\udbff\\udfff", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
	{ "\\ud7ff\\ue000", "\xed\x9f\xbf\xee\x80\x80" },
	{ "\\u0000", NULL },
	/* half a pair, and two of a kind */
	{ "\\ud83d", NULL },
	{ "\\ud83dxxxxxx", NULL },
	{ "\\ud83d\\n\\n\\n", NULL },
	{ "\\ud83d\\u0041", NULL },
	{ "\\ud800\\udbff", NULL },
	{ "\\ud800\\ue000", NULL },
	{ "\\udc00", NULL },
	{ "\\udfff", NULL },
	{ "\\udc00\\udc00", NULL },
	{ "\\udfff\\udc00", NULL },
};

START_TEST(strings_are_decoded)
{
	char quoted[128], text[32] = "";
	struct jscan_value value;
	bool is_text;

	snprintf(quoted, sizeof(quoted), "\"%s\"", strings[_i].string);
	value = value_of(quoted);
	is_text = jscan_string(&value, text, sizeof(text));
	ck_assert_pstr_eq(is_text ? text : NULL, strings[_i].text);
	if (is_text && strings[_i].text[0] != '\0')
		ck_assert(!jscan_string(&value, text, strlen(strings[_i].text)));
}
END_TEST

START_TEST(a_string_fills_its_buffer_to_the_last_byte)
{
	struct jscan_value three = value_of("\"abc\""), none = value_of("\"\"");
	char text[4];

	ck_assert(jscan_string(&three, text, 4));
	ck_assert(!jscan_string(&three, text, 3));
	ck_assert(jscan_string(&none, text, 1));
	ck_assert(!jscan_string(&none, text, 0));
}
END_TEST

static const struct {
	const char *key;
	enum jscan_match match;
} keys[] = {
	{ "\"hooks\"", JSCAN_SAME },
	{ "\"\\u0068ooks\"", JSCAN_SAME },
	{ "\"Hooks\"", JSCAN_ALIKE },
	{ "\"HOOKS\"", JSCAN_ALIKE },
	{ "\"hoo\\u212as\"", JSCAN_ALIKE },
	{ "\"hoo\xe2\x84\xaas\"", JSCAN_ALIKE },
	{ "\"hook\xc5\xbf\"", JSCAN_ALIKE },
	{ "\"hook\"", JSCAN_DIFFERENT },
	{ "\"hooks \"", JSCAN_DIFFERENT },
	{ "\"hooks\\u0000x\"", JSCAN_ALIKE },
	{ "\"\"", JSCAN_DIFFERENT },
	{ "\"a key that is much longer than any name that is looked for, by many bytes\"",
		JSCAN_DIFFERENT },
};

START_TEST(keys_match_as_parsers_take_them)
{
	struct jscan_value key = value_of(keys[_i].key);

	ck_assert_msg(jscan_key_match(&key, "hooks") == keys[_i].match, "%s", keys[_i].key);
}
END_TEST

START_TEST(a_member_is_found_or_ambiguous)
{
	struct jscan_value object = value_of("{\"a\":1,\"b\":2,\"b\":3,\"C\":4}"), member;

	ck_assert(jscan_find(&object, "a", &member) == JSCAN_FOUND && spans(&member, "1"));
	ck_assert(jscan_find(&object, "b", &member) == JSCAN_AMBIGUOUS);
	ck_assert(jscan_find(&object, "c", &member) == JSCAN_AMBIGUOUS);
	ck_assert(jscan_find(&object, "d", &member) == JSCAN_ABSENT);
	ck_assert(spans(&member, "1"));
}
END_TEST

START_TEST(what_is_written_reads_back)
{
	const char *text = "a\"b\\c\x01\x1f\n/\xc3\xa9";
	char *written = NULL, back[64];
	struct jscan_value value;
	size_t length;
	FILE *out = open_memstream(&written, &length);

	jscan_put_string(out, text);
	fclose(out);
	value = value_of(written);
	ck_assert(jscan_string(&value, back, sizeof(back)));
	ck_assert_str_eq(back, text);
	free(written);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

static const struct {
	const char *text;
	int length; /* -1: it begins with no value */
} firsts[] = {
	{ "{}{}", 2 },
	{ "{\n\"a\": 1\n}\nmore", 10 },
	{ "[1] x", 3 },
	{ "\"a\"b", 3 },
	{ "{\"a\":1", -1 },
	{ "x{}", -1 },
	{ "", -1 },
};

START_TEST(the_first_of_several_is_found)
{
	struct jscan_value value;
	bool found = jscan_first(firsts[_i].text, strlen(firsts[_i].text), &value);

	ck_assert_int_eq(found ? value.end - value.start : -1, firsts[_i].length);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("jscan");
	TCase *tests = tcase_create("jscan");

	tcase_add_loop_test(tests, accepts_what_the_grammar_has, 0, COUNT(good));
	tcase_add_loop_test(tests, the_first_of_several_is_found, 0, COUNT(firsts));
	tcase_add_loop_test(tests, refuses_what_it_has_not, 0, COUNT(bad));
	tcase_add_test(tests, refuses_every_beginning_of_a_text);
	tcase_add_test(tests, a_nul_ends_nothing);
	tcase_add_test(tests, depth_is_bounded);
	tcase_add_test(tests, members_come_one_after_the_other);
	tcase_add_test(tests, elements_come_one_after_the_other);
	tcase_add_loop_test(tests, strings_are_decoded, 0, COUNT(strings));
	tcase_add_test(tests, a_string_fills_its_buffer_to_the_last_byte);
	tcase_add_loop_test(tests, keys_match_as_parsers_take_them, 0, COUNT(keys));
	tcase_add_test(tests, a_member_is_found_or_ambiguous);
	tcase_add_test(tests, what_is_written_reads_back);
	suite_add_tcase(suite, tests);
	return suite;
}
