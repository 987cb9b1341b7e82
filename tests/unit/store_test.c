/* SPDX-License-Identifier: Apache-2.0 */
/* Changing a store: what is made, locked, set aside, removed. flock() is ours, so that something can come before it. */
#include "record.h"
#include "store.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)

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

/* ---- what comes before a lock ---- */

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);

static void (*before_lock)(void);
static int locks;

int __wrap_flock(int fd, int operation)
{
	locks++;
	if (before_lock)
		before_lock();
	return __real_flock(fd, operation);
}

/* ---- transforms ---- */

static int set_name(struct lifecycle_record *record, void *name, struct lifecycle_error *error)
{
	record->version = RECORD_VERSION;
	if (record_set_text(&record->id, "c1", error) < 0)
		return -1;
	return record_set_text(&record->name, name, error);
}

static int do_nothing(struct lifecycle_record *record, void *seen, struct lifecycle_error *error)
{
	(void)error;
	*(bool *)seen = record->name != NULL;
	return 0;
}

static int refuse(struct lifecycle_record *record, void *arg, struct lifecycle_error *error)
{
	(void)arg;
	(void)record_set_text(&record->name, "changed", NULL);
	error->code = LIFECYCLE_ERROR_INVALID;
	snprintf(error->message, sizeof(error->message), "no");
	return -1;
}

static int64_t soon(void)
{
	return lifecycle_monotonic_now() + 1000 * MILLISECOND;
}

static enum lifecycle_error_code name_code(const char *id, const char *name, int64_t deadline)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	int result = lifecycle_store_transform(
		store, id, deadline, set_name, (void *)(uintptr_t)name, &error);

	ck_assert(result == 0 || (result == -1 && error.code != LIFECYCLE_ERROR_NONE));
	return result == 0 ? LIFECYCLE_ERROR_NONE : error.code;
}

static void check_name(const char *id, const char *expected)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;

	ck_assert_msg(lifecycle_store_load(store, id, &record, &error) == 0, "%s", error.message);
	ck_assert_str_eq(lifecycle_record_name(record), expected);
	lifecycle_record_free(record);
}

