/* SPDX-License-Identifier: Apache-2.0 */
#include "fsio.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LIMIT 100

static int directory; /* of one test */

/* ---- the system call ---- */

static int chmod_error;

int __real_chmod(const char *path, mode_t mode);
int __wrap_chmod(const char *path, mode_t mode);
int __wrap_chmod(const char *path, mode_t mode)
{
	if (chmod_error == 0)
		return __real_chmod(path, mode);
	errno = chmod_error;
	return -1;
}

int __real_mkdirat(int at, const char *name, mode_t mode);
int __wrap_mkdirat(int at, const char *name, mode_t mode);

static const char *swapped; /* a directory that is put in the place of what was made */

int __wrap_mkdirat(int at, const char *name, mode_t mode)
{
	int result = __real_mkdirat(at, name, mode);

	if (result == 0 && swapped != NULL)
		ck_assert_int_eq(renameat2(at, swapped, at, name, RENAME_EXCHANGE), 0);
	return result;
}

static void set_up(void)
{
	(void)unit_enter_directory();
	directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(directory, 0);
}

static void put(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void check_holds(const char *name, const char *expected)
{
	char text[256] = "";
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	ck_assert_msg(fd >= 0, "%s is not there", name);
	ck_assert_int_ge(read(fd, text, sizeof(text) - 1), 0);
	ck_assert_str_eq(text, expected);
	close(fd);
}

static bool is_there(const char *name)
{
	struct stat status;

	return lstat(name, &status) == 0;
}

/* ---- reading ---- */

static enum lifecycle_error_code read_code(const char *name, uid_t owner)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	char *bytes = NULL;
	size_t length;

	if (fsio_read(directory, name, owner, LIMIT, &bytes, &length, &error) < 0)
		ck_assert_ptr_null(bytes);
	free(bytes);
	return error.code;
}

static void check_read(const char *expected, size_t expected_length)
{
	struct lifecycle_error error;
	size_t length;
	char *bytes;

	ck_assert_msg(fsio_read(directory, "file", geteuid(), LIMIT, &bytes, &length, &error) == 0,
		"%s", error.message);
	ck_assert_uint_eq(length, expected_length);
	ck_assert_mem_eq(bytes, expected, length + 1);
	free(bytes);
}

START_TEST(test_read)
{
	char most[LIMIT + 2];

	put("file", "text");
	check_read("text", 4);
	put("file", "");
	check_read("", 0);
	memset(most, 'x', sizeof(most));
	most[LIMIT] = '\0';
	put("file", most);
	check_read(most, LIMIT);
}
END_TEST

