/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of strings, and which entries of a directory are containers: readdir() can be one that does not tell the kind. */
#include "list.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the directory ---- */

struct dirent *__real_readdir(DIR *directory);
struct dirent *__wrap_readdir(DIR *directory);

static bool tells_no_kind;
static int fails_after = -1; /* so many entries; never if it is below 0 */

struct dirent *__wrap_readdir(DIR *directory)
{
	struct dirent *entry;

	if (fails_after == 0) {
		errno = EIO;
		return NULL;
	}
	fails_after -= fails_after > 0;
	entry = __real_readdir(directory);
	if (entry != NULL && tells_no_kind)
		entry->d_type = DT_UNKNOWN;
	return entry;
}

/* ---- strings ---- */

#define MANY 1025

START_TEST(test_add)
{
	struct lifecycle_strings strings = { 0 };
	char text[16];

	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "%d", i);
		ck_assert_int_eq(list_add(&strings, text, NULL), 0);
	}
	ck_assert_uint_eq(strings.count, MANY);
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(atoi(strings.items[i]), i);
	lifecycle_strings_free(&strings);
	ck_assert_uint_eq(strings.count, 0);
	ck_assert_ptr_null(strings.items);
	/* what is empty can be used, and freed, again */
	ck_assert_int_eq(list_add(&strings, "", NULL), 0);
	ck_assert_str_eq(strings.items[0], "");
	lifecycle_strings_free(&strings);
	lifecycle_strings_free(&strings);
	lifecycle_strings_free(NULL);
}
END_TEST

/* ---- a store ---- */

static struct lifecycle_store *store;

/* In this order, so that it is not the directory's that comes out. */
static void set_up(void)
{
	static const char *const directories[] = { "c10", "c9", "C1", "_x", "a b", ".hidden",
		"lower" };
	const char *path = unit_enter_directory();

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		ck_assert_int_eq(mkdir(directories[i], 0700), 0);
	ck_assert_int_eq(mknod("file", S_IFREG | 0600, 0), 0);
	ck_assert_int_eq(mknod(LIFECYCLE_SWEPT_FILE, S_IFREG | 0600, 0), 0);
	ck_assert_int_eq(symlink("c9", "link"), 0);
	ck_assert_int_eq(lifecycle_store_open(path, LIFECYCLE_ACCESS_READ, &store, NULL), 0);
}

static void tear_down(void)
{
	lifecycle_store_close(store);
}

static char *joined(const struct lifecycle_strings *strings, char text[256])
{
	text[0] = '\0';
	for (size_t i = 0; i < strings->count; i++)
		sprintf(text + strlen(text), "%s%s", i > 0 ? "|" : "", strings->items[i]);
	return text;
}

START_TEST(test_list)
{
	struct lifecycle_strings ids, foreign;
	char text[256];

	tells_no_kind = _i == 1;
	ck_assert_int_eq(lifecycle_store_list(store, &ids, &foreign, NULL), 0);
	ck_assert_str_eq(joined(&ids, text), "C1|_x|c10|c9|lower");
	ck_assert_str_eq(joined(&foreign, text), ".hidden|a b|file|link");
	lifecycle_strings_free(&ids);
	lifecycle_strings_free(&foreign);
	/* the foreign are not asked for; and again from the beginning */
	ck_assert_int_eq(lifecycle_store_list(store, &ids, NULL, NULL), 0);
	ck_assert_uint_eq(ids.count, 5);
	lifecycle_strings_free(&ids);
}
END_TEST

START_TEST(test_failure)
{
	struct lifecycle_strings ids = { .count = 99 };
	struct lifecycle_strings foreign = { .count = 99 };
	struct lifecycle_error error;

	fails_after = _i * 5;
	ck_assert_int_eq(lifecycle_store_list(store, &ids, &foreign, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(error.system_errno, EIO);
	ck_assert_uint_eq(ids.count, 99);
	ck_assert_uint_eq(foreign.count, 99);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("list");
	TCase *strings = tcase_create("strings");
	TCase *tcase = tcase_create("list");

	unit_directory();
	tcase_add_test(strings, test_add);
	suite_add_tcase(suite, strings);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, test_list, 0, 2);
	tcase_add_loop_test(tcase, test_failure, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
