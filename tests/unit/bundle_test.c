/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's config.json on the disk: it is the old one or the new one, whatever call fails. */
#include "runtime/bundle.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the calls that fail ---- */

static struct {
	int fail_at; /* which call, from 1; 0: none */
	int error;
	int calls;
	bool busy; /* the lock is another's, for ever */
	int pauses;
	int grown; /* by how much a file is longer when it is looked at than when it is read */
} plan;

static bool fails(void)
{
	if (++plan.calls != plan.fail_at)
		return false;
	errno = plan.error;
	return true;
}

#define CALL(type, name, parameters, arguments)                                                    \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return fails() ? -1 : __real_##name arguments;                                     \
	}

CALL(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size))
CALL(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
CALL(int, fchown, (int fd, uid_t user, gid_t group), (fd, user, group))
CALL(int, fchmod, (int fd, mode_t mode), (fd, mode))
CALL(int, fsync, (int fd), (fd))
CALL(int, renameat, (int at, const char *name, int to, const char *other), (at, name, to, other))
CALL(int, unlinkat, (int at, const char *name, int flags), (at, name, flags))

int __real_openat(int at, const char *path, int flags, unsigned mode);
int __wrap_openat(int at, const char *path, int flags, unsigned mode);
int __wrap_openat(int at, const char *path, int flags, unsigned mode)
{
	/* what is yet to be filled is nobody else's */
	if ((flags & O_CREAT) != 0)
		ck_assert_uint_eq(mode, 0600);
	return fails() ? -1 : __real_openat(at, path, flags, mode);
}

int __real_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret)
{
	int result = fails() ? -1 : __real_fstat(fd, ret);

	if (result == 0)
		ret->st_size += plan.grown;
	return result;
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	int result = __real_close(fd);

	return fails() ? -1 : result;
}

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_flock(int fd, int operation)
{
	if (plan.busy) {
		errno = EWOULDBLOCK;
		return -1;
	}
	return fails() ? -1 : __real_flock(fd, operation);
}

/* Between two looks at a lock that is another's. */
int __wrap_nanosleep(const struct timespec *pause, struct timespec *ret_left);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *ret_left)
{
	(void)ret_left;
	ck_assert_int_eq(pause->tv_sec, 0);
	ck_assert_int_eq(pause->tv_nsec, 5000000);
	plan.pauses++;
	return 0;
}

/* Each look at the clock is half a second later. */
int64_t __wrap_lifecycle_monotonic_now(void);
int64_t __wrap_lifecycle_monotonic_now(void)
{
	static int64_t now;

	return now += 500000000;
}

/* ---- the bundle ---- */

#define OLD "{\"a\":1}\n"

static const struct splice_plan hooks = { .hooks_dir = "/h", .limit = 10 };

static char bundle[128];
static char why[128];

static const char *in_bundle(const char *name)
{
	static char paths[2][256];
	static int next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/%s", bundle, name);
	return path;
}

