/* SPDX-License-Identifier: Apache-2.0 */
/* How long a stopped container stays in a store: prune, and the sweep. */
#include "evidence.h"
#include "store.h"
#include "unit.h"

#include <errno.h>
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

static bool is_there(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* ---- prune ---- */

static bool prune(const char *id, int64_t older_than, bool dry_run)
{
	const struct lifecycle_prune how = { sizeof(how), older_than,
		lifecycle_monotonic_now() + SECOND, dry_run };
	struct lifecycle_error error;
	bool removed = false;

	ck_assert_msg(
		lifecycle_store_prune(store, id, &how, &removed, &error) == 0, "%s", error.message);
	if (!dry_run)
		ck_assert(is_there(id) == !removed);
	return removed;
}

static void make_stopped(const char *id, int64_t ago)
{
	char time[LIFECYCLE_TIME_SIZE];
	char record[512];

	lifecycle_time_format(lifecycle_time_now() - ago, time);
	snprintf(record, sizeof(record),
		"{\"version\":1,\"id\":\"%s\",\"generation\":1,\"status\":\"stopped\","
		"\"finished_at\":\"%s\"}",
		id, time);
	unit_make_container(id, record);
}

START_TEST(test_prune)
{
	make_stopped("c1", 100 * SECOND);
	ck_assert(!prune("c1", 200 * SECOND, false));
	ck_assert(prune("c1", 50 * SECOND, true));
	ck_assert(is_there("c1/" STORE_RECORD));
	ck_assert(prune("c1", 50 * SECOND, false));
	make_stopped("c1", 0);
	ck_assert(prune("c1", 0, false));
}
END_TEST

/* Nobody could look at it, so it is as recorded. */
START_TEST(test_prune_what_is_not_stopped)
{
	unit_make_container(
		"c1", "{\"version\":1,\"id\":\"c1\",\"generation\":1,\"status\":\"running\"}");
	unit_make_container("c2", "{\"started_at\":\"2020-01-01T00:00:00Z\"}");
	ck_assert(!prune("c1", 0, false));
	ck_assert(!prune("c2", 0, false));
}
END_TEST

START_TEST(test_prune_what_nobody_saw_end)
{
	unit_make_container("c1",
		"{\"version\":1,\"id\":\"c1\",\"generation\":1,\"status\":\"stopped\","
		"\"created_at\":\"2020-01-01T00:00:00Z\"}");
	ck_assert(!prune("c1", 3600 * SECOND, true));
	ck_assert(!is_there("c1/" STORE_SEEN_STOPPED));
	ck_assert(!prune("c1", 3600 * SECOND, false));
	ck_assert(is_there("c1/" STORE_SEEN_STOPPED));
	ck_assert(!prune("c1", 3600 * SECOND, false));
	ck_assert(prune("c1", 1, false));
}
END_TEST

/* A mark that is older than the last that the record tells is of an earlier life. */
START_TEST(test_prune_by_a_mark)
{
	/* 2020-01-01, and what comes after it */
	struct timespec times[] = { { 1577836800, 5 }, { 1577836800, 5 } };

	unit_make_container("c1",
		"{\"version\":1,\"id\":\"c1\",\"generation\":1,\"status\":\"stopped\","
		"\"created_at\":\"2020-01-01T00:00:00.000000005Z\","
		"\"started_at\":\"2019-01-01T00:00:00Z\"}");
	unit_put("c1/" STORE_SEEN_STOPPED, "");
	ck_assert_int_eq(utimensat(AT_FDCWD, "c1/" STORE_SEEN_STOPPED, times, 0), 0);
	ck_assert(!prune("c1", 3600 * SECOND, true));
	times[1].tv_nsec = 6;
	ck_assert_int_eq(utimensat(AT_FDCWD, "c1/" STORE_SEEN_STOPPED, times, 0), 0);
	ck_assert(prune("c1", 3600 * SECOND, true));
}
END_TEST

static void check_prune_fails(const char *id)
{
	struct lifecycle_prune how = { .size = sizeof(how), .deadline = LIFECYCLE_NO_DEADLINE };
	struct lifecycle_error error;
	bool removed = false;

	for (int i = 0; i < 2; i++) {
		how.dry_run = i == 0;
		ck_assert_int_eq(lifecycle_store_prune(store, id, &how, &removed, &error), -1);
		ck_assert_int_eq(strncmp(error.message, "'bad': 'lifecycle.json': ", 25), 0);
		ck_assert(!removed && is_there(id));
	}
}

START_TEST(test_prune_without_a_record)
{
	unit_make_container("empty", NULL);
	ck_assert(!prune("empty", 3600 * SECOND, false));
	ck_assert(prune("empty", 0, false));
	unit_make_container("bad", "garbage");
	check_prune_fails("bad");
}
END_TEST

/* ---- what cannot be looked at ---- */

static bool process_is_unseen, directory_is_unseen;

void __real_evidence_observe(const struct lifecycle_record *record,
	struct lifecycle_observed *observed, bool *ret_unseen);
void __wrap_evidence_observe(const struct lifecycle_record *record,
	struct lifecycle_observed *observed, bool *ret_unseen);
void __wrap_evidence_observe(const struct lifecycle_record *record,
	struct lifecycle_observed *observed, bool *ret_unseen)
{
	__real_evidence_observe(record, observed, ret_unseen);
	*ret_unseen |= process_is_unseen;
}

int __real_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret)
{
	static int looks;

	/* the first look is of who holds the directory */
	if (!directory_is_unseen || ++looks < 2)
		return __real_fstat(fd, ret);
	errno = EIO;
	return -1;
}

