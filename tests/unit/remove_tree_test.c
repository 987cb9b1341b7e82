/* SPDX-License-Identifier: Apache-2.0 */
/* Removing what a container may have left: deep, closed, full of links. */
#include "container/remove_tree.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char top[160];
static char outside[160];

static void set_up(void)
{
	snprintf(outside, sizeof(outside), "%s", unit_new_directory());
	snprintf(top, sizeof(top), "%s", unit_enter_directory());
}

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	(void)close(fd);
}

static bool is_there(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

static void remove_it(void)
{
	struct lifecycle_error error;

	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_msg(remove_tree(top, &error) == 0, "%s", error.message);
	ck_assert(!is_there(top));
}

START_TEST(files_directories_fifos_and_links)
{
	char kept[200];

	snprintf(kept, sizeof(kept), "%s/kept", outside);
	make_file(kept);
	make_file("file");
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(symlink(outside, "link"), 0);
	for (int i = 0; i < 3; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d", i);
		ck_assert_int_eq(mkdir(name, 0700), 0);
		ck_assert_int_eq(chdir(name), 0);
		/* what the removal itself would call a directory */
		ck_assert_int_eq(mkdir(".moved-0", 0700), 0);
		make_file(".moved-0/file");
		make_file(".moved-1");
		ck_assert_int_eq(symlink(outside, "link"), 0);
	}
	remove_it();
	ck_assert(is_there(kept));
}
END_TEST

START_TEST(deeper_than_a_path_may_be_long)
{
	for (int i = 0; i < 600; i++) {
		make_file("file");
		ck_assert_int_eq(mkdir("a-directory", 0700), 0);
		ck_assert_int_eq(chdir("a-directory"), 0);
	}
	remove_it();
}
END_TEST

START_TEST(many_in_one)
{
	for (int i = 0; i < 300; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d", i);
		ck_assert_int_eq(mkdir(name, 0700), 0);
		ck_assert_int_eq(chdir(name), 0);
		make_file("file");
		ck_assert_int_eq(mkdir("directory", 0700), 0);
		ck_assert_int_eq(chdir(".."), 0);
	}
	remove_it();
}
END_TEST

/* Whom both trees belong to. */
static void become_user(void)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chown(top, 4321, 4321), 0);
	ck_assert_int_eq(chown(outside, 4321, 4321), 0);
	ck_assert_int_eq(chmod(unit_directory(), 0777), 0);
	ck_assert_int_eq(setgid(4321), 0);
	ck_assert_int_eq(setuid(4321), 0);
}

/* As a user: root is not kept out. */
START_TEST(directories_closed_to_their_owner)
{
	become_user();
	ck_assert_int_eq(mkdir("a", 0700), 0);
	ck_assert_int_eq(mkdir("a/b", 0700), 0);
	ck_assert_int_eq(mkdir("a/b/c", 0700), 0);
	make_file("a/b/c/file");
	ck_assert_int_eq(chmod("a/b/c", 0), 0);
	ck_assert_int_eq(chmod("a/b", 0500), 0);
	ck_assert_int_eq(chmod("a", 0), 0);
	remove_it();
}
END_TEST

/* ---- somebody who swaps names ---- */

static const char *
	swapped; /* for a link that stands at "link", once it was seen to be a directory that is not empty */

/* The C library's own, and then somebody else's step. */
int unlinkat(int directory, const char *name, int flags)
{
	int result = (int)syscall(SYS_unlinkat, directory, name, flags), why = errno;

	if (swapped != NULL && result < 0 && why == ENOTEMPTY && strcmp(name, swapped) == 0) {
		ck_assert_int_eq(renameat2(directory, name, directory, "link", RENAME_EXCHANGE), 0);
		swapped = NULL;
	}
	errno = why;
	return result;
}

/* As a user, for root changes no mode. The first is met in the tree's top, the other one below it. */
static const char *const places[] = { ".", "full" };

START_TEST(a_link_that_has_taken_a_directory_s_place_is_not_followed)
{
	struct lifecycle_error error;
	struct stat status;

	become_user();
	ck_assert_int_eq(mkdir("full", 0700), 0);
	ck_assert_int_eq(chdir(places[_i]), 0);
	ck_assert_int_eq(mkdir("swapped", 0700), 0);
	make_file("swapped/file");
	ck_assert_int_eq(symlink(outside, "link"), 0);
	ck_assert_int_eq(chmod(outside, 0711), 0);
	swapped = "swapped";
	ck_assert_int_eq(remove_tree(top, &error), -1);
	ck_assert_ptr_null(swapped);
	ck_assert_int_eq(stat(outside, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0711);
	remove_it();
}
END_TEST

START_TEST(what_is_not_there_is_removed_and_a_link_or_file_is_none)
{
	struct lifecycle_error error;

	ck_assert_int_eq(remove_tree("nothing", &error), 0);
	make_file("file");
	ck_assert_int_eq(remove_tree("file", &error), -1);
	ck_assert(is_there("file"));
	ck_assert_int_eq(symlink(outside, "link"), 0);
	ck_assert_int_eq(remove_tree("link", &error), -1);
	ck_assert(is_there(outside));
	ck_assert(is_there("link"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("remove_tree");
	TCase *trees = tcase_create("trees");

	tcase_add_checked_fixture(trees, set_up, NULL);
	tcase_set_timeout(trees, 60);
	tcase_add_test(trees, files_directories_fifos_and_links);
	tcase_add_test(trees, deeper_than_a_path_may_be_long);
	tcase_add_test(trees, many_in_one);
	tcase_add_test(trees, directories_closed_to_their_owner);
	tcase_add_loop_test(trees, a_link_that_has_taken_a_directory_s_place_is_not_followed, 0,
		sizeof(places) / sizeof(places[0]));
	tcase_add_test(trees, what_is_not_there_is_removed_and_a_link_or_file_is_none);
	suite_add_tcase(suite, trees);
	return suite;
}
