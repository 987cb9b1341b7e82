/* SPDX-License-Identifier: Apache-2.0 */
/* Where a program is: $D is the test's directory, with programs in a and b. */
#include "runtime/find.h"
#include "runtime/splice_name.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *at(const char *path)
{
	static char paths[4][512];
	static int next;
	char *text = paths[next++ % 4];

	snprintf(text, 512, "%s/%s", unit_directory(), path);
	return text;
}

static void make(const char *path, int mode)
{
	int fd = open(at(path), O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void set_up(void)
{
	(void)mkdir(at("a"), 0700);
	(void)mkdir(at("b"), 0700);
	(void)mkdir(at("a/two"), 0700);
	make("a/one", 0700);
	make("a/text", 0600);
	make("b/one", 0700);
	make("b/two", 0700);
	make("b/text", 0700);
	ck_assert_int_eq(chdir(at("b")), 0);
}

static const struct {
	const char *list; /* of directories in $D, or none, or as it is */
	const char *name;
	const char *found; /* in $D; NULL: */
	int error;
} searches[] = {
	{ "a:b", "one", "a/one", 0 },
	{ "b:a", "one", "b/one", 0 },
	{ "a:b", "two", "b/two", 0 },   /* a directory is no program */
	{ "a:b", "text", "b/text", 0 }, /* nor is what may not be run */
	{ "a", "text", NULL, ENOENT },
	{ "a", "none", NULL, ENOENT },
	{ "none:a", "one", "a/one", 0 },
	{ ":a", "one", "a/one", 0 }, /* an empty entry is passed over, and so is a relative one */
	{ ":", "one", NULL, ENOENT },
	{ ".:..:a", "one", "a/one", 0 },
};

/* Each word of the list that is a directory of ours becomes a path. */
static void set_path(const char *list)
{
	char text[4096] = "";

	for (;;) {
		size_t length = strcspn(list, ":");

		if (length > 0 && list[0] != '.')
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s/",
				unit_directory());
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%.*s", (int)length,
			list);
		if (list[length] == '\0')
			break;
		strcat(text, ":");
		list += length + 1;
	}
	ck_assert_int_eq(setenv("PATH", text, 1), 0);
}

START_TEST(test_in_path)
{
	char path[PATH_MAX] = "";

	set_path(searches[_i].list);
	errno = 0;
	ck_assert_int_eq(
		runtime_find_program(searches[_i].name, path), searches[_i].found != NULL ? 0 : -1);
	if (searches[_i].found != NULL)
		ck_assert_str_eq(path, at(searches[_i].found));
	else
		ck_assert_int_eq(errno, searches[_i].error);
}
END_TEST

/* One that is too long is not cut to another's. */
START_TEST(test_long_path)
{
	char list[PATH_MAX + 16], path[PATH_MAX];
	const char *directory = at("a");
	size_t length = PATH_MAX - 2 - (size_t)_i - strlen("one");

	memset(list, '/', sizeof(list));
	memcpy(list + length + 1 - strlen(directory), directory, strlen(directory));
	list[length + 1] = '\0';
	make("a/on", 0700);
	ck_assert_int_eq(setenv("PATH", list, 1), 0);
	ck_assert_int_eq(runtime_find_program("one", path), _i == 0 ? -1 : 0);
}
END_TEST

START_TEST(test_without_path)
{
	char path[PATH_MAX] = "";

	if (_i == 0)
		unsetenv("PATH");
	else
		setenv("PATH", "", 1);
	ck_assert_int_eq(runtime_find_program("sh", path), 0);
	ck_assert_msg(strcmp(path, "/usr/bin/sh") == 0 || strcmp(path, "/bin/sh") == 0, "%s", path);
}
END_TEST

START_TEST(test_path)
{
	char path[PATH_MAX] = "";
	char longer[PATH_MAX + 16];

	ck_assert_int_eq(runtime_find_program(at("a/one"), path), 0);
	ck_assert_str_eq(path, at("a/one"));
	ck_assert_int_eq(runtime_find_program("./one", path), 0);
	ck_assert_str_eq(path, "./one");
	ck_assert_int_eq(runtime_find_program(at("a/none"), path), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(runtime_find_program(at("a/two"), path), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(runtime_find_program(at("a/text"), path), -1);
	ck_assert_int_eq(errno, EACCES);
	memset(longer, '/', sizeof(longer));
	strcpy(longer + sizeof(longer) - 4, "one");
	ck_assert_int_eq(runtime_find_program(longer, path), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

START_TEST(test_runtime)
{
	char path[PATH_MAX] = "";

	set_path("a");
	ck_assert_int_eq(runtime_find("one", path), 0);
	ck_assert_str_eq(path, at("a/one"));
	ck_assert_int_eq(runtime_find(NULL, path), -1);
	ck_assert_int_eq(errno, ENOENT);
	make("a/runc", 0700);
	ck_assert_int_eq(runtime_find(NULL, path), 0);
	ck_assert_str_eq(path, at("a/runc"));
	ck_assert_int_eq(unlink(at("a/runc")), 0);
	ck_assert_int_eq(runtime_find("/proc/self/exe", path), -1);
	ck_assert_int_eq(errno, ELOOP);
}
END_TEST

START_TEST(test_hooks)
{
	const char *name;

	(void)mkdir(at("hooks"), 0700);
	for (size_t i = 0; (name = splice_name_at(i)) != NULL; i++) {
		char path[128];

		ck_assert_pstr_eq(runtime_missing_hook(at("hooks")), name);
		snprintf(path, sizeof(path), "hooks/%s", name);
		make(path, 0600);
		ck_assert_pstr_eq(runtime_missing_hook(at("hooks")), name);
		ck_assert_int_eq(chmod(at(path), 0700), 0);
	}
	ck_assert_ptr_null(runtime_missing_hook(at("hooks")));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("runtime_find");
	TCase *tcase = tcase_create("runtime_find");

	(void)unit_directory();
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_in_path, 0, sizeof(searches) / sizeof(searches[0]));
	tcase_add_loop_test(tcase, test_long_path, 0, 2);
	tcase_add_loop_test(tcase, test_without_path, 0, 2);
	tcase_add_test(tcase, test_path);
	tcase_add_test(tcase, test_runtime);
	tcase_add_test(tcase, test_hooks);
	suite_add_tcase(suite, tcase);
	return suite;
}