START_TEST(test_read_what_is_no_file)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	put("target", "text");
	ck_assert_int_eq(symlink("target", "link"), 0);
	ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(mkdir("directory", 0700), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(read_code("link", FSIO_ANY_OWNER), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(read_code("dangling", FSIO_ANY_OWNER), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(read_code("fifo", FSIO_ANY_OWNER), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(read_code("directory", FSIO_ANY_OWNER), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(read_code("socket", FSIO_ANY_OWNER), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(read_code("nothing", FSIO_ANY_OWNER), LIFECYCLE_ERROR_NOT_FOUND);
	close(fd);
}
END_TEST

START_TEST(test_read_what_is_not_ours_alone)
{
	char more[LIMIT + 2];

	put("file", "text");
	ck_assert_int_eq(read_code("file", geteuid()), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(read_code("file", geteuid() + 1), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(read_code("file", FSIO_ANY_OWNER), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(link("file", "second"), 0);
	ck_assert_int_eq(read_code("file", geteuid()), LIFECYCLE_ERROR_CORRUPT);
	memset(more, 'x', sizeof(more));
	more[LIMIT + 1] = '\0';
	put("long", more);
	ck_assert_int_eq(read_code("long", geteuid()), LIFECYCLE_ERROR_CORRUPT);
}
END_TEST

/* What cannot be read is not bad. */
START_TEST(test_read_what_we_may_not)
{
	if (geteuid() == 0) {
		ck_assert_int_eq(fchown(directory, 65534, 65534), 0);
		ck_assert_int_eq(setegid(65534), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	put("file", "text");
	ck_assert_int_eq(chmod("file", 0), 0);
	ck_assert_int_eq(read_code("file", geteuid()), LIFECYCLE_ERROR_SYSTEM);
	/* for the one who removes the directory */
	ck_assert_int_eq(chmod("file", 0600), 0);
}
END_TEST

/* ---- replacing ---- */

static int replace(const char *text, struct lifecycle_error *error)
{
	return fsio_replace(directory, "file", "temporary", text, strlen(text), error);
}

static void check_replaced(const char *text)
{
	struct lifecycle_error error;
	struct stat status;

	ck_assert_msg(replace(text, &error) == 0, "%s", error.message);
	check_holds("file", text);
	ck_assert(!is_there("temporary"));
	ck_assert_int_eq(lstat("file", &status), 0);
	ck_assert(S_ISREG(status.st_mode));
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	ck_assert_uint_eq(status.st_nlink, 1);
}

START_TEST(test_replace)
{
	check_replaced("one");
	check_replaced("two");
	check_replaced("");
}
END_TEST

START_TEST(test_mode_is_ours_whatever_the_umask)
{
	umask(_i == 0 ? 0777 : 0);
	check_replaced("text");
	umask(077);
}
END_TEST

START_TEST(test_a_reader_keeps_the_old_file)
{
	char text[8] = "";
	int fd;

	put("file", "old");
	fd = open("file", O_RDONLY | O_CLOEXEC);
	check_replaced("new");
	ck_assert_int_eq(read(fd, text, sizeof(text)), 3);
	ck_assert_str_eq(text, "old");
	close(fd);
}
END_TEST

START_TEST(test_what_was_left_is_removed_not_followed)
{
	put("temporary", "left, and much longer than what comes");
	check_replaced("one");
	put("target", "target");
	ck_assert_int_eq(symlink("target", "temporary"), 0);
	check_replaced("two");
	check_holds("target", "target");
	ck_assert_int_eq(link("target", "temporary"), 0);
	check_replaced("three");
	check_holds("target", "target");
	ck_assert_int_eq(mkdir("temporary", 0700), 0);
	check_replaced("four");
	ck_assert_int_eq(mkfifo("temporary", 0600), 0);
	check_replaced("five");
	ck_assert_int_eq(unlink("file"), 0);
	ck_assert_int_eq(symlink("target", "file"), 0);
	check_replaced("six");
	check_holds("target", "target");
}
END_TEST

START_TEST(test_what_cannot_be_removed_is_an_error)
{
	struct lifecycle_error error;

	put("file", "old");
	ck_assert_int_eq(mkdir("temporary", 0700), 0);
	put("temporary/foreign", "foreign");
	ck_assert_int_eq(replace("new", &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	check_holds("file", "old");
	check_holds("temporary/foreign", "foreign");
}
END_TEST

START_TEST(test_rename_fails)
{
	struct lifecycle_error error;

	ck_assert_int_eq(mkdir("file", 0700), 0);
	ck_assert_int_eq(replace("new", &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert(!is_there("temporary"));
	ck_assert_int_eq(replace("new", NULL), -1);
}
END_TEST

START_TEST(test_directory_was_removed)
{
	char path[128];
	struct lifecycle_error error;

	ck_assert_ptr_nonnull(getcwd(path, sizeof(path)));
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(replace("new", &error), -1);
	ck_assert_int_eq(error.system_errno, ENOENT);
}
END_TEST

/* Its mode is ours whatever the umask, also of one that we may not even open. */
START_TEST(test_make_directory)
{
	struct lifecycle_error error = { 0 };
	struct stat status;
	bool made = false;

	if (geteuid() == 0) {
		ck_assert_int_eq(fchown(directory, 65534, 65534), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	umask(_i == 0 ? 0777 : 0);
	ck_assert_msg(fsio_make_directory(directory, "c", &made, &error) == 0, "%s", error.message);
	umask(077);
	ck_assert(made);
	ck_assert_int_eq(fstatat(directory, "c", &status, 0), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0700);
	ck_assert_int_eq(fsio_make_directory(directory, "c", &made, &error), 0);
	ck_assert(!made);
}
END_TEST

/* Without /proc nobody can set it: that is told as what is not allowed, for the directory is there. */
START_TEST(test_a_mode_that_cannot_be_set)
{
	struct lifecycle_error error = { 0 };
	bool made = false;

	if (geteuid() == 0) {
		ck_assert_int_eq(fchown(directory, 65534, 65534), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	umask(0777);
	chmod_error = _i == 0 ? ENOENT : EPERM;
	ck_assert_int_lt(fsio_make_directory(directory, "c", &made, &error), 0);
	umask(077);
	ck_assert_int_eq(error.system_errno, _i == 0 ? EACCES : EPERM);
	chmod_error = 0;
}
END_TEST

/* Whoever swaps it just now has the mode of a directory of his own set, were it not looked at. */
START_TEST(test_a_directory_that_is_swapped_keeps_its_mode)
{
	struct lifecycle_error error;
	struct stat status;
	bool made = false;
	mode_t mask = umask(0077);

	ck_assert_int_eq(mkdir("theirs", 0700), 0);
	ck_assert_int_eq(chmod("theirs", 0755), 0);
	swapped = "theirs";
	ck_assert_int_eq(fsio_make_directory(directory, "c", &made, &error), 0);
	swapped = NULL;
	umask(mask);
	ck_assert_int_eq(stat("c", &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0755);
}
END_TEST

/* ---- removing ---- */

START_TEST(test_remove)
{
	struct lifecycle_error error;

	put("file", "text");
	put("target", "text");
	ck_assert_int_eq(symlink("target", "link"), 0);
	ck_assert_int_eq(mkdir("empty", 0700), 0);
	ck_assert_int_eq(mkdir("full", 0700), 0);
	put("full/file", "text");
	ck_assert_int_eq(fsio_remove(directory, "file", &error), 0);
	ck_assert_int_eq(fsio_remove(directory, "link", &error), 0);
	ck_assert_int_eq(fsio_remove(directory, "empty", &error), 0);
	ck_assert_int_eq(fsio_remove(directory, "nothing", &error), 0);
	ck_assert_int_eq(fsio_remove(directory, "full", &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert(!is_there("file") && !is_there("link") && !is_there("empty"));
	check_holds("target", "text");
	check_holds("full/file", "text");
}
END_TEST

START_TEST(test_sync)
{
	struct lifecycle_error error;

	ck_assert_int_eq(fsio_sync_directory(directory, &error), 0);
	ck_assert_int_eq(fsio_sync_directory(-1, &error), -1);
	ck_assert_int_eq(error.system_errno, EBADF);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("fsio");
	TCase *tcase = tcase_create("fsio");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, test_read);
	tcase_add_test(tcase, test_read_what_is_no_file);
	tcase_add_test(tcase, test_read_what_is_not_ours_alone);
	tcase_add_test(tcase, test_read_what_we_may_not);
	tcase_add_test(tcase, test_replace);
	tcase_add_loop_test(tcase, test_mode_is_ours_whatever_the_umask, 0, 2);
	tcase_add_test(tcase, test_a_reader_keeps_the_old_file);
	tcase_add_test(tcase, test_what_was_left_is_removed_not_followed);
	tcase_add_test(tcase, test_what_cannot_be_removed_is_an_error);
	tcase_add_test(tcase, test_rename_fails);
	tcase_add_test(tcase, test_directory_was_removed);
	tcase_add_loop_test(tcase, test_make_directory, 0, 2);
	tcase_add_loop_test(tcase, test_a_mode_that_cannot_be_set, 0, 2);
	tcase_add_test(tcase, test_a_directory_that_is_swapped_keeps_its_mode);
	tcase_add_test(tcase, test_remove);
	tcase_add_test(tcase, test_sync);
	suite_add_tcase(suite, tcase);
	return suite;
}
