/* SPDX-License-Identifier: Apache-2.0 */
/* What goes of a record that is too long: each kind in its turn, the oldest of it first. */
#include "bound.h"
#include "libstate.h"
#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Of a kind that is long there are four, and three of them fit. */
#define OF_EACH 4
#define LONG    20000

enum kind { STDERR, HOOK, PREVIOUS, ERROR, UNKNOWN, TEXT, NOTHING };

static json_t *text_of(enum kind kind, enum kind long_one)
{
	size_t length = kind == long_one ? LONG : 10;
	char *text = calloc(1, length + 1);
	json_t *string;

	memset(text, 'x', length);
	string = json_string(text);
	free(text);
	return string;
}

/* The entries are numbered, the oldest is 0. */
static json_t *entries(enum kind long_one, enum kind kind, const char *key)
{
	json_t *array = json_array();

	for (int i = 0; i < OF_EACH; i++)
		json_array_append_new(
			array, json_pack("{s:i,s:o}", "pid", i, key, text_of(kind, long_one)));
	return array;
}

static json_t *record_with(enum kind long_one)
{
	json_t *json = json_pack("{s:i,s:s,s:s}", "version", 1, "id", "c1", "status", "running");
	json_t *errors = entries(long_one, ERROR, "message");
	size_t index;
	json_t *error;

	json_array_foreach(errors, index, error)
		json_object_set_new(error, "stderr", text_of(STDERR, long_one));
	json_object_set_new(json, "errors", errors);
	json_object_set_new(json, "hooks", entries(long_one, HOOK, "command"));
	json_object_set_new(json, "previous", entries(long_one, PREVIOUS, "instance"));
	json_object_set_new(json, "somebody's", text_of(UNKNOWN, long_one));
	json_object_set_new(json, "other", entries(long_one, UNKNOWN, "text"));
	json_object_set_new(
		json, "annotations", json_pack("{s:o}", "key", text_of(TEXT, long_one)));
	json_object_set_new(json, "oci_version", text_of(TEXT, long_one));
	json_object_set_new(json, "bundle", text_of(TEXT, long_one));
	json_object_set_new(json, "name", text_of(TEXT, long_one));
	json_object_set_new(json, "observed", json_pack("{s:b}", "looked", 1));
	return json;
}

/* ---- what is left, as words ---- */

static void add_array(const json_t *json, const char *key, char *words)
{
	const json_t *array = json_object_get(json, key);
	size_t index;
	json_t *entry;

	sprintf(words + strlen(words), "%s", key);
	json_array_foreach(array, index, entry)
		sprintf(words + strlen(words), " %d%s",
			(int)json_integer_value(json_object_get(entry, "pid")),
			json_object_get(entry, "stderr") != NULL ? "+" : "");
	strcat(words, "; ");
}

/* The numbers of the entries, "+" for an error that has its stderr; and the keys that are still there. */
static const char *left_of(const json_t *json, char words[256])
{
	static const char *const keys[] = { "somebody's", "other", "annotations", "oci_version",
		"bundle", "name" };

	words[0] = '\0';
	add_array(json, "errors", words);
	add_array(json, "hooks", words);
	add_array(json, "previous", words);
	for (int i = 0; i < COUNT(keys); i++)
		if (json_object_get(json, keys[i]) != NULL)
			sprintf(words + strlen(words), "%s ", keys[i]);
	return words;
}

static const struct {
	enum kind long_one;
	const char *left;
} cases[] = {
	{ NOTHING, "errors 0+ 1+ 2+ 3+; hooks 0 1 2 3; previous 0 1 2 3; "
		   "somebody's other annotations oci_version bundle name " },
	{ STDERR, "errors 0 1+ 2+ 3+; hooks 0 1 2 3; previous 0 1 2 3; "
		  "somebody's other annotations oci_version bundle name " },
	{ HOOK, "errors 0 1 2 3; hooks 1 2 3; previous 0 1 2 3; "
		"somebody's other annotations oci_version bundle name " },
	{ PREVIOUS, "errors 0 1 2 3; hooks 3; previous 1 2 3; "
		    "somebody's other annotations oci_version bundle name " },
	{ ERROR, "errors 1 2 3; hooks 3; previous; "
		 "somebody's other annotations oci_version bundle name " },
	{ UNKNOWN, "errors; hooks 3; previous; annotations oci_version bundle name " },
	{ TEXT, "errors; hooks 3; previous; oci_version bundle name " },
};

START_TEST(test_each_kind_in_its_turn)
{
	json_t *json = record_with(cases[_i].long_one);
	char words[256];

	bound_apply(json);
	ck_assert_str_eq(left_of(json, words), cases[_i].left);
	ck_assert_uint_le(json_dumpb(json, NULL, 0, JSON_COMPACT), LIFECYCLE_RECORD_LIMIT);
	ck_assert_str_eq(json_string_value(json_object_get(json, "id")), "c1");
	ck_assert_str_eq(json_string_value(json_object_get(json, "status")), "running");
	ck_assert(json_is_true(json_object_get(json_object_get(json, "observed"), "looked")));
	json_decref(json);
}
END_TEST

