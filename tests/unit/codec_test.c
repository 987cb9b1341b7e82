/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/data/records: kept/NAME.json is read and written again as it is, read/NAME.json as NAME.expected is;
 * invalid/NAME.json is no record, NAME.error is what is said of it, a pattern.
 */
#include "codec.h"
#include "unit.h"

#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

static char **kept, **read_ones, **invalid;
static int kept_count, read_count, invalid_count;

static int decode(const char *bytes, size_t length, struct lifecycle_record **ret_record,
	struct lifecycle_error *error)
{
	/* without a byte more, for the sanitizers */
	char *exact = malloc(length > 0 ? length : 1);
	int result;

	memcpy(exact, bytes, length);
	result = lifecycle_record_decode(exact, length, ret_record, error);
	free(exact);
	return result;
}

static struct lifecycle_record *decoded(const char *text)
{
	struct lifecycle_record *record = NULL;
	struct lifecycle_error error;

	ck_assert_msg(
		decode(text, strlen(text), &record, &error) == 0, "%s: %s", text, error.message);
	return record;
}

static char *encoded(
	const struct lifecycle_record *record, const struct lifecycle_observed *observed)
{
	struct lifecycle_error error;
	size_t length;
	char *text;

	ck_assert_msg(lifecycle_record_encode(record, observed, &text, &length, &error) == 0, "%s",
		error.message);
	ck_assert_uint_eq(strlen(text), length);
	ck_assert_uint_le(length, LIFECYCLE_RECORD_LIMIT);
	ck_assert_ptr_null(strchr(text, '\n'));
	return text;
}

static json_t *parsed(const char *text)
{
	json_error_t why;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &why);

	ck_assert_msg(json != NULL, "%s", why.text);
	return json;
}

static void check_json(const char *name, const char *found_text, const char *expected_text)
{
	json_t *found = parsed(found_text);
	json_t *expected = parsed(expected_text);

	ck_assert_msg(json_equal(found, expected), "%s: %s", name, found_text);
	json_decref(found);
	json_decref(expected);
}

/* ---- what is read, and written again ---- */

static char *beside(const char *name, const char *extension)
{
	char path[256];

	snprintf(path, sizeof(path), "%.*s%s", (int)(strlen(name) - strlen(".json")), name,
		extension);
	return unit_data(path, NULL);
}

static void check_rewritten(const char *name, const char *text, const char *expected)
{
	struct lifecycle_record *record = decoded(text);
	char *written = encoded(record, NULL);
	struct lifecycle_record *again = decoded(written);
	char *rewritten = encoded(again, NULL);

	check_json(name, written, expected);
	ck_assert_str_eq(written, rewritten);
	lifecycle_record_free(record);
	lifecycle_record_free(again);
	free(written);
	free(rewritten);
}

START_TEST(test_kept)
{
	char *text = unit_data(kept[_i], NULL);

	check_rewritten(kept[_i], text, text);
	free(text);
}
END_TEST

START_TEST(test_read)
{
	char *text = unit_data(read_ones[_i], NULL);
	char *expected = beside(read_ones[_i], ".expected");

	check_rewritten(read_ones[_i], text, expected);
	free(text);
	free(expected);
}
END_TEST

START_TEST(test_invalid)
{
	struct lifecycle_record *record = NULL;
	struct lifecycle_error error;
	size_t length;
	char *text = unit_data(invalid[_i], &length);
	char *expected = beside(invalid[_i], ".error");

	ck_assert_msg(decode(text, length, &record, &error) == -1, "%s", invalid[_i]);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_CORRUPT);
	ck_assert_ptr_null(record);
	expected[strcspn(expected, "\n")] = '\0';
	ck_assert_msg(
		fnmatch(expected, error.message, 0) == 0, "%s: %s", invalid[_i], error.message);
	ck_assert_int_eq(decode(text, length, &record, NULL), -1);
	free(text);
	free(expected);
}
END_TEST

START_TEST(test_truncated)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;
	size_t length;
	char *text = unit_data("records/kept/full.json", &length);

	while (text[length - 1] != '}')
		length--;
	for (size_t cut = 0; cut < length; cut++) {
		ck_assert_int_eq(decode(text, cut, &record, &error), -1);
		ck_assert_int_eq(error.code, LIFECYCLE_ERROR_CORRUPT);
	}
	free(text);
}
END_TEST

