/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/format.h"
#include "query/output/json_output.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- values ---- */

static char *compact(const json_t *tree)
{
	char *text = json_output_text(tree, JSON_COMPACT);

	ck_assert_ptr_nonnull(text);
	return text;
}

/* Takes the value. */
static void check_value(json_t *value, const char *expected)
{
	char *text = compact(value);

	ck_assert_str_eq(text, expected);
	free(text);
	json_decref(value);
}

START_TEST(test_values)
{
	check_value(json_output_string(NULL), "null");
	check_value(json_output_string(""), "\"\"");
	check_value(json_output_string("a\"b"), "\"a\\\"b\"");
	check_value(json_output_integer(LIFECYCLE_UNKNOWN), "null");
	check_value(json_output_integer(0), "0");
	check_value(json_output_integer(-1), "-1");
	check_value(json_output_integer(INT64_MAX), "9223372036854775807");
	check_value(json_output_time(LIFECYCLE_UNKNOWN), "null");
	check_value(json_output_time(INT64_C(1795311412553480239)),
		"\"2026-11-22T01:36:52.553480239Z\"");
}
END_TEST

START_TEST(test_set)
{
	json_t *object = json_object();

	ck_assert_int_eq(json_output_set(object, "a", json_integer(1)), 0);
	ck_assert_int_eq(json_output_set(object, "b", json_null()), 0);
	ck_assert_int_eq(json_output_set(object, "c", NULL), -1);
	ck_assert_int_eq(json_output_set(NULL, "d", json_integer(1)), -1);
	check_value(object, "{\"a\":1}");
}
END_TEST

/* ---- what steers a terminal ---- */

static const struct {
	const char *text;
	const char *json;
} escapes[] = {
	{ "plain", "\"plain\"" },
	{ "\t\n\r", "\"\\t\\n\\r\"" },
	{ "\x01\x1f", "\"\\u0001\\u001F\"" },
	{ "\x7f", "\"\\u007f\"" },
	{ "\xc2\x80\xc2\x9f", "\"\\u0080\\u009f\"" },
	{ "\xd8\x9c", "\"\\u061c\"" },
	{ "\xe2\x80\x8e\xe2\x80\x8f", "\"\\u200e\\u200f\"" },
	{ "\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xac", "\"\\u2028\\u202e\\u202c\"" },
	{ "\xe2\x81\xa6\xe2\x81\xa9", "\"\\u2066\\u2069\"" },
	{ "\\\xe2\x80\x8f\"", "\"\\\\\\u200f\\\"\"" },
	{ "\xc2\xa0\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xf0\x9f\x90\xb3",
		"\"\xc2\xa0\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xf0\x9f\x90\xb3\"" },
};

START_TEST(test_escapes)
{
	check_value(json_string(escapes[_i].text), escapes[_i].json);
}
END_TEST

/* A thousand characters in a text, and one in a key: what is written steers nothing, and means the same. */
static void check_means_the_same(uint32_t first)
{
	json_t *array = json_array();
	json_error_t why;
	json_t *again;
	char *text;

	for (uint32_t at = first; at < first + 1000 && at <= 0xffff; at++) {
		char escaped[64];
		json_t *object;

		if (at >= 0xd800 && at <= 0xdfff)
			continue;
		snprintf(escaped, sizeof(escaped), "{\"k\\u%04x\": \"v\\u%04x\"}", (unsigned)at,
			(unsigned)at);
		object = json_loads(escaped, JSON_ALLOW_NUL, &why);
		json_array_append_new(array, object != NULL ? object : json_string("no key"));
	}
	text = json_output_text(array, JSON_COMPACT);
	for (const char *at = text; *at != '\0'; at++)
		if (format_steering(at) != 0)
			ck_abort_msg("at %s", at);
	again = json_loads(text, JSON_ALLOW_NUL, &why);
	ck_assert(json_equal(again, array));
	json_decref(again);
	json_decref(array);
	free(text);
}

START_TEST(test_every_character)
{
	for (uint32_t first = 0; first <= 0xffff; first += 1000)
		check_means_the_same(first);
}
END_TEST

