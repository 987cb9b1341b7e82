/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"
#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- lists ---- */

static struct lifecycle_record *record_of_hooks(int count)
{
	struct lifecycle_record *record = record_new();

	for (int i = 0; i < count; i++) {
		struct lifecycle_hook *hook = record_array_add(&record_hooks, record);
		char status[24];

		snprintf(status, sizeof(status), "status %d", i);
		hook->time = i;
		ck_assert_int_eq(record_set_text(&hook->status, status, NULL), 0);
	}
	return record;
}

START_TEST(test_new_record_knows_nothing)
{
	struct lifecycle_record *record = record_new();
	struct lifecycle_generation current;

	current = *lifecycle_record_current(record);
	ck_assert_int_eq(record->version, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(current.generation, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(current.pid, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(current.started_at, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(current.exit_code, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(current.status, LIFECYCLE_STATUS_NONE);
	ck_assert(!current.create_error);
	ck_assert_ptr_null(lifecycle_record_id(record));
	ck_assert_ptr_null(lifecycle_record_name(record));
	ck_assert_ptr_null(lifecycle_record_bundle(record));
	ck_assert_ptr_null(lifecycle_record_oci_version(record));
	ck_assert_ptr_null(lifecycle_record_annotation(record, "a"));
	ck_assert_uint_eq(lifecycle_record_hook_count(record), 0);
	ck_assert_uint_eq(lifecycle_record_error_count(record), 0);
	ck_assert_uint_eq(lifecycle_record_previous_count(record), 0);
	ck_assert(!lifecycle_record_recovered(record));
	lifecycle_record_free(record);
	lifecycle_record_free(NULL);
}
END_TEST

START_TEST(test_full_list_drops_the_oldest)
{
	struct lifecycle_record *record = record_of_hooks(RECORD_MAX_HOOKS + 3);
	struct lifecycle_hook hook;

	ck_assert_uint_eq(lifecycle_record_hook_count(record), RECORD_MAX_HOOKS);
	hook = *lifecycle_record_hook(record, 0);
	ck_assert_int_eq(hook.time, 3);
	ck_assert_str_eq(hook.status, "status 3");
	ck_assert_int_eq(hook.pid, LIFECYCLE_UNKNOWN);
	hook = *lifecycle_record_hook(record, RECORD_MAX_HOOKS - 1);
	ck_assert_int_eq(hook.time, RECORD_MAX_HOOKS + 2);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_drop_oldest)
{
	struct lifecycle_record *record = record_of_hooks(2);
	struct lifecycle_hook hook;

	record_array_drop_oldest(&record_hooks, record);
	ck_assert_uint_eq(record_array_count(&record_hooks, record), 1);
	hook = *lifecycle_record_hook(record, 0);
	ck_assert_str_eq(hook.status, "status 1");
	record_array_drop_oldest(&record_hooks, record);
	record_array_drop_oldest(&record_hooks, record);
	ck_assert_uint_eq(record_array_count(&record_hooks, record), 0);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_each_list_has_its_length)
{
	struct lifecycle_record *record = record_new();

	for (int i = 0; i < 100; i++) {
		record_array_add(&record_hooks, record);
		record_array_add(&record_errors, record);
		record_array_add(&record_previous, record);
	}
	ck_assert_uint_eq(lifecycle_record_hook_count(record), 32);
	ck_assert_uint_eq(lifecycle_record_error_count(record), 16);
	ck_assert_uint_eq(lifecycle_record_previous_count(record), 8);
	lifecycle_record_free(record);
}
END_TEST

/* ---- retiring a generation ---- */

START_TEST(test_retire)
{
	struct lifecycle_record *record = record_of_hooks(2);
	struct lifecycle_generation was;

	ck_assert_int_eq(record_set_text(&record->id, "c1", NULL), 0);
	ck_assert_int_eq(record_set_text(&record->name, "web", NULL), 0);
	ck_assert_int_eq(record_set_text(&record->current.boot_id, "boot", NULL), 0);
	ck_assert_int_eq(record_set_text(&record->current.init_exe, "1:2", NULL), 0);
	ck_assert_int_eq(record_set_text(&record->current.instance, "one", NULL), 0);
	ck_assert_int_eq(record_set_annotation(record, "k", "v", NULL), 0);
	record->current.generation = 4;
	record->current.pid = 100;
	record->current.create_error = true;
	record->current.pid_start_ticks = 5;
	record->current.pid_ns = 6;
	record->recovered = true;
	record_array_add(&record_errors, record);
	record_retire_generation(record);

	was = *lifecycle_record_previous(record, 0);
	ck_assert_int_eq(was.generation, 4);
	ck_assert_int_eq(was.pid, 100);
	ck_assert_str_eq(was.instance, "one");
	ck_assert(was.create_error);
	/* the container's own */
	ck_assert_str_eq(lifecycle_record_id(record), "c1");
	ck_assert_str_eq(lifecycle_record_name(record), "web");
	ck_assert_str_eq(lifecycle_record_annotation(record, "k"), "v");
	ck_assert(lifecycle_record_recovered(record));
	/* the generation's */
	was = *lifecycle_record_current(record);
	ck_assert_int_eq(was.generation, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(was.pid, LIFECYCLE_UNKNOWN);
	ck_assert(!was.create_error);
	ck_assert_ptr_null(was.instance);
	ck_assert_int_eq(record->current.pid_start_ticks, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(record->current.pid_ns, LIFECYCLE_UNKNOWN);
	ck_assert_ptr_null(record->current.boot_id);
	ck_assert_ptr_null(record->current.init_exe);
	ck_assert_uint_eq(lifecycle_record_hook_count(record), 0);
	ck_assert_uint_eq(lifecycle_record_error_count(record), 0);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_ninth_retired_drops_the_first)
{
	struct lifecycle_record *record = record_new();
	struct lifecycle_generation was;

	for (int i = 1; i <= RECORD_MAX_PREVIOUS + 1; i++) {
		record->current.generation = i;
		record_retire_generation(record);
	}
	ck_assert_uint_eq(lifecycle_record_previous_count(record), RECORD_MAX_PREVIOUS);
	was = *lifecycle_record_previous(record, 0);
	ck_assert_int_eq(was.generation, 2);
	was = *lifecycle_record_previous(record, RECORD_MAX_PREVIOUS - 1);
	ck_assert_int_eq(was.generation, RECORD_MAX_PREVIOUS + 1);
	lifecycle_record_free(record);
}
END_TEST

/* ---- texts and annotations ---- */

START_TEST(test_text_is_mended_and_cut)
{
	struct lifecycle_record *record = record_new();
	char longer[DEFAULTS_TEXT_LIMIT + 10];

	ck_assert_int_eq(record_set_text(&record->name, "a\xff", NULL), 0);
	ck_assert_str_eq(record->name, "a\xef\xbf\xbd");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_int_eq(record_set_text(&record->name, longer, NULL), 0);
	ck_assert_uint_eq(strlen(record->name), DEFAULTS_TEXT_LIMIT);
	ck_assert_int_eq(record_set_text(&record->name, NULL, NULL), 0);
	ck_assert_ptr_null(record->name);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_annotations)
{
	struct lifecycle_record *record = record_new();
	char key[16];

	for (int i = 0; i <= DEFAULTS_MAX_ANNOTATIONS; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		ck_assert_int_eq(record_set_annotation(record, key, "first", NULL), 0);
	}
	ck_assert_uint_eq(record->annotation_count, DEFAULTS_MAX_ANNOTATIONS);
	ck_assert_ptr_null(lifecycle_record_annotation(record, key));
	ck_assert_int_eq(record_set_annotation(record, "key 3", "second", NULL), 0);
	ck_assert_str_eq(lifecycle_record_annotation(record, "key 3"), "second");
	ck_assert_str_eq(lifecycle_record_annotation(record, "key 4"), "first");
	ck_assert_uint_eq(record->annotation_count, DEFAULTS_MAX_ANNOTATIONS);
	lifecycle_record_free(record);
}
END_TEST

static size_t place_of_key(const char *key)
{
	size_t place = 0;

	while (lifecycle_record_key(place) != NULL && strcmp(lifecycle_record_key(place), key) != 0)
		place++;
	return place;
}

/* They are those of a full record, in their order. */
START_TEST(test_keys)
{
	char *text = unit_data("records/kept/full.json", NULL);
	json_t *json = json_loads(text, 0, NULL);
	size_t next = 0;
	size_t count = 0;
	const char *key;
	json_t *value;

	for (; lifecycle_record_key(count) != NULL; count++)
		ck_assert_uint_eq(place_of_key(lifecycle_record_key(count)), count);
	json_object_foreach(json, key, value) {
		size_t place = place_of_key(key);

		/* a full record has some that we do not know, too */
		if (place == count)
			continue;
		ck_assert_uint_eq(place, next);
		next++;
	}
	ck_assert_uint_eq(next, count);
	ck_assert_ptr_null(lifecycle_record_key(count + 1));
	json_decref(json);
	free(text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *tcase = tcase_create("record");

	tcase_add_test(tcase, test_new_record_knows_nothing);
	tcase_add_test(tcase, test_full_list_drops_the_oldest);
	tcase_add_test(tcase, test_drop_oldest);
	tcase_add_test(tcase, test_each_list_has_its_length);
	tcase_add_test(tcase, test_retire);
	tcase_add_test(tcase, test_ninth_retired_drops_the_first);
	tcase_add_test(tcase, test_text_is_mended_and_cut);
	tcase_add_test(tcase, test_annotations);
	tcase_add_test(tcase, test_keys);
	suite_add_tcase(suite, tcase);
	return suite;
}