START_TEST(test_values)
{
	char *text = unit_data("records/kept/full.json", NULL);
	struct lifecycle_record *record = decoded(text);
	struct lifecycle_generation current, previous;
	struct lifecycle_failure failure;
	struct lifecycle_hook hook;

	current = *lifecycle_record_current(record);
	previous = *lifecycle_record_previous(record, 0);
	hook = *lifecycle_record_hook(record, 0);
	failure = *lifecycle_record_error(record, 0);
	ck_assert_str_eq(lifecycle_record_id(record), "c1");
	ck_assert_str_eq(lifecycle_record_annotation(record, "com.example/team"), "blue");
	ck_assert_int_eq(current.generation, 2);
	ck_assert_int_eq(current.status, LIFECYCLE_STATUS_STOPPED);
	ck_assert_int_eq(current.reason, LIFECYCLE_REASON_EXITED);
	ck_assert_int_eq(current.started_at_source, LIFECYCLE_SOURCE_POSTSTART);
	ck_assert_int_eq(current.started_at, INT64_C(1795311412553480239));
	ck_assert_int_eq(current.finished_at_source, LIFECYCLE_SOURCE_EXIT_FILE);
	ck_assert_int_eq(current.exit_code, 137);
	ck_assert_int_eq(record->current.pid_start_ticks, 123456);
	ck_assert_int_eq(record->current.pid_ns, INT64_C(4026531836));
	ck_assert_int_eq(previous.reason, LIFECYCLE_REASON_CREATE_FAILED);
	ck_assert(previous.create_error && !current.create_error);
	ck_assert_int_eq(hook.point, LIFECYCLE_POINT_CREATE_RUNTIME);
	ck_assert_int_eq(hook.duration_ns, 15000000);
	ck_assert_str_eq(hook.command, "/opt/net");
	ck_assert_int_eq(failure.exit_code, 7);
	ck_assert_str_eq(failure.stderr_text, "no such network\n");
	ck_assert_int_eq(failure.signal, LIFECYCLE_UNKNOWN);
	lifecycle_record_free(record);
	free(text);
}
END_TEST