/* ---- the edges ---- */

/* A record whose text has so many bytes. */
static json_t *record_of_size(size_t size)
{
	json_t *json = json_pack("{s:s,s:s}", "id", "c1", "name", "");
	size_t length = size - json_dumpb(json, NULL, 0, JSON_COMPACT);
	char *name = calloc(1, length + 1);

	memset(name, 'n', length);
	json_object_set_new(json, "name", json_string(name));
	free(name);
	return json;
}

START_TEST(test_to_the_last_byte)
{
	json_t *fits = record_of_size(LIFECYCLE_RECORD_LIMIT);
	json_t *does_not = record_of_size(LIFECYCLE_RECORD_LIMIT + 1);

	bound_apply(fits);
	bound_apply(does_not);
	ck_assert_uint_eq(json_dumpb(fits, NULL, 0, JSON_COMPACT), LIFECYCLE_RECORD_LIMIT);
	ck_assert_ptr_null(json_object_get(does_not, "name"));
	json_decref(fits);
	json_decref(does_not);
}
END_TEST

/* The texts one after the other. */
START_TEST(test_the_order_of_texts)
{
	static const char *const lasts[] = { "annotations", "oci_version", "bundle", "name" };
	json_t *json = json_pack("{s:s}", "id", "c1");

	for (int i = 0; i < COUNT(lasts); i++)
		json_object_set_new(
			json, lasts[i], i <= _i ? text_of(TEXT, TEXT) : json_string("short"));
	/* what may not go has no room for any of the long ones */
	json_object_set_new(json, "instance", text_of(TEXT, TEXT));
	json_object_set_new(json, "boot_id", text_of(TEXT, TEXT));
	json_object_set_new(json, "init_exe", text_of(TEXT, TEXT));
	bound_apply(json);
	for (int i = 0; i < COUNT(lasts); i++)
		ck_assert_msg(
			(json_object_get(json, lasts[i]) != NULL) == (i > _i), "%s", lasts[i]);
	json_decref(json);
}
END_TEST

/* Of the hook that writes, only the keys that are not ours may go. */
START_TEST(test_the_newest_hook_stays)
{
	static const char *const keys[] = { "command", "status", "cost", "observed" };
	json_t *json = record_with(NOTHING);
	json_t *hook = json_array_get(json_object_get(json, "hooks"), OF_EACH - 1);
	char words[256];

	for (int i = 0; i < COUNT(keys); i++)
		json_object_set_new(hook, keys[i], text_of(TEXT, TEXT));
	bound_apply(json);
	ck_assert_str_eq(left_of(json, words),
		"errors; hooks 3; previous; annotations oci_version bundle name ");
	hook = json_array_get(json_object_get(json, "hooks"), 0);
	ck_assert_uint_eq(json_object_size(hook), 3);
	ck_assert_uint_eq(json_string_length(json_object_get(hook, "command")), LONG);
	ck_assert_uint_eq(json_string_length(json_object_get(hook, "status")), LONG);
	json_decref(json);
}
END_TEST

/* Such as a record of a stranger's, whose hooks are no list. */
START_TEST(test_no_list)
{
	json_t *json = record_with(TEXT);

	json_object_set_new(json, "hooks", json_string("none"));
	json_object_set_new(json, "errors", json_null());
	json_object_del(json, "previous");
	bound_apply(json);
	ck_assert_uint_le(json_dumpb(json, NULL, 0, JSON_COMPACT), LIFECYCLE_RECORD_LIMIT);
	ck_assert_ptr_null(json_object_get(json, "annotations"));
	json_decref(json);
}
END_TEST

/* What may go is gone, and the record is still too long: that is no reason to go on for ever. */
START_TEST(test_nothing_is_left_to_go)
{
	json_t *json = json_pack("{s:s}", "id", "c1");
	char *text = calloc(1, 2 * LIFECYCLE_RECORD_LIMIT);

	memset(text, 'x', 2 * LIFECYCLE_RECORD_LIMIT - 1);
	json_object_set_new(json, "id", json_string(text));
	bound_apply(json);
	ck_assert_uint_eq(json_object_size(json), 1);
	free(text);
	json_decref(json);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("bound");
	TCase *tcase = tcase_create("bound");

	tcase_add_loop_test(tcase, test_each_kind_in_its_turn, 0, COUNT(cases));
	tcase_add_test(tcase, test_to_the_last_byte);
	tcase_add_loop_test(tcase, test_the_order_of_texts, 0, 4);
	tcase_add_test(tcase, test_the_newest_hook_stays);
	tcase_add_test(tcase, test_no_list);
	tcase_add_test(tcase, test_nothing_is_left_to_go);
	suite_add_tcase(suite, tcase);
	return suite;
}
