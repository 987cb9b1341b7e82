/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/data/states: valid/NAME.json is what a runtime wrote, NAME.expected what is to be understood of it;
 * invalid/NAME.json is not a state, NAME.error is what is said of it, a pattern.
 */
#include "base/defaults.h"
#include "oci_state.h"
#include "unit.h"

#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **valid, **invalid;
static int valid_count, invalid_count;

static int parse(const char *bytes, size_t length, struct oci_state **ret_state,
	struct lifecycle_error *error)
{
	/* without a byte more, for the sanitizers */
	char *exact = malloc(length > 0 ? length : 1);
	int result;

	memcpy(exact, bytes, length);
	result = oci_state_parse(exact, length, ret_state, error);
	free(exact);
	return result;
}

/* The text of the file that stands beside a case. */
static char *beside(const char *name, const char *extension)
{
	char path[256];

	snprintf(path, sizeof(path), "%.*s%s", (int)(strlen(name) - strlen(".json")), name,
		extension);
	return unit_data(path, NULL);
}

/* ---- valid ---- */

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static void check_text(const char *name, const char *found, const char *expected)
{
	ck_assert_msg(found && expected ? strcmp(found, expected) == 0 : found == expected,
		"%s: '%s', not '%s'", name, found ? found : "", expected ? expected : "");
}

static void check_state(const char *name, const struct oci_state *state, json_t *expected)
{
	json_t *pid = json_object_get(expected, "pid");
	const char *key;
	json_t *value;

	check_text(name, oci_state_id(state), text_of(expected, "id"));
	check_text(name, oci_state_status(state), text_of(expected, "status"));
	check_text(name, oci_state_bundle(state), text_of(expected, "bundle"));
	check_text(name, oci_state_version(state), text_of(expected, "ociVersion"));
	ck_assert_int_eq(oci_state_pid(state), pid ? json_integer_value(pid) : LIFECYCLE_UNKNOWN);
	check_text(name, oci_state_annotation(state, "no such"), NULL);
	json_object_foreach(json_object_get(expected, "annotations"), key, value)
		check_text(name, oci_state_annotation(state, key), json_string_value(value));
}

START_TEST(test_valid)
{
	char *expected_text = beside(valid[_i], ".expected");
	json_t *expected = json_loads(expected_text, 0, NULL);
	struct lifecycle_error error;
	struct oci_state *state;
	size_t length;
	char *text = unit_data(valid[_i], &length);

	ck_assert_ptr_nonnull(expected);
	ck_assert_msg(parse(text, length, &state, &error) == 0, "%s: %s", valid[_i], error.message);
	check_state(valid[_i], state, expected);
	oci_state_free(state);
	json_decref(expected);
	free(expected_text);
	free(text);
}
END_TEST

/* ---- invalid ---- */

START_TEST(test_invalid)
{
	struct oci_state *state = NULL;
	struct lifecycle_error error;
	size_t length;
	char *text = unit_data(invalid[_i], &length);
	char *expected = beside(invalid[_i], ".error");

	ck_assert_msg(parse(text, length, &state, &error) == -1, "%s", invalid[_i]);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_ptr_null(state);
	expected[strcspn(expected, "\n")] = '\0';
	ck_assert_msg(
		fnmatch(expected, error.message, 0) == 0, "%s: %s", invalid[_i], error.message);
	ck_assert_int_eq(parse(text, length, &state, NULL), -1);
	free(expected);
	free(text);
}
END_TEST

/* A state that is cut off anywhere is none. */
START_TEST(test_truncated)
{
	struct lifecycle_error error;
	struct oci_state *state;
	size_t length;
	char *text = unit_data("states/valid/runc-create-runtime.json", &length);

	for (size_t cut = 0; cut < length; cut++) {
		ck_assert_int_eq(parse(text, cut, &state, &error), -1);
		ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	}
	free(text);
}
END_TEST

START_TEST(test_too_long)
{
	const size_t limit = DEFAULTS_STATE_LIMIT;
	struct lifecycle_error error;
	struct oci_state *state;
	char *text = malloc(limit + 1);

	memset(text, ' ', limit + 1);
	memcpy(text, "{\"id\":\"c1\"}", 11);
	ck_assert_int_eq(parse(text, limit, &state, &error), 0);
	oci_state_free(state);
	ck_assert_int_eq(parse(text, limit + 1, &state, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_str_eq(error.message, "bad OCI state: it is over 1048576 bytes");
	free(text);
}
END_TEST

START_TEST(test_too_deep)
{
	static char text[1000000];
	struct lifecycle_error error;
	struct oci_state *state;

	memset(text, '[', sizeof(text));
	memcpy(text, "{\"id\":\"c1\",\"x\":", 15);
	ck_assert_int_eq(parse(text, sizeof(text), &state, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
}
END_TEST

START_TEST(test_free_of_nothing)
{
	oci_state_free(NULL);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("oci_state");
	TCase *tcase = tcase_create("oci_state");

	valid = unit_cases("states/valid", &valid_count);
	invalid = unit_cases("states/invalid", &invalid_count);
	tcase_add_loop_test(tcase, test_valid, 0, valid_count);
	tcase_add_loop_test(tcase, test_invalid, 0, invalid_count);
	tcase_add_test(tcase, test_truncated);
	tcase_add_test(tcase, test_too_long);
	tcase_add_test(tcase, test_too_deep);
	tcase_add_test(tcase, test_free_of_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
