/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *path;
	const char *expected; /* below the working directory, unless it is absolute */
} paths[] = { { "/a/b", "/a/b" }, { "/", "/" }, { "a", "a" }, { "./a/../b", "./a/../b" } };

START_TEST(test_absolute)
{
	char *path = NULL;
	char expected[256];

	ck_assert_int_eq(chdir(unit_directory()), 0);
	snprintf(expected, sizeof(expected), "%s/%s", unit_directory(), paths[_i].expected);
	ck_assert_int_eq(path_absolute(paths[_i].path, &path, NULL), 0);
	ck_assert_str_eq(path, paths[_i].path[0] == '/' ? paths[_i].expected : expected);
	free(path);
}
END_TEST

START_TEST(test_directory_was_removed)
{
	struct lifecycle_error error;
	char place[128];
	char *path = NULL;

	snprintf(place, sizeof(place), "%s/gone", unit_directory());
	ck_assert_int_eq(mkdir(place, 0700), 0);
	ck_assert_int_eq(chdir(place), 0);
	ck_assert_int_eq(rmdir(place), 0);
	ck_assert_int_eq(path_absolute("a", &path, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_ptr_null(path);
	ck_assert_int_eq(path_absolute("/a", &path, &error), 0);
	ck_assert_str_eq(path, "/a");
	free(path);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("path");
	TCase *tcase = tcase_create("path");

	(void)unit_directory();
	tcase_add_loop_test(tcase, test_absolute, 0, sizeof(paths) / sizeof(paths[0]));
	tcase_add_test(tcase, test_directory_was_removed);
	suite_add_tcase(suite, tcase);
	return suite;
}