static bool is_there(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* ---- transform ---- */

START_TEST(test_made)
{
	struct stat status;

	umask(_i == 0 ? 0777 : 0);
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(name_code("c1", "two", soon()), LIFECYCLE_ERROR_NONE);
	umask(077);
	check_name("c1", "two");
	ck_assert_int_eq(stat("c1", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0700);
	ck_assert_int_eq(stat("c1/lifecycle.json", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	ck_assert(!is_there("c1/" STORE_TEMPORARY));
}
END_TEST

static const char *const bad_ids[] = { "", ".", "..", "a/b", "../c1", ".hidden", "a b", "\xff" };

START_TEST(test_bad_id)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;

	ck_assert_int_eq(name_code(bad_ids[_i], "one", soon()), LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(lifecycle_store_load(store, bad_ids[_i], &record, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(
		lifecycle_store_delete(store, bad_ids[_i], soon(), NULL, NULL, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(locks, 0);
}
END_TEST

START_TEST(test_transform_that_fails)
{
	struct lifecycle_error error;

	ck_assert_int_eq(lifecycle_store_transform(store, "c1", soon(), refuse, NULL, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_str_eq(error.message, "'c1': no");
	ck_assert(!is_there("c1"));
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(lifecycle_store_transform(store, "c1", soon(), refuse, NULL, NULL), -1);
	check_name("c1", "one");
}
END_TEST

START_TEST(test_nothing_comes_of_it)
{
	bool seen = true;

	ck_assert_int_eq(
		lifecycle_store_transform(store, "c1", soon(), do_nothing, &seen, NULL), 0);
	ck_assert(!seen);
	ck_assert(!is_there("c1"));
}
END_TEST

START_TEST(test_left_by_one_that_was_killed)
{
	ck_assert_int_eq(mkdir("c1", 0700), 0);
	unit_put("c1/" STORE_TEMPORARY, "half a rec");
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	check_name("c1", "one");
	ck_assert(!is_there("c1/" STORE_TEMPORARY));
}
END_TEST

/* It cannot be removed, so it is set aside; what is in it stays. */
START_TEST(test_a_full_directory_is_in_the_way)
{
	ck_assert_int_eq(mkdir("c1", 0700), 0);
	ck_assert_int_eq(mkdir("c1/" STORE_TEMPORARY, 0700), 0);
	unit_put("c1/" STORE_TEMPORARY "/file", "");
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	check_name("c1", "one");
	ck_assert(is_there("c1/" STORE_CORRUPT "/file"));
	ck_assert(!is_there("c1/" STORE_TEMPORARY));
}
END_TEST

START_TEST(test_directory_is_not_safe)
{
	ck_assert_int_eq(mkdir("elsewhere", 0700), 0);
	ck_assert_int_eq(symlink("elsewhere", "link"), 0);
	unit_put("file", "text");
	ck_assert_int_eq(mkdir("open", 0700), 0);
	ck_assert_int_eq(chmod("open", 0770), 0);
	ck_assert_int_eq(name_code("link", "one", soon()), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(name_code("file", "one", soon()), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(name_code("open", "one", soon()), LIFECYCLE_ERROR_UNSAFE);
	ck_assert(!is_there("elsewhere/lifecycle.json") && !is_there("open/lifecycle.json"));
	if (geteuid() == 0) {
		ck_assert_int_eq(chown("elsewhere", 65534, 65534), 0);
		ck_assert_int_eq(name_code("elsewhere", "one", soon()), LIFECYCLE_ERROR_UNSAFE);
	}
}
END_TEST

/* ---- the lock ---- */

START_TEST(test_locked_by_another)
{
	int64_t began = lifecycle_monotonic_now();
	int64_t took;
	int fd;

	ck_assert_int_eq(mkdir("c1", 0700), 0);
	fd = open("c1", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(__real_flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(name_code("c1", "one", began + 50 * MILLISECOND), LIFECYCLE_ERROR_TIMEOUT);
	took = lifecycle_monotonic_now() - began;
	ck_assert_int_ge(took, 50 * MILLISECOND);
	ck_assert_int_ge(locks, 2);
	ck_assert(!is_there("c1/lifecycle.json"));
	ck_assert_int_eq(lifecycle_store_delete(store, "c1", began, NULL, NULL, NULL), -1);
	close(fd);
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
}
END_TEST

START_TEST(test_deadline_that_has_passed)
{
	ck_assert_int_eq(name_code("c1", "one", lifecycle_monotonic_now()), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(name_code("c1", "two", LIFECYCLE_NO_DEADLINE), LIFECYCLE_ERROR_NONE);
	check_name("c1", "two");
}
END_TEST

static int taken = -1;

static void take_it_first(void)
{
	if (taken < 0) {
		taken = open("c1", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_eq(__real_flock(taken, LOCK_EX), 0);
	}
}

/* Whoever has the lock is about to write there. */
START_TEST(test_a_directory_that_another_has_locked_stays)
{
	before_lock = take_it_first;
	ck_assert_int_eq(name_code("c1", "one", lifecycle_monotonic_now() + 100 * MILLISECOND),
		LIFECYCLE_ERROR_TIMEOUT);
	ck_assert(is_there("c1"));
	close(taken);
	ck_assert_int_eq(name_code("c1", "two", soon()), LIFECYCLE_ERROR_NONE);
}
END_TEST

static void remove_it_once(void)
{
	before_lock = NULL;
	unlink("c1/lifecycle.json");
	ck_assert_int_eq(rmdir("c1"), 0);
}

static void replace_it_once(void)
{
	remove_it_once();
	ck_assert_int_eq(mkdir("c1", 0700), 0);
	unit_put("c1/lifecycle.json", "{\"version\":1,\"id\":\"c1\",\"bundle\":\"/new\"}");
}

START_TEST(test_removed_while_it_was_waited_for)
{
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	before_lock = remove_it_once;
	ck_assert_int_eq(name_code("c1", "two", soon()), LIFECYCLE_ERROR_NONE);
	check_name("c1", "two");
	before_lock = remove_it_once;
	ck_assert_int_eq(name_code("c2", "one", soon()), LIFECYCLE_ERROR_NONE);
	check_name("c2", "one");
}
END_TEST

START_TEST(test_replaced_while_it_was_waited_for)
{
	struct lifecycle_record *record;

	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	before_lock = replace_it_once;
	ck_assert_int_eq(name_code("c1", "two", soon()), LIFECYCLE_ERROR_NONE);
	check_name("c1", "two");
	ck_assert_int_eq(lifecycle_store_load(store, "c1", &record, NULL), 0);
	ck_assert_str_eq(lifecycle_record_bundle(record), "/new");
	lifecycle_record_free(record);
}
END_TEST

static void remove_it_again(void)
{
	rmdir("c1");
}

START_TEST(test_removed_again_and_again)
{
	before_lock = remove_it_again;
	ck_assert_int_eq(name_code("c1", "one", lifecycle_monotonic_now() + 100 * MILLISECOND),
		LIFECYCLE_ERROR_TIMEOUT);
	ck_assert_int_ge(locks, 2);
}
END_TEST

START_TEST(test_gone_before_it_is_deleted)
{
	struct lifecycle_error error;

	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	before_lock = remove_it_once;
	ck_assert_int_eq(lifecycle_store_delete(store, "c1", soon(), NULL, NULL, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_NOT_FOUND);
}
END_TEST

/* ---- what was found bad ---- */

static void make_garbage(void)
{
	unit_put("c1/lifecycle.json", "garbage");
}

static void make_directory(void)
{
	ck_assert_int_eq(mkdir("c1/lifecycle.json", 0700), 0);
}

static void make_fifo(void)
{
	ck_assert_int_eq(mkfifo("c1/lifecycle.json", 0600), 0);
}

static void make_link(void)
{
	unit_put("elsewhere", "{}");
	ck_assert_int_eq(symlink("../elsewhere", "c1/lifecycle.json"), 0);
}

static void make_hard_link(void)
{
	unit_put("elsewhere", "{}");
	ck_assert_int_eq(link("elsewhere", "c1/lifecycle.json"), 0);
}

static void make_long(void)
{
	unit_put("c1/lifecycle.json", "{}");
	ck_assert_int_eq(truncate("c1/lifecycle.json", 2 * 1024 * 1024), 0);
}

static void make_newer(void)
{
	unit_put("c1/lifecycle.json", "{\"version\":2}");
}

static void make_another_users(void)
{
	unit_put("c1/lifecycle.json", "{}");
	if (geteuid() == 0)
		ck_assert_int_eq(chown("c1/lifecycle.json", 65534, 65534), 0);
	else
		make_garbage();
}

static void (*const make_bad[])(void) = { make_garbage, make_directory, make_fifo, make_link,
	make_hard_link, make_long, make_newer, make_another_users };

static bool is_recovered(void)
{
	struct lifecycle_record *record;
	bool recovered;

	ck_assert_int_eq(lifecycle_store_load(store, "c1", &record, NULL), 0);
	recovered = lifecycle_record_recovered(record);
	lifecycle_record_free(record);
	return recovered;
}

START_TEST(test_set_aside)
{
	struct stat bad, aside;

	ck_assert_int_eq(mkdir("c1", 0700), 0);
	unit_put("c1/" STORE_CORRUPT, "the one before");
	make_bad[_i]();
	ck_assert_int_eq(lstat("c1/lifecycle.json", &bad), 0);
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	check_name("c1", "one");
	ck_assert(is_recovered());
	ck_assert_int_eq(lstat("c1/" STORE_CORRUPT, &aside), 0);
	ck_assert_uint_eq(aside.st_ino, bad.st_ino);
	ck_assert_int_eq(name_code("c1", "two", soon()), LIFECYCLE_ERROR_NONE);
	ck_assert(is_recovered());
	if (is_there("elsewhere"))
		ck_assert_int_eq(access("elsewhere", R_OK), 0);
}
END_TEST

/* One that set it aside was killed before it could write another. */
START_TEST(test_set_aside_and_no_further)
{
	ck_assert_int_eq(mkdir("c1", 0700), 0);
	unit_put("c1/" STORE_CORRUPT, "garbage");
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	ck_assert(is_recovered());
}
END_TEST

START_TEST(test_set_aside_and_nothing_comes_of_it)
{
	bool seen;

	ck_assert_int_eq(mkdir("c1", 0700), 0);
	make_garbage();
	ck_assert_int_eq(
		lifecycle_store_transform(store, "c1", soon(), do_nothing, &seen, NULL), 0);
	ck_assert(is_recovered());
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	ck_assert(is_recovered());
}
END_TEST

/* What cannot be read is left as it is. */
START_TEST(test_not_readable)
{
	struct stat status;

	if (geteuid() == 0) {
		ck_assert_int_eq(chown(".", 65534, 65534), 0);
		ck_assert_int_eq(setegid(65534), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(chmod("c1/lifecycle.json", 0), 0);
	ck_assert_int_eq(name_code("c1", "two", soon()), LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(lstat("c1/lifecycle.json", &status), 0);
	ck_assert(!is_there("c1/" STORE_CORRUPT) && !is_there("c1/" STORE_TEMPORARY));
	ck_assert_int_eq(chmod("c1/lifecycle.json", 0600), 0);
	check_name("c1", "one");
}
END_TEST

/* ---- delete ---- */

static bool permit_as_told(const struct lifecycle_record *record, void *arg)
{
	const char *expected = arg;

	ck_assert_str_eq(record ? lifecycle_record_name(record) : "no record", expected + 1);
	return expected[0] == '+';
}

static enum lifecycle_error_code delete_code(const char *permit)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };

	(void)lifecycle_store_delete(store, "c1", soon(), permit ? permit_as_told : NULL,
		(void *)(uintptr_t)permit, &error);
	return error.code;
}

START_TEST(test_delete)
{
	ck_assert_int_eq(delete_code(NULL), LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(delete_code("-one"), LIFECYCLE_ERROR_NONE);
	check_name("c1", "one");
	unit_put("c1/" STORE_CORRUPT, "");
	unit_put("c1/" STORE_TEMPORARY, "");
	unit_put("c1/" STORE_SEEN_STOPPED, "");
	ck_assert_int_eq(delete_code("+one"), LIFECYCLE_ERROR_NONE);
	ck_assert(!is_there("c1"));
}
END_TEST

START_TEST(test_delete_without_a_record)
{
	ck_assert_int_eq(mkdir("c1", 0700), 0);
	ck_assert_int_eq(delete_code("-no record"), LIFECYCLE_ERROR_NONE);
	make_garbage();
	ck_assert_int_eq(delete_code("+no record"), LIFECYCLE_ERROR_NONE);
	ck_assert(!is_there("c1"));
}
END_TEST

START_TEST(test_delete_leaves_what_is_not_ours)
{
	ck_assert_int_eq(name_code("c1", "one", soon()), LIFECYCLE_ERROR_NONE);
	unit_put("c1/foreign", "text");
	ck_assert_int_eq(mkdir("c1/" STORE_CORRUPT, 0700), 0);
	ck_assert_int_eq(delete_code(NULL), LIFECYCLE_ERROR_UNSAFE);
	ck_assert(is_there("c1/foreign") && !is_there("c1/lifecycle.json"));
	ck_assert_int_eq(mkdir("c1/lifecycle.json", 0700), 0);
	unit_put("c1/lifecycle.json/foreign", "text");
	ck_assert_int_eq(delete_code(NULL), LIFECYCLE_ERROR_SYSTEM);
	ck_assert(is_there("c1/lifecycle.json/foreign"));
}
END_TEST

static void add_lock_tests(TCase *tcase)
{
	tcase_add_test(tcase, test_locked_by_another);
	tcase_add_test(tcase, test_deadline_that_has_passed);
	tcase_add_test(tcase, test_a_directory_that_another_has_locked_stays);
	tcase_add_test(tcase, test_removed_while_it_was_waited_for);
	tcase_add_test(tcase, test_replaced_while_it_was_waited_for);
	tcase_add_test(tcase, test_removed_again_and_again);
	tcase_add_test(tcase, test_gone_before_it_is_deleted);
}

Suite *unit_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, test_made, 0, 2);
	tcase_add_loop_test(tcase, test_bad_id, 0, sizeof(bad_ids) / sizeof(bad_ids[0]));
	tcase_add_test(tcase, test_transform_that_fails);
	tcase_add_test(tcase, test_nothing_comes_of_it);
	tcase_add_test(tcase, test_left_by_one_that_was_killed);
	tcase_add_test(tcase, test_a_full_directory_is_in_the_way);
	tcase_add_test(tcase, test_directory_is_not_safe);
	add_lock_tests(tcase);
	tcase_add_loop_test(tcase, test_set_aside, 0, sizeof(make_bad) / sizeof(make_bad[0]));
	tcase_add_test(tcase, test_set_aside_and_no_further);
	tcase_add_test(tcase, test_set_aside_and_nothing_comes_of_it);
	tcase_add_test(tcase, test_not_readable);
	tcase_add_test(tcase, test_delete);
	tcase_add_test(tcase, test_delete_without_a_record);
	tcase_add_test(tcase, test_delete_leaves_what_is_not_ours);
	suite_add_tcase(suite, tcase);
	return suite;
}