static void put(const char *text)
{
	FILE *file = fopen(in_bundle("config.json"), "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void set_up(void)
{
	snprintf(bundle, sizeof(bundle), "%s", unit_new_directory());
	put(OLD);
	ck_assert_int_eq(chmod(in_bundle("config.json"), 04640), 0);
	memset(&plan, 0, sizeof(plan));
	why[0] = '\0';
}

static size_t open_files(void)
{
	size_t count = 0;

	for (int fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int add(void)
{
	size_t files = open_files();
	int result = runtime_bundle_add_hooks(bundle, &hooks, why, sizeof(why));

	ck_assert_uint_eq(open_files(), files);
	return result;
}

static bool is_old(void)
{
	size_t length = 0;
	size_t files = open_files();
	char *text = runtime_bundle_read(bundle, &length);
	bool is = text != NULL && length == strlen(OLD) && memcmp(text, OLD, length) == 0;

	free(text);
	ck_assert_uint_eq(open_files(), files);
	return is;
}

static bool is_new(void)
{
	size_t length = 0;
	char *text = runtime_bundle_read(bundle, &length);
	bool is = text != NULL && memmem(text, length, "\"/h/lifecycle-poststop\"", 23) != NULL &&
		  memmem(text, length, "{\"a\":1,\"hooks\":", 15) == text &&
		  text[length - 1] == '\n';

	free(text);
	return is;
}

static bool is_left(void)
{
	return access(in_bundle(".config.json.lifecycle"), F_OK) == 0;
}

START_TEST(test_added)
{
	struct stat before;
	struct stat after;

	ck_assert_int_eq(stat(in_bundle("config.json"), &before), 0);
	ck_assert_msg(add() == 0, "%s", why);
	ck_assert(is_new() && !is_left());
	ck_assert_int_eq(stat(in_bundle("config.json"), &after), 0);
	ck_assert_uint_eq(after.st_mode, before.st_mode);
	ck_assert_uint_ne(after.st_ino, before.st_ino);
	/* a second time there is nothing to write */
	ck_assert_int_eq(add(), 0);
	ck_assert_int_eq(stat(in_bundle("config.json"), &before), 0);
	ck_assert_uint_eq(after.st_ino, before.st_ino);
}
END_TEST

START_TEST(test_current_directory)
{
	size_t length = 0;
	char *text;

	ck_assert_int_eq(chdir(bundle), 0);
	ck_assert_int_eq(runtime_bundle_add_hooks(NULL, &hooks, why, sizeof(why)), 0);
	ck_assert(is_new());
	text = runtime_bundle_read(NULL, &length);
	ck_assert_ptr_nonnull(text);
	free(text);
}
END_TEST

static int calls_of_a_run(void)
{
	plan.calls = 0;
	ck_assert_int_eq(add(), 0);
	return plan.calls;
}

/* Each call of the way once. All that is not said to fail is to close what was only read or locked. */
START_TEST(test_a_call_fails)
{
	const int errors[] = { EIO, ENOSPC, EPERM };
	int calls = calls_of_a_run();
	int result, passed_over = 0;

	for (int i = 1; i <= calls; i++) {
		put(OLD);
		plan.calls = 0;
		plan.fail_at = i;
		plan.error = errors[_i];
		why[0] = '\0';
		result = add();
		plan.fail_at = 0;
		passed_over += result == 0;
		ck_assert_msg(result == 0 ? is_new() : is_old(), "call %d: %d %s", i, result, why);
		ck_assert_msg(result == 0 || why[0] != '\0', "call %d gives no reason", i);
		ck_assert_msg(result == 0 || strstr(why, strerror(errors[_i])) != NULL,
			"call %d: %s", i, why);
		ck_assert_msg(!is_left(), "call %d leaves a file", i);
	}
	ck_assert_int_gt(calls, 12);
	ck_assert_int_eq(passed_over, 2);
}
END_TEST

static void check_refused(const char *reason)
{
	char *text;
	size_t length;

	ck_assert_int_eq(add(), -1);
	ck_assert_msg(strncmp(why, reason, strlen(reason)) == 0, "%s", why);
	ck_assert(!is_left());
	text = runtime_bundle_read(bundle, &length);
	free(text);
}

START_TEST(test_what_is_no_config)
{
	put("no JSON");
	ck_assert_int_eq(add(), -1);
	ck_assert_str_ne(why, "");
	ck_assert_int_eq(truncate(in_bundle("config.json"), ((off_t)16 << 20) + 1), 0);
	check_refused("it is larger than 16 MiB");
	ck_assert_int_eq(unlink(in_bundle("config.json")), 0);
	check_refused("cannot open it: No such file");
	ck_assert_ptr_null(runtime_bundle_read(bundle, &(size_t){ 0 }));
	ck_assert_int_eq(mkfifo(in_bundle("config.json"), 0600), 0);
	check_refused("it is not a regular file");
	ck_assert_ptr_null(runtime_bundle_read(bundle, &(size_t){ 0 }));
	ck_assert_int_eq(unlink(in_bundle("config.json")), 0);
	ck_assert_int_eq(symlink("/etc/passwd", in_bundle("config.json")), 0);
	check_refused("cannot open it: Too many");
	snprintf(bundle, sizeof(bundle), "/nowhere");
	check_refused("cannot open the bundle: No such file");
	ck_assert_ptr_null(runtime_bundle_read(bundle, &(size_t){ 0 }));
}
END_TEST

START_TEST(test_written_to)
{
	plan.grown = _i == 0 ? -1 : 1;
	check_refused("it was written to meanwhile");
	plan.grown = 0;
	ck_assert(is_old());
}
END_TEST

/* The largest that is read, to the byte. */
START_TEST(test_largest)
{
	size_t length = 0;
	char *text;

	ck_assert_int_eq(truncate(in_bundle("config.json"), (off_t)16 << 20), 0);
	text = runtime_bundle_read(bundle, &length);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(length, (size_t)16 << 20);
	free(text);
}
END_TEST

START_TEST(test_what_is_in_the_way)
{
	ck_assert_int_eq(
		close(open(in_bundle(".config.json.lifecycle"), O_CREAT | O_WRONLY, 0600)), 0);
	ck_assert_int_eq(add(), 0);
	ck_assert(is_new() && !is_left());
	put(OLD);
	ck_assert_int_eq(mkdir(in_bundle(".config.json.lifecycle"), 0700), 0);
	ck_assert_int_eq(add(), -1);
	ck_assert_msg(strncmp(why, "cannot remove '.config.json.lifecycle' beside it: ", 50) == 0,
		"%s", why);
	ck_assert(is_old());
}
END_TEST

START_TEST(test_lock)
{
	plan.busy = true;
	ck_assert_int_eq(add(), -1);
	ck_assert_str_eq(why, "the bundle is locked by another process");
	ck_assert_int_eq(plan.pauses, 3);
	plan.busy = false;
	/* the first call is the lock: one that is interrupted is tried again */
	plan.calls = 0;
	plan.fail_at = 1;
	plan.error = EINTR;
	ck_assert_int_eq(add(), 0);
	ck_assert(is_new());
	plan.calls = 0;
	plan.error = ENOLCK;
	ck_assert_int_eq(add(), -1);
	ck_assert_int_eq(strncmp(why, "the bundle cannot be locked: ", 29), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("bundle");
	TCase *tcase = tcase_create("bundle");

	(void)unit_directory();
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, test_added);
	tcase_add_test(tcase, test_current_directory);
	tcase_add_loop_test(tcase, test_a_call_fails, 0, 3);
	tcase_add_test(tcase, test_what_is_no_config);
	tcase_add_loop_test(tcase, test_written_to, 0, 2);
	tcase_add_test(tcase, test_largest);
	tcase_add_test(tcase, test_what_is_in_the_way);
	tcase_add_test(tcase, test_lock);
	suite_add_tcase(suite, tcase);
	return suite;
}