START_TEST(test_print)
{
	json_t *tree = json_pack("{s:s,s:[i]}", "a", "\x7f", "b", 1);
	struct lifecycle_error error = { .code = LIFECYCLE_ERROR_NONE };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_int_eq(json_output_print(tree, JSON_COMPACT, out, &error), 0);
	ck_assert_int_eq(json_output_print(NULL, JSON_COMPACT, out, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_NO_MEMORY);
	fclose(out);
	ck_assert_str_eq(text, "{\"a\":\"\\u007f\",\"b\":[1]}");
	free(text);
	json_decref(tree);
}
END_TEST

/* ---- an array ---- */

static const char *const arrays[] = {
	"[]",
	"[1]",
	"[\"a\\nb\", \"\"]",
	"[{}, [], null]",
	"[{\"a\": 1}]",
	"[{\"a\": {\"b\": [1, {\"c\": []}]}, \"d\": \"two\\nlines\"}, {\"e\": {}}, [[1], [2, 3]]]",
};

/* As if the whole had been there at once. */
START_TEST(test_array)
{
	json_t *whole = json_loads(arrays[_i], 0, NULL);
	char *expected = json_dumps(whole, JSON_INDENT(2));
	char *text = NULL;
	size_t size;
	struct json_output_array array = { .out = open_memstream(&text, &size) };
	size_t index;
	json_t *element;

	json_array_foreach(whole, index, element) {
		char *part = json_output_text(element, JSON_INDENT(2));

		json_output_array_add(&array, part);
		free(part);
	}
	json_output_array_end(&array);
	fclose(array.out);
	ck_assert_int_eq(text[size - 1], '\n');
	text[size - 1] = '\0';
	ck_assert_str_eq(text, expected);
	free(text);
	free(expected);
	json_decref(whole);
}
END_TEST

/* ---- a view ---- */

/* Of what is nested: 2000 deep, and as wide at its bottom as a record can be. */
static json_t *nested(int depth, int width)
{
	json_t *tree = json_array();

	for (int i = 0; i < width; i++)
		ck_assert_int_eq(json_array_append_new(tree, json_integer(1)), 0);
	while (--depth > 0)
		tree = depth % 2 == 0 ? json_pack("{s:o}", "k", tree) : json_pack("[o]", tree);
	return tree;
}

START_TEST(test_text_is_bounded_by_its_tree)
{
	json_t *deep = nested(2000, 28000);
	json_t *ours = nested(8, 2);
	char *compact = json_output_text(deep, JSON_COMPACT);
	char *indented = json_output_text(deep, JSON_INDENT(2));

	ck_assert_uint_lt(strlen(indented), 2 * strlen(compact));
	free(compact);
	free(indented);
	indented = json_output_text(ours, JSON_INDENT(2));
	ck_assert_ptr_nonnull(strchr(indented, '\n'));
	free(indented);
	json_decref(deep);
	json_decref(ours);
}
END_TEST

START_TEST(test_view)
{
	struct lifecycle_record *record =
		unit_record("{\"version\":1,\"id\":\"c1\","
			    "\"generation\":1,\"status\":\"stopped\",\"other\":[1]}");
	struct view view;
	json_t *tree;

	view_of(record, &view);
	ck_assert_int_eq(json_output_of_view(&view, &tree, NULL), 0);
	check_value(tree, "{\"version\":1,\"id\":\"c1\",\"generation\":1,\"status\":\"stopped\","
			  "\"create_error\":false,\"other\":[1],\"observed\":{"
			  "\"looked\":true,\"status\":\"stopped\",\"create_error\":false}}");
	lifecycle_record_free(record);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("json_output");
	TCase *tcase = tcase_create("json_output");

	tcase_add_test(tcase, test_values);
	tcase_add_test(tcase, test_set);
	tcase_add_loop_test(tcase, test_escapes, 0, COUNT(escapes));
	tcase_add_test(tcase, test_every_character);
	tcase_add_test(tcase, test_print);
	tcase_add_loop_test(tcase, test_array, 0, COUNT(arrays));
	tcase_add_test(tcase, test_text_is_bounded_by_its_tree);
	tcase_add_test(tcase, test_view);
	suite_add_tcase(suite, tcase);
	return suite;
}