static void check_stays(const char *id, const char *why)
{
	const struct lifecycle_prune how = { sizeof(how), 0, lifecycle_monotonic_now() + SECOND,
		false };
	struct lifecycle_error error;
	bool removed = false;

	ck_assert_int_eq(lifecycle_store_prune(store, id, &how, &removed, &error), -1);
	ck_assert_ptr_nonnull(strstr(error.message, why));
	ck_assert(!removed && is_there(id));
}

START_TEST(test_prune_what_cannot_be_seen)
{
	make_stopped("one", 10 * SECOND);
	process_is_unseen = true;
	check_stays("one", "its process cannot be looked at");
	process_is_unseen = false;
	ck_assert(prune("one", 0, false));
	unit_make_container("empty", NULL);
	directory_is_unseen = true;
	check_stays("empty", "its directory: Input/output error");
	directory_is_unseen = false;
}
END_TEST

/* What counts of one that was never created is the last that is known of it. */
START_TEST(test_prune_what_was_never_created)
{
	char now[LIFECYCLE_TIME_SIZE];
	char record[512];

	unit_make_container("old",
		"{\"version\":1,\"id\":\"old\",\"generation\":1,\"status\":\"stopped\","
		"\"create_error\":true,\"created_at\":\"2020-01-01T00:00:00Z\","
		"\"hooks\":[{\"point\":\"prestart\",\"time\":\"2020-01-01T00:00:00Z\"}]}");
	ck_assert(prune("old", 3600 * SECOND, true));
	ck_assert(prune("old", 3600 * SECOND, false));
	snprintf(record, sizeof(record),
		"{\"version\":1,\"id\":\"new\",\"generation\":1,\"status\":\"stopped\","
		"\"create_error\":true,\"created_at\":\"2020-01-01T00:00:00Z\","
		"\"hooks\":[{\"point\":\"prestart\",\"time\":\"2020-01-01T00:00:00Z\"},"
		"{\"point\":\"poststop\",\"time\":\"%s\"}]}",
		lifecycle_time_format(lifecycle_time_now(), now));
	unit_make_container("new", record);
	ck_assert(!prune("new", 3600 * SECOND, false));
	ck_assert(!is_there("new/" STORE_SEEN_STOPPED));
	ck_assert(prune("new", 1, false));
}
END_TEST

