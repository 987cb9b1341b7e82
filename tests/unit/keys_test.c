/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/keys.h"
#include "unit.h"

#include <stdlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct {
	const char *one;
	const char *other;
	bool same;
} pairs[] = {
	{ "started_at", "started_at", true },
	{ "started_at", "StartedAt", true },
	{ "started_at", "STARTEDAT", true },
	{ "started_at", "_started__at_", true },
	{ "id", "ID", true },
	{ "", "", true },
	{ "", "_", true },
	{ "started_at", "started", false },
	{ "started_at", "started_at_source", false },
	{ "started_at", "started-at", false },
	{ "started_at", "started at", false },
	{ "pid", "id", false },
	{ "id", "", false },
	{ "\xc3\xa9", "\xc3\x89", false },
	{ "\xc3\xa9", "\xc3\xa9", true },
};

START_TEST(test_match)
{
	ck_assert(keys_match(pairs[_i].one, pairs[_i].other) == pairs[_i].same);
	ck_assert(keys_match(pairs[_i].other, pairs[_i].one) == pairs[_i].same);
}
END_TEST

/* The number of the key that is found; 0 for none. */
static const struct {
	const char *name;
	int number;
} searches[] = {
	{ "started_at", 1 },
	{ "StartedAt", 1 },
	{ "PID", 2 },
	/* the very key goes before those that are alike */
	{ "a_b", 3 },
	{ "A_B", 4 },
	{ "ab", 5 },
	{ "AB", 3 },
	{ "none", 0 },
	{ "", 0 },
};

START_TEST(test_find)
{
	json_t *object = json_pack(
		"{s:i,s:i,s:i,s:i,s:i}", "started_at", 1, "pid", 2, "a_b", 3, "A_B", 4, "ab", 5);
	const json_t *value = keys_find(object, searches[_i].name);

	ck_assert_int_eq(json_integer_value(value), searches[_i].number);
	ck_assert((value == NULL) == (searches[_i].number == 0));
	json_decref(object);
}
END_TEST

START_TEST(test_find_in_what_is_no_object)
{
	json_t *array = json_array();

	ck_assert_ptr_null(keys_find(array, "id"));
	ck_assert_ptr_null(keys_find(NULL, "id"));
	json_decref(array);
}
END_TEST

static const struct {
	const char *key;
	const char *camel;
	const char *header;
} words[] = {
	{ "id", "ID", "ID" },
	{ "pid", "PID", "PID" },
	{ "name", "Name", "NAME" },
	{ "started_at", "StartedAt", "STARTED AT" },
	{ "started_at_source", "StartedAtSource", "STARTED AT SOURCE" },
	{ "pid_start_ticks", "PIDStartTicks", "PID START TICKS" },
	{ "boot_id", "BootID", "BOOT ID" },
	{ "oci_version", "OCIVersion", "OCI VERSION" },
	{ "ociVersion", "OciVersion", "OCIVERSION" },
	{ "idle", "Idle", "IDLE" },
	{ "_a__b_", "AB", " A  B " },
	{ "", "", "" },
};

static char *printed(void (*print)(const char *key, FILE *out), const char *key)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	print(key, out);
	fclose(out);
	return text;
}

START_TEST(test_print)
{
	char *camel = printed(keys_print_camel, words[_i].key);
	char *header = printed(keys_print_header, words[_i].key);

	ck_assert_str_eq(camel, words[_i].camel);
	ck_assert_str_eq(header, words[_i].header);
	free(camel);
	free(header);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("keys");
	TCase *tcase = tcase_create("keys");

	tcase_add_loop_test(tcase, test_match, 0, COUNT(pairs));
	tcase_add_loop_test(tcase, test_find, 0, COUNT(searches));
	tcase_add_test(tcase, test_find_in_what_is_no_object);
	tcase_add_loop_test(tcase, test_print, 0, COUNT(words));
	suite_add_tcase(suite, tcase);
	return suite;
}
