/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a store: which containers there are, and what is in a directory. */
#include "store.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

static struct lifecycle_store *store; /* of one test, whose directory is the working directory */

static void set_up(void)
{
	const char *path = unit_enter_directory();

	ck_assert_int_eq(lifecycle_store_open(path, LIFECYCLE_ACCESS_WRITE, &store, NULL), 0);
}

static void tear_down(void)
{
	lifecycle_store_close(store);
}

static void make_named(const char *id, const char *name)
{
	char record[512];

	snprintf(record, sizeof(record), "{\"version\":1,\"id\":\"%s\",\"name\":\"%s\"}", id, name);
	unit_make_container(id, record);
}

static bool is_there(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* ---- load ---- */

static enum lifecycle_error_code load_code(const char *id)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_record *record = NULL;
	int result = lifecycle_store_load(store, id, &record, &error);

	ck_assert_int_eq(result, error.code == LIFECYCLE_ERROR_NONE ? 0 : -1);
	ck_assert_int_eq(record != NULL, result == 0);
	lifecycle_record_free(record);
	return error.code;
}

START_TEST(test_load)
{
	make_named("c1", "web");
	unit_make_container("empty", NULL);
	unit_make_container("bad", "garbage");
	unit_put("file", "{}");
	ck_assert_int_eq(symlink("c1", "link"), 0);
	ck_assert_int_eq(load_code("c1"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(load_code("none"), LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_int_eq(load_code("empty"), LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_int_eq(load_code("bad"), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(load_code("file"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(load_code("link"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert(!is_there("bad/" STORE_CORRUPT));
}
END_TEST

static void check_directory(const char *path, enum lifecycle_error_code code, const char *id)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_record *record = NULL;
	int result = lifecycle_load_directory(path, &record, &error);

	ck_assert_int_eq(error.code, code);
	ck_assert_int_eq(result, code == LIFECYCLE_ERROR_NONE ? 0 : -1);
	/* whose fault it is */
	if (result < 0)
		ck_assert_ptr_nonnull(strstr(error.message, path));
	if (record)
		ck_assert_pstr_eq(lifecycle_record_id(record), id);
	lifecycle_record_free(record);
}

/* nerdctl's do not say whose they are: the directory does. */
START_TEST(test_load_directory)
{
	unit_make_container(
		"c1", "{\"started_at\":\"2026-11-22T01:36:52Z\",\"create_error\":false}");
	make_named("c2", "web");
	ck_assert_int_eq(rename("c2", "renamed"), 0);
	ck_assert_int_eq(symlink("c1", "link"), 0);
	unit_make_container(".hidden", "{}");
	check_directory("c1", LIFECYCLE_ERROR_NONE, "c1");
	check_directory("./c1//", LIFECYCLE_ERROR_NONE, "c1");
	check_directory("link", LIFECYCLE_ERROR_NONE, "c1");
	check_directory("renamed", LIFECYCLE_ERROR_NONE, "c2");
	check_directory(".hidden", LIFECYCLE_ERROR_NONE, NULL);
	unit_make_container("bad", "garbage");
	check_directory("bad", LIFECYCLE_ERROR_CORRUPT, NULL);
	check_directory("none", LIFECYCLE_ERROR_NOT_FOUND, NULL);
	check_directory("c1/" STORE_RECORD, LIFECYCLE_ERROR_SYSTEM, NULL);
}
END_TEST

/* ---- list ---- */

static char *joined(const struct lifecycle_strings *strings)
{
	char *text = calloc(1, 4096);

	for (size_t i = 0; i < strings->count; i++) {
		strcat(text, i > 0 ? " " : "");
		strcat(text, strings->items[i]);
	}
	return text;
}

static void check_strings(struct lifecycle_strings *strings, const char *expected)
{
	char *text = joined(strings);

	ck_assert_str_eq(text, expected);
	lifecycle_strings_free(strings);
	ck_assert_uint_eq(strings->count, 0);
	free(text);
}

START_TEST(test_list)
{
	struct lifecycle_strings ids, foreign;

	ck_assert_int_eq(lifecycle_store_list(store, &ids, &foreign, NULL), 0);
	check_strings(&ids, "");
	check_strings(&foreign, "");
	unit_make_container("b", NULL);
	unit_make_container("a", "garbage");
	unit_make_container("c", "{}");
	unit_make_container("B", "{}");
	unit_make_container(".hidden", "{}");
	unit_make_container("not an id", "{}");
	unit_put("file", "");
	unit_put(STORE_SWEPT, "");
	ck_assert_int_eq(symlink("a", "link"), 0);
	ck_assert_int_eq(lifecycle_store_list(store, &ids, &foreign, NULL), 0);
	check_strings(&ids, "B a b c");
	check_strings(&foreign, ".hidden file link not an id");
	ck_assert_int_eq(lifecycle_store_list(store, &ids, NULL, NULL), 0);
	check_strings(&ids, "B a b c");
	lifecycle_strings_free(NULL);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("find");
	TCase *tcase = tcase_create("find");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_load);
	tcase_add_test(tcase, test_load_directory);
	tcase_add_test(tcase, test_list);
	suite_add_tcase(suite, tcase);
	return suite;
}