START_TEST(test_prune_without_a_size)
{
	const struct lifecycle_prune how = { .older_than = 0 };
	struct lifecycle_error error;
	bool removed = false;

	make_stopped("c1", 100 * SECOND);
	ck_assert_int_eq(lifecycle_store_prune(store, "c1", &how, &removed, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert(!removed && is_there("c1"));
}
END_TEST

/* As if the last sweep had been long ago. */
static void forget_sweep(void)
{
	const struct timespec long_ago[] = { { 1000, 0 }, { 1000, 0 } };

	ck_assert_int_eq(utimensat(AT_FDCWD, STORE_SWEPT, long_ago, 0), 0);
}

static void sweep(int64_t deadline)
{
	struct lifecycle_error error;

	ck_assert_msg(lifecycle_store_sweep(store, 50 * SECOND, deadline, &error) == 0, "%s",
		error.message);
}

START_TEST(test_sweep)
{
	int64_t soon = lifecycle_monotonic_now() + 10 * SECOND;

	make_stopped("old", 100 * SECOND);
	make_stopped("new", 0);
	unit_make_container("bad", "garbage");
	sweep(soon);
	forget_sweep();
	sweep(soon);
	ck_assert(!is_there("old") && is_there("new") && is_there("bad"));
	/* not twice in a minute */
	make_stopped("old", 100 * SECOND);
	sweep(soon);
	ck_assert(is_there("old"));
	forget_sweep();
	sweep(soon);
	ck_assert(!is_there("old"));
}
END_TEST

START_TEST(test_sweep_of_nothing)
{
	sweep(lifecycle_monotonic_now() + 10 * SECOND);
	ck_assert(is_there(STORE_SWEPT));
}
END_TEST

/* Wherever it begins, it is one that is looked at. */
START_TEST(test_sweep_past_its_time)
{
	make_stopped("old", 100 * SECOND);
	make_stopped("older", 200 * SECOND);
	sweep(0);
	forget_sweep();
	sweep(0);
	ck_assert(is_there("old") != is_there("older"));
	forget_sweep();
	sweep(0);
	ck_assert(!is_there("old") && !is_there("older"));
}
END_TEST

static void make_strange(int kind)
{
	unit_put("theirs", "");
	if (kind == 0)
		ck_assert_int_eq(symlink("theirs", STORE_SWEPT), 0);
	else if (kind == 1)
		ck_assert_int_eq(link("theirs", STORE_SWEPT), 0);
	else if (kind == 2)
		ck_assert_int_eq(mkfifo(STORE_SWEPT, 0600), 0);
	else
		ck_assert_int_eq(mkdir(STORE_SWEPT, 0700), 0);
}

/* It is removed, and nothing is swept; the next one makes it anew. */
START_TEST(test_sweep_with_a_strange_mark)
{
	int64_t soon = lifecycle_monotonic_now() + 10 * SECOND;
	struct stat status;

	make_strange(_i);
	make_stopped("old", 100 * SECOND);
	sweep(soon);
	ck_assert_int_eq(lstat(STORE_SWEPT, &status), -1);
	ck_assert(is_there("old"));
	sweep(soon);
	ck_assert_int_eq(lstat(STORE_SWEPT, &status), 0);
	ck_assert(S_ISREG(status.st_mode) && status.st_nlink == 1);
	forget_sweep();
	sweep(soon);
	ck_assert(!is_there("old"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("prune");
	TCase *tcase = tcase_create("prune");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_prune);
	tcase_add_test(tcase, test_prune_what_is_not_stopped);
	tcase_add_test(tcase, test_prune_what_nobody_saw_end);
	tcase_add_test(tcase, test_prune_by_a_mark);
	tcase_add_test(tcase, test_prune_without_a_record);
	tcase_add_test(tcase, test_prune_what_cannot_be_seen);
	tcase_add_test(tcase, test_prune_what_was_never_created);
	tcase_add_test(tcase, test_prune_without_a_size);
	tcase_add_test(tcase, test_sweep);
	tcase_add_test(tcase, test_sweep_of_nothing);
	tcase_add_test(tcase, test_sweep_past_its_time);
	tcase_add_loop_test(tcase, test_sweep_with_a_strange_mark, 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}
