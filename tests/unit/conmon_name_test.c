/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/data/conmon.json: command lines of conmon, and what is to be understood of them. "cut" is how many bytes are read, if not
 * all. Ancestors are looked for in tests/integration/query_names.bats.
 */
#include "conmon_name.h"
#include "unit.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *cases;

/* As in /proc/PID/cmdline: each word ends with a NUL. */
static size_t write_command_line(json_t *argv, char buffer[CONMON_NAME_SIZE])
{
	size_t length = 0;
	size_t index;
	json_t *word;

	json_array_foreach(argv, index, word) {
		memcpy(buffer + length, json_string_value(word), json_string_length(word) + 1);
		length += json_string_length(word) + 1;
	}
	return length;
}

START_TEST(test_case)
{
	const json_t *one = json_array_get(cases, (size_t)_i);
	const json_t *cut = json_object_get(one, "cut");
	const char *expected = json_string_value(json_object_get(one, "name"));
	char buffer[CONMON_NAME_SIZE];
	size_t length = write_command_line(json_object_get(one, "argv"), buffer);
	char *text;
	const char *name;

	if (cut != NULL)
		length = (size_t)json_integer_value(cut);
	/* without a byte more, for the sanitizers */
	text = malloc(length > 0 ? length : 1);
	memcpy(text, buffer, length);
	name = conmon_name_parse(text, length, "0123abc");
	ck_assert_msg(name == expected ||
			      (name != NULL && expected != NULL && strcmp(name, expected) == 0),
		"%s: '%s'", json_string_value(json_object_get(one, "case")), name);
	free(text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("conmon_name");
	TCase *tcase = tcase_create("conmon_name");
	char *text = unit_data("conmon.json", NULL);

	cases = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	tcase_add_loop_test(tcase, test_case, 0, (int)json_array_size(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
