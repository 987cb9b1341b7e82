/* SPDX-License-Identifier: Apache-2.0 */
/* Which directory a store is believed to be safe in. Run as root, where others are to be had. */
#include "libstate.h"
#include "unit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER 65534

static char base[128]; /* of one test */

static void set_up(void)
{
	snprintf(base, sizeof(base), "%s", unit_enter_directory());
}

/* What opening `name`, relative to the test's directory, comes to. */
static enum lifecycle_error_code open_code(const char *name, enum lifecycle_access access)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_store *store = NULL;
	char path[PATH_MAX];
	int result;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	result = lifecycle_store_open(path, access, &store, &error);
	ck_assert_int_eq(result, error.code == LIFECYCLE_ERROR_NONE ? 0 : -1);
	if (result == 0)
		ck_assert_str_eq(lifecycle_store_root(store), path);
	else
		ck_assert_ptr_null(store);
	lifecycle_store_close(store);
	return error.code;
}

static enum lifecycle_error_code write_code(const char *name)
{
	return open_code(name, LIFECYCLE_ACCESS_WRITE);
}

static unsigned mode_of(const char *path)
{
	struct stat status;

	ck_assert_int_eq(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

/* Whatever the umask of the test. */
static void make(const char *path, mode_t mode)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(test_made_if_it_is_not_there)
{
	umask(_i == 0 ? 0777 : 0);
	ck_assert_int_eq(write_code("root"), LIFECYCLE_ERROR_NONE);
	ck_assert_uint_eq(mode_of("root"), 0700);
	ck_assert_int_eq(write_code("root"), LIFECYCLE_ERROR_NONE);
	umask(077);
}
END_TEST

START_TEST(test_missing_parents_are_made)
{
	umask(_i == 0 ? 0777 : 0);
	make("a", 0700);
	ck_assert_int_eq(write_code("a/b/c/root"), LIFECYCLE_ERROR_NONE);
	ck_assert_uint_eq(mode_of("a"), 0700);
	ck_assert_uint_eq(mode_of("a/b"), 0755);
	ck_assert_uint_eq(mode_of("a/b/c"), 0755);
	ck_assert_uint_eq(mode_of("a/b/c/root"), 0700);
	ck_assert_int_eq(write_code("a/b/c/root"), LIFECYCLE_ERROR_NONE);
	umask(077);
}
END_TEST

START_TEST(test_a_parent_is_made_in_a_safe_directory_alone)
{
	make("open", 0777);
	ck_assert_int_eq(write_code("open/b/root"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(access("open/b", F_OK), -1);
	ck_assert_int_eq(chmod("open", 01777), 0);
	ck_assert_int_eq(write_code("open/b/root"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(open_code("b/root", LIFECYCLE_ACCESS_MEND), LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_int_eq(access("b", F_OK), -1);
}
END_TEST

START_TEST(test_a_reader_makes_nothing)
{
	ck_assert_int_eq(open_code("root", LIFECYCLE_ACCESS_READ), LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_int_eq(access("root", F_OK), -1);
	make("root", 0777);
	ck_assert_int_eq(open_code("root", LIFECYCLE_ACCESS_READ), LIFECYCLE_ERROR_NONE);
}
END_TEST

START_TEST(test_not_absolute)
{
	struct lifecycle_error error;
	struct lifecycle_store *store;

	ck_assert_int_eq(lifecycle_store_open("root", LIFECYCLE_ACCESS_WRITE, &store, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(lifecycle_store_open("", LIFECYCLE_ACCESS_READ, &store, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	lifecycle_store_close(NULL);
}
END_TEST

START_TEST(test_too_long)
{
	struct lifecycle_error error;
	struct lifecycle_store *store;
	char longer[PATH_MAX + 1];

	memset(longer, 'x', 300);
	longer[300] = '\0';
	ck_assert_int_ne(write_code(longer), LIFECYCLE_ERROR_NONE);
	memset(longer, '/', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_int_eq(lifecycle_store_open(longer, LIFECYCLE_ACCESS_WRITE, &store, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
}
END_TEST

START_TEST(test_slashes_and_dots)
{
	make("a", 0700);
	ck_assert_int_eq(write_code("a//root///"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(write_code("./a/../a/root"), LIFECYCLE_ERROR_NONE);
	ck_assert_uint_eq(mode_of("a/root"), 0700);
}
END_TEST

static const struct {
	mode_t above;
	mode_t root;
	enum lifecycle_error_code code;
} modes[] = {
	{ 0700, 0700, LIFECYCLE_ERROR_NONE },
	{ 0755, 0755, LIFECYCLE_ERROR_NONE },
	{ 01777, 0700, LIFECYCLE_ERROR_NONE },
	{ 01777, 0755, LIFECYCLE_ERROR_NONE },
	{ 0777, 0700, LIFECYCLE_ERROR_UNSAFE },
	{ 0770, 0700, LIFECYCLE_ERROR_UNSAFE },
	{ 0720, 0700, LIFECYCLE_ERROR_UNSAFE },
	{ 0702, 0700, LIFECYCLE_ERROR_UNSAFE },
	{ 0700, 0777, LIFECYCLE_ERROR_UNSAFE },
	{ 0700, 0720, LIFECYCLE_ERROR_UNSAFE },
	{ 0700, 01777, LIFECYCLE_ERROR_UNSAFE },
};

START_TEST(test_modes)
{
	make("a", 0700);
	make("a/root", modes[_i].root);
	ck_assert_int_eq(chmod("a", modes[_i].above), 0);
	ck_assert_int_eq(write_code("a/root"), modes[_i].code);
}
END_TEST

START_TEST(test_no_directory)
{
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(write_code("fifo"), LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(write_code("fifo/root"), LIFECYCLE_ERROR_SYSTEM);
}
END_TEST

START_TEST(test_links)
{
	char absolute[PATH_MAX];

	snprintf(absolute, sizeof(absolute), "%s/a", base);
	make("a", 0700);
	make("open", 0777);
	ck_assert_int_eq(symlink("a", "relative"), 0);
	ck_assert_int_eq(symlink(absolute, "absolute"), 0);
	ck_assert_int_eq(symlink("../relative/root", "a/again"), 0);
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	ck_assert_int_eq(symlink("open", "unsafe"), 0);
	ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
	ck_assert_int_eq(write_code("relative/root"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(write_code("absolute/root"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(write_code("a/again"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(write_code("loop"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(write_code("unsafe"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(write_code("unsafe/root"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(write_code("dangling"), LIFECYCLE_ERROR_NONE);
	ck_assert_uint_eq(mode_of("nowhere"), 0700);
}
END_TEST

/* What links stand for becomes longer than any path. */
START_TEST(test_links_that_are_too_long)
{
	char target[4032];
	char path[PATH_MAX];

	make("a", 0700);
	for (size_t i = 0; i + 2 < sizeof(target); i += 2)
		memcpy(target + i, "./", 3);
	ck_assert_int_eq(symlink(target, "second"), 0);
	memcpy(target, "second/", 7);
	ck_assert_int_eq(symlink(target, "first"), 0);
	snprintf(path, sizeof(path), "first/%.*sa", 3900, target + 8);
	ck_assert_int_eq(write_code(path), LIFECYCLE_ERROR_UNSAFE);
	snprintf(path, sizeof(path), "second/%.*sa", 3900, target + 8);
	ck_assert_int_eq(write_code(path), LIFECYCLE_ERROR_NONE);
}
END_TEST

START_TEST(test_another_users)
{
	make("a", 0755);
	make("a/root", 0755);
	ck_assert_int_eq(symlink("a/root", "link"), 0);
	ck_assert_int_eq(write_code("link"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(lchown("link", OTHER, OTHER), 0);
	ck_assert_int_eq(write_code("link"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(chown("a", OTHER, OTHER), 0);
	ck_assert_int_eq(write_code("a/root"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(chown("a", 0, 0), 0);
	ck_assert_int_eq(chown("a/root", OTHER, OTHER), 0);
	ck_assert_int_eq(write_code("a/root"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(open_code("a/root", LIFECYCLE_ACCESS_READ), LIFECYCLE_ERROR_NONE);
}
END_TEST

/* Not root: its own and root's directories are trusted, a third user's are not. */
START_TEST(test_as_a_user)
{
	make("mine", 0755);
	make("third", 0755);
	ck_assert_int_eq(chmod(base, 0755), 0);
	ck_assert_int_eq(chmod(unit_directory(), 0755), 0);
	ck_assert_int_eq(chown("mine", OTHER, OTHER), 0);
	ck_assert_int_eq(chown("third", OTHER - 1, OTHER), 0);
	make("mine/shut", 0300);
	ck_assert_int_eq(chown("mine/shut", OTHER, OTHER), 0);
	ck_assert_int_eq(setegid(OTHER), 0);
	ck_assert_int_eq(seteuid(OTHER), 0);
	ck_assert_int_eq(write_code("mine/shut"), LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(write_code("mine"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(write_code("mine/root"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(write_code("third"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(write_code("root"), LIFECYCLE_ERROR_SYSTEM);
}
END_TEST

START_TEST(test_default)
{
	char *root = NULL;

	ck_assert_int_eq(lifecycle_default_root(&root, NULL), 0);
	ck_assert_str_eq(root, "/run/oci-lifecycle");
	free(root);
	ck_assert_int_eq(seteuid(1234), 0);
	ck_assert_int_eq(lifecycle_default_root(&root, NULL), 0);
	ck_assert_str_eq(root, "/run/user/1234/oci-lifecycle");
	free(root);
}
END_TEST

/* ---- in a user namespace ---- */

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
int __real_lstat(const char *path, struct stat *ret);
int __wrap_lstat(const char *path, struct stat *ret);

static const char *uid_map; /* what /proc is to say; NULL: what it says */

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	char link[32];
	char path[64] = "";
	const char *text;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (uid_map == NULL || readlink(link, path, sizeof(path) - 1) < 0)
		return __real_read(fd, bytes, size);
	if (strstr(path, "/uid_map") != NULL)
		text = uid_map;
	else if (strstr(path, "/overflowuid") != NULL)
		text = "65534\n";
	else
		return __real_read(fd, bytes, size);
	/* ended by a newline, it is read once */
	return snprintf(bytes, size, "%s", text);
}

/* The directory of user 1000 is the test's own, that of 1001 is a file, that of others is as it is. */
int __wrap_lstat(const char *path, struct stat *ret)
{
	if (strcmp(path, "/run/user/1000") == 0)
		return __real_lstat(base, ret);
	if (strcmp(path, "/run/user/1001") == 0)
		return __real_lstat("/proc/self/status", ret);
	return __real_lstat(path, ret);
}

static const struct {
	const char *uid_map;
	const char *root;
} user_namespaces[] = {
	{ "         0       1000          1\n", "/run/user/1000/oci-lifecycle" },
	{ "         0       1001          1\n", "/run/oci-lifecycle" },
	{ "         0    4000000          1\n", "/run/oci-lifecycle" },
	{ "         0          0 4294967295\n", "/run/oci-lifecycle" },
	{ "         1       1000          1\n", "/run/oci-lifecycle" },
	{ "\n", "/run/oci-lifecycle" },
};

START_TEST(test_default_in_a_user_namespace)
{
	char *root = NULL;

	uid_map = user_namespaces[_i].uid_map;
	ck_assert_int_eq(lifecycle_default_root(&root, NULL), 0);
	uid_map = NULL;
	ck_assert_str_eq(root, user_namespaces[_i].root);
	free(root);
}
END_TEST

/* There the host's root shows as the overflow user; on the host this is a stranger. */
START_TEST(test_overflow_user)
{
	make("a", 0755);
	make("b", 0755);
	make("a/root", 0755);
	ck_assert_int_eq(chown("a", 65534, 65534), 0);
	ck_assert_int_eq(chown("b", 65533, 65534), 0);
	ck_assert_int_eq(write_code("a/root"), LIFECYCLE_ERROR_UNSAFE);
	uid_map = "0 1000 1\n";
	ck_assert_int_eq(write_code("a/root"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(write_code("b/root"), LIFECYCLE_ERROR_UNSAFE);
	uid_map = "0 0 1\n";
	ck_assert_int_eq(write_code("a/root"), LIFECYCLE_ERROR_UNSAFE);
	uid_map = NULL;
}
END_TEST

static void add_tests_of_root(TCase *tcase)
{
	tcase_add_test(tcase, test_another_users);
	tcase_add_test(tcase, test_as_a_user);
	tcase_add_test(tcase, test_default);
	tcase_add_loop_test(tcase, test_default_in_a_user_namespace, 0,
		sizeof(user_namespaces) / sizeof(user_namespaces[0]));
	tcase_add_test(tcase, test_overflow_user);
}

Suite *unit_suite(void)
{
	Suite *suite = suite_create("root");
	TCase *tcase = tcase_create("root");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_made_if_it_is_not_there, 0, 2);
	tcase_add_loop_test(tcase, test_missing_parents_are_made, 0, 2);
	tcase_add_test(tcase, test_a_parent_is_made_in_a_safe_directory_alone);
	tcase_add_test(tcase, test_a_reader_makes_nothing);
	tcase_add_test(tcase, test_not_absolute);
	tcase_add_test(tcase, test_too_long);
	tcase_add_test(tcase, test_slashes_and_dots);
	tcase_add_loop_test(tcase, test_modes, 0, sizeof(modes) / sizeof(modes[0]));
	tcase_add_test(tcase, test_no_directory);
	tcase_add_test(tcase, test_links);
	tcase_add_test(tcase, test_links_that_are_too_long);
	if (geteuid() == 0)
		add_tests_of_root(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