START_TEST(test_observed)
{
	const struct lifecycle_observed observed = { sizeof(observed), true,
		LIFECYCLE_STATUS_STOPPED, LIFECYCLE_REASON_LOST_REBOOT, true, 1,
		LIFECYCLE_SOURCE_TOLD, LIFECYCLE_UNKNOWN, 137, 9 };
	const struct lifecycle_observed nothing = { sizeof(nothing), false, LIFECYCLE_STATUS_NONE,
		LIFECYCLE_REASON_NONE, false, LIFECYCLE_UNKNOWN, LIFECYCLE_SOURCE_NONE,
		LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN };
	struct lifecycle_record *record = decoded("{\"create_error\":true}");
	char *text = encoded(record, &observed);
	const struct lifecycle_observed sizeless = { .looked = true };
	struct lifecycle_error error;
	size_t length;

	ck_assert_str_eq(text,
		"{\"create_error\":true,\"observed\":{\"looked\":true,\"status\":\"stopped\","
		"\"reason\":\"lost_reboot\",\"create_error\":true,"
		"\"started_at\":\"1970-01-01T00:00:00.000000001Z\",\"started_at_source\":\"told\","
		"\"exit_code\":137,\"exit_signal\":9}}");
	free(text);
	text = encoded(record, &nothing);
	ck_assert_str_eq(text,
		"{\"create_error\":true,\"observed\":{\"looked\":false,\"create_error\":false}}");
	free(text);
	ck_assert_int_eq(lifecycle_record_encode(record, &sizeless, &text, &length, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	lifecycle_record_free(record);
}
END_TEST

/* ---- the bound: 64 KiB, what goes first, what goes last ---- */

static void set(const char **slot, char byte, size_t length)
{
	char *text = calloc(1, length + 1);

	memset(text, byte, length);
	ck_assert_int_eq(record_set_text(slot, text, NULL), 0);
	free(text);
}

/* Each list full, and each text of it so long. */
static struct lifecycle_record *record_of(size_t hooks, size_t failures, size_t generations)
{
	struct lifecycle_record *record = decoded("{\"version\":1,\"id\":\"c1\",\"more\":[1]}");

	for (int i = 0; i < RECORD_MAX_HOOKS; i++) {
		struct lifecycle_hook *hook = record_array_add(&record_hooks, record);

		hook->point = LIFECYCLE_POINT_CREATE_RUNTIME;
		hook->time = (i + 1) * SECOND;
		set(&hook->status, 'h', hooks);
	}
	for (int i = 0; i < RECORD_MAX_ERRORS; i++) {
		struct lifecycle_failure *failure = record_array_add(&record_errors, record);

		failure->point = LIFECYCLE_POINT_CREATE_RUNTIME;
		failure->time = (i + 1) * SECOND;
		set(&failure->message, 'm', 10);
		set(&failure->stderr_text, 's', failures);
	}
	for (int i = 0; i < RECORD_MAX_PREVIOUS; i++) {
		struct lifecycle_generation *generation =
			record_array_add(&record_previous, record);

		generation->generation = i + 1;
		set(&generation->instance, 'p', generations);
	}
	return record;
}

struct left {
	size_t texts;
	size_t hooks;
	size_t errors;
	size_t previous;
	int64_t first_text; /* which, from 1, is the oldest that still has its stderr */
	int64_t first_hook;
	int64_t first_error;
	int64_t first_previous;
};

static void count_errors(const struct lifecycle_record *record, struct left *left)
{
	for (size_t i = lifecycle_record_error_count(record); i-- > 0;) {
		struct lifecycle_failure failure;

		failure = *lifecycle_record_error(record, i);
		left->first_error = failure.time / SECOND;
		if (failure.stderr_text) {
			left->texts++;
			left->first_text = failure.time / SECOND;
		}
	}
}

/* What is left of a record when it is written and read again. */
static struct left left_of(struct lifecycle_record *record)
{
	char *text = encoded(record, NULL);
	struct lifecycle_record *again = decoded(text);
	struct left left = { .hooks = lifecycle_record_hook_count(again),
		.errors = lifecycle_record_error_count(again),
		.previous = lifecycle_record_previous_count(again) };
	struct lifecycle_generation generation;
	struct lifecycle_hook hook;

	count_errors(again, &left);
	if (left.hooks > 0) {
		hook = *lifecycle_record_hook(again, 0);
		left.first_hook = hook.time / SECOND;
	}
	if (left.previous > 0) {
		generation = *lifecycle_record_previous(again, 0);
		left.first_previous = generation.generation;
	}
	ck_assert_str_eq(lifecycle_record_id(again), "c1");
	lifecycle_record_free(again);
	lifecycle_record_free(record);
	free(text);
	return left;
}

START_TEST(test_bound_is_not_reached)
{
	struct left left = left_of(record_of(10, 100, 36));

	ck_assert_uint_eq(left.texts, RECORD_MAX_ERRORS);
	ck_assert_uint_eq(left.hooks, RECORD_MAX_HOOKS);
	ck_assert_uint_eq(left.previous, RECORD_MAX_PREVIOUS);
}
END_TEST

START_TEST(test_stderr_goes_first)
{
	struct left left = left_of(record_of(10, 4096, 36));

	ck_assert_uint_gt(left.texts, 10);
	ck_assert_uint_lt(left.texts, RECORD_MAX_ERRORS);
	ck_assert_int_eq(left.first_text, (int64_t)(RECORD_MAX_ERRORS - left.texts) + 1);
	ck_assert_uint_eq(left.errors, RECORD_MAX_ERRORS);
	ck_assert_uint_eq(left.hooks, RECORD_MAX_HOOKS);
	ck_assert_uint_eq(left.previous, RECORD_MAX_PREVIOUS);
}
END_TEST

START_TEST(test_hooks_go_second)
{
	struct left left = left_of(record_of(4000, 100, 36));

	ck_assert_uint_eq(left.texts, 0);
	ck_assert_uint_eq(left.errors, RECORD_MAX_ERRORS);
	ck_assert_uint_gt(left.hooks, 10);
	ck_assert_uint_lt(left.hooks, RECORD_MAX_HOOKS);
	ck_assert_int_eq(left.first_hook, (int64_t)(RECORD_MAX_HOOKS - left.hooks) + 1);
	ck_assert_uint_eq(left.previous, RECORD_MAX_PREVIOUS);
}
END_TEST

START_TEST(test_previous_go_third)
{
	struct lifecycle_record *record = record_of(10, 10, 4096);
	struct left left;

	/* as six bytes each */
	for (size_t i = 0; i < RECORD_MAX_PREVIOUS; i++)
		set(&record->previous[i].is.instance, '\1', 2000);
	left = left_of(record);
	ck_assert_uint_eq(left.texts, 0);
	ck_assert_uint_eq(left.hooks, 1);
	ck_assert_int_eq(left.first_hook, RECORD_MAX_HOOKS);
	ck_assert_uint_eq(left.errors, RECORD_MAX_ERRORS);
	ck_assert_uint_gt(left.previous, 2);
	ck_assert_uint_lt(left.previous, RECORD_MAX_PREVIOUS);
	ck_assert_int_eq(left.first_previous, (int64_t)(RECORD_MAX_PREVIOUS - left.previous) + 1);
}
END_TEST

START_TEST(test_errors_go_fourth)
{
	struct lifecycle_record *record = record_of(10, 10, 36);
	struct left left;

	for (size_t i = 0; i < RECORD_MAX_ERRORS; i++)
		set(&record->errors[i].is.message, '\1', 1000);
	left = left_of(record);
	ck_assert_uint_eq(left.hooks, 1);
	ck_assert_int_eq(left.first_hook, RECORD_MAX_HOOKS);
	ck_assert_uint_eq(left.previous, 0);
	ck_assert_uint_gt(left.errors, 8);
	ck_assert_uint_lt(left.errors, RECORD_MAX_ERRORS);
	ck_assert_int_eq(left.first_error, (int64_t)(RECORD_MAX_ERRORS - left.errors) + 1);
}
END_TEST

/* What nobody bounds: keys of somebody else's, ten thousand of them. */
START_TEST(test_unknown_keys_go_next)
{
	json_t *json = json_pack("{s:i,s:s,s:s}", "version", 1, "id", "c1", "name", "web");
	struct lifecycle_record *record;
	char key[32];
	char *text;

	for (int i = 0; i < 10000; i++) {
		snprintf(key, sizeof(key), "somebody's key %d", i);
		json_object_set_new(json, key, json_string("and its value"));
	}
	text = json_dumps(json, 0);
	record = decoded(text);
	free(text);
	text = encoded(record, NULL);
	check_json("unknown keys", text,
		"{\"version\":1,\"id\":\"c1\",\"name\":\"web\",\"create_error\":false}");
	free(text);
	json_decref(json);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_texts_go_last)
{
	struct lifecycle_record *record = record_of(10, 10, 36);
	char *text;

	set(&record->name, '\1', 4096);
	set(&record->bundle, '\1', 4096);
	set(&record->oci_version, '\1', 4096);
	for (int i = 0; i < DEFAULTS_MAX_ANNOTATIONS; i++) {
		const char key[] = { (char)('a' + i), '\0' };

		ck_assert_int_eq(record_set_annotation(record, key, record->name, NULL), 0);
	}
	record->current.generation = 1;
	record->current.status = LIFECYCLE_STATUS_RUNNING;
	text = encoded(record, NULL);
	lifecycle_record_free(record);
	record = decoded(text);
	ck_assert_uint_eq(record->annotation_count, 0);
	ck_assert_ptr_null(record->oci_version);
	ck_assert_uint_eq(strlen(record->name), 4096);
	ck_assert_uint_eq(strlen(record->bundle), 4096);
	ck_assert_int_eq(record->current.status, LIFECYCLE_STATUS_RUNNING);
	lifecycle_record_free(record);
	free(text);
}
END_TEST

/* A text of the file that is too long is cut when it is read. */
START_TEST(test_text_of_the_file_is_cut)
{
	char *name = calloc(1, 10001);
	struct lifecycle_record *record;
	json_t *json;
	char *text;

	memset(name, 'n', 10000);
	json = json_pack("{s:s}", "name", name);
	text = json_dumps(json, 0);
	record = decoded(text);
	ck_assert_uint_eq(strlen(lifecycle_record_name(record)), DEFAULTS_TEXT_LIMIT);
	lifecycle_record_free(record);
	json_decref(json);
	free(text);
	free(name);
}
END_TEST

static void add_bound_tests(TCase *tcase)
{
	tcase_add_test(tcase, test_bound_is_not_reached);
	tcase_add_test(tcase, test_stderr_goes_first);
	tcase_add_test(tcase, test_hooks_go_second);
	tcase_add_test(tcase, test_previous_go_third);
	tcase_add_test(tcase, test_errors_go_fourth);
	tcase_add_test(tcase, test_unknown_keys_go_next);
	tcase_add_test(tcase, test_texts_go_last);
	tcase_add_test(tcase, test_text_of_the_file_is_cut);
}

Suite *unit_suite(void)
{
	Suite *suite = suite_create("codec");
	TCase *tcase = tcase_create("codec");

	kept = unit_cases("records/kept", &kept_count);
	read_ones = unit_cases("records/read", &read_count);
	invalid = unit_cases("records/invalid", &invalid_count);
	tcase_add_loop_test(tcase, test_kept, 0, kept_count);
	tcase_add_loop_test(tcase, test_read, 0, read_count);
	tcase_add_loop_test(tcase, test_invalid, 0, invalid_count);
	tcase_add_test(tcase, test_truncated);
	tcase_add_test(tcase, test_values);
	tcase_add_test(tcase, test_observed);
	add_bound_tests(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
