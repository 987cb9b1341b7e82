/* SPDX-License-Identifier: Apache-2.0 */
/* What a watch tells of a store that comes, changes, goes and comes back. */
#include "libstate.h"
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char above[128]; /* of one test */
static char root[192];
static struct lifecycle_watch *watch;

static void set_up(void)
{
	snprintf(above, sizeof(above), "%s", unit_new_directory());
	snprintf(root, sizeof(root), "%s/deep/store", above);
}

static void tear_down(void)
{
	lifecycle_watch_close(watch);
	watch = NULL;
}

static void start(void)
{
	struct lifecycle_error error;

	ck_assert_msg(lifecycle_watch_open(root, &watch, &error) == 0, "%s", error.message);
}

/* ---- what is done to the store ---- */

static void make_store(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/deep", above);
	(void)mkdir(path, 0700);
	ck_assert_int_eq(mkdir(root, 0700), 0);
}

/* Once no record is in it. */
static void remove_store(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, LIFECYCLE_COUNTS_FILE);
	(void)unlink(path);
	ck_assert_int_eq(rmdir(root), 0);
}

static void report(const char *id)
{
	struct lifecycle_report what = LIFECYCLE_REPORT_UNKNOWN;
	struct lifecycle_store *store;

	what.event = LIFECYCLE_EVENT_STARTED;
	what.id = id;
	ck_assert_int_eq(lifecycle_store_open(root, LIFECYCLE_ACCESS_MEND, &store, NULL), 0);
	ck_assert_int_eq(
		lifecycle_store_report(store, &what, LIFECYCLE_NO_DEADLINE, NULL, NULL), 0);
	lifecycle_store_close(store);
}

static void forget(const char *id)
{
	struct lifecycle_store *store;

	ck_assert_int_eq(lifecycle_store_open(root, LIFECYCLE_ACCESS_MEND, &store, NULL), 0);
	ck_assert_int_eq(
		lifecycle_store_delete(store, id, LIFECYCLE_NO_DEADLINE, NULL, NULL, NULL), 0);
	lifecycle_store_close(store);
}

/* ---- what is told ---- */

static char
	told[256]; /* a letter for each change, and the ID; what is told twice in a row only once */

static int take(enum lifecycle_change change, const char *id, void *arg)
{
	static const char letters[] = " RX*";
	char one[64];
	size_t length = strlen(told);

	(void)arg;
	snprintf(one, sizeof(one), "%c%s ", letters[change], id ? id : "");
	if (length >= strlen(one) && strcmp(told + length - strlen(one), one) == 0)
		return 0;
	ck_assert_uint_lt(length + strlen(one), sizeof(told));
	strcat(told, one);
	return 0;
}

static bool is_readable(void)
{
	struct pollfd file = { .fd = lifecycle_watch_fd(watch), .events = POLLIN };

	return poll(&file, 1, 0) == 1;
}

/* inotify tells at once: who waits for more than it has told waits in vain. */
static const char *changes(void)
{
	struct lifecycle_error error;

	told[0] = '\0';
	while (is_readable())
		ck_assert_msg(
			lifecycle_watch_read(watch, take, NULL, &error) == 0, "%s", error.message);
	return told;
}

/* ---- cases ---- */

START_TEST(test_records)
{
	make_store();
	report("old");
	start();
	ck_assert(!is_readable());
	ck_assert_str_eq(changes(), "");
	report("old");
	ck_assert(is_readable());
	ck_assert_str_eq(changes(), "Rold ");
	report("new");
	ck_assert_str_eq(changes(), "Rnew ");
	report("new");
	report("old");
	ck_assert_str_eq(changes(), "Rnew Rold ");
	forget("old");
	ck_assert_str_eq(changes(), "Rold Xold ");
	report("old");
	ck_assert_str_eq(changes(), "Rold ");
	report("old");
	ck_assert_str_eq(changes(), "Rold ");
}
END_TEST

START_TEST(test_what_is_no_record)
{
	char path[256];

	make_store();
	report("c1");
	start();
	snprintf(path, sizeof(path), "%s/.swept", root);
	close(open(path, O_CREAT | O_CLOEXEC | O_WRONLY, 0600));
	snprintf(path, sizeof(path), "%s/c1/other", root);
	close(open(path, O_CREAT | O_CLOEXEC | O_WRONLY, 0600));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_str_eq(changes(), "");
}
END_TEST

/* Of one that has gone before it is watched, or that we may not look into, no change is told; of the others it is. */
START_TEST(test_container_that_cannot_be_watched)
{
	char path[256];

	make_store();
	if (geteuid() == 0) {
		ck_assert_int_eq(chmod(unit_directory(), 0711), 0);
		ck_assert_int_eq(chmod(above, 0711), 0);
		ck_assert_int_eq(chown(root, 65534, 65534), 0);
		snprintf(path, sizeof(path), "%s/deep", above);
		ck_assert_int_eq(chmod(path, 0711), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	start();
	report("c1");
	forget("c1");
	snprintf(path, sizeof(path), "%s/c2", root);
	ck_assert_int_eq(mkdir(path, 0), 0);
	ck_assert_str_eq(changes(), "Rc1 Xc1 Rc2 ");
	report("c3");
	ck_assert_str_eq(changes(), "Rc3 ");
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_str_eq(changes(), "Xc2 ");
}
END_TEST

START_TEST(test_store_that_comes_later)
{
	start();
	ck_assert_str_eq(changes(), "");
	make_store();
	ck_assert_str_eq(changes(), "* ");
	report("c1");
	ck_assert_str_eq(changes(), "Rc1 ");
}
END_TEST

START_TEST(test_store_that_comes_with_a_record)
{
	start();
	make_store();
	report("c1");
	ck_assert_str_eq(changes(), "* ");
	report("c1");
	ck_assert_str_eq(changes(), "Rc1 ");
}
END_TEST

START_TEST(test_store_that_goes_and_comes_back)
{
	make_store();
	report("c1");
	start();
	forget("c1");
	remove_store();
	ck_assert_str_eq(changes(), "Rc1 Xc1 * ");
	make_store();
	ck_assert_str_eq(changes(), "* ");
	report("c1");
	ck_assert_str_eq(changes(), "Rc1 ");
}
END_TEST

/* A file system that goes takes its watches with it, and says no more than that. */
START_TEST(test_store_whose_file_system_goes)
{
	make_store();
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", root, "tmpfs", 0, "mode=0700") < 0)
		return; /* that takes root */
	report("c1");
	start();
	ck_assert_int_eq(umount(root), 0);
	ck_assert_str_eq(changes(), "* ");
	report("c1");
	ck_assert_str_eq(changes(), "Rc1 ");
}
END_TEST

START_TEST(test_store_that_is_moved_away)
{
	char path[256];

	make_store();
	report("c1");
	start();
	snprintf(path, sizeof(path), "%s/elsewhere", above);
	ck_assert_int_eq(rename(root, path), 0);
	ck_assert_str_eq(changes(), "* ");
	make_store();
	report("c2");
	ck_assert_str_eq(changes(), "* ");
	report("c2");
	ck_assert_str_eq(changes(), "Rc2 ");
}
END_TEST

/* ---- too much at once ---- */

static long queue_limit(void)
{
	FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
	long limit = 0;

	if (!file || fscanf(file, "%ld", &limit) != 1)
		limit = 0;
	if (file)
		fclose(file);
	return limit;
}

/* Each is two events. */
static void rename_often(long times)
{
	char one[256];
	char other[256];

	snprintf(one, sizeof(one), "%s/c1/one", root);
	snprintf(other, sizeof(other), "%s/c1/other", root);
	close(open(one, O_CREAT | O_CLOEXEC | O_WRONLY, 0600));
	for (long i = 0; i < times; i++)
		ck_assert_int_eq(rename(i % 2 == 0 ? one : other, i % 2 == 0 ? other : one), 0);
	(void)unlink(one);
	(void)unlink(other);
}

START_TEST(test_overflow)
{
	long limit = queue_limit();

	if (limit == 0 || limit > 1000000)
		return;
	make_store();
	report("c1");
	start();
	rename_often(limit / 4);
	ck_assert_str_eq(changes(), "");
	rename_often(limit / 2 + 1);
	report("c2");
	ck_assert_str_eq(changes(), "* ");
	report("c2");
	ck_assert_str_eq(changes(), "Rc2 ");
}
END_TEST

START_TEST(test_store_that_goes_in_an_overflow)
{
	long limit = queue_limit();

	if (limit == 0 || limit > 1000000)
		return;
	make_store();
	report("c1");
	start();
	rename_often(limit / 2 + 1);
	forget("c1");
	remove_store();
	make_store();
	report("c2");
	ck_assert_str_eq(changes(), "* ");
	report("c3");
	ck_assert_str_eq(changes(), "Rc3 ");
}
END_TEST

/* ---- one directory ---- */

START_TEST(test_directory)
{
	char path[256];

	make_store();
	report("c1");
	report("c2");
	snprintf(path, sizeof(path), "%s/c1", root);
	ck_assert_int_eq(lifecycle_watch_open_directory(path, &watch, NULL), 0);
	ck_assert_str_eq(changes(), "");
	report("c1");
	ck_assert_str_eq(changes(), "* ");
	report("c2");
	ck_assert_str_eq(changes(), "");
	forget("c1");
	ck_assert_str_eq(changes(), "* ");
}
END_TEST

START_TEST(test_what_cannot_be_watched)
{
	struct lifecycle_error error;

	ck_assert_int_eq(lifecycle_watch_open("store", &watch, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(lifecycle_watch_open_directory(root, &watch, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_ptr_null(watch);
	ck_assert_int_eq(lifecycle_watch_open_directory(root, &watch, NULL), -1);
}
END_TEST

static int stop(enum lifecycle_change change, const char *id, void *arg)
{
	(void)change;
	(void)id;
	return *(const int *)arg;
}

START_TEST(test_who_stops_loses_nothing)
{
	int answer = 7;

	make_store();
	start();
	report("c1");
	report("c2");
	ck_assert_int_eq(lifecycle_watch_read(watch, stop, &answer, NULL), 7);
	told[0] = '\0';
	ck_assert_int_eq(lifecycle_watch_read(watch, take, NULL, NULL), 0);
	ck_assert_str_eq(told, "* ");
}
END_TEST

/* Whoever is told makes it change again, so that it never comes to rest. */
static int change_again(enum lifecycle_change change, const char *id, void *arg)
{
	int *count = arg;

	(void)change;
	if (++*count < 1000)
		report(id);
	return 0;
}

START_TEST(test_a_store_that_never_rests)
{
	int count = 0;

	make_store();
	report("c1");
	start();
	report("c1");
	ck_assert_int_eq(lifecycle_watch_read(watch, change_again, &count, NULL), 0);
	ck_assert_int_ge(count, 1);
	ck_assert_int_lt(count, 100);
	ck_assert_str_eq(changes(), "Rc1 ");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("watch");
	TCase *tcase = tcase_create("watch");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_records);
	tcase_add_test(tcase, test_what_is_no_record);
	tcase_add_test(tcase, test_container_that_cannot_be_watched);
	tcase_add_test(tcase, test_store_that_comes_later);
	tcase_add_test(tcase, test_store_that_comes_with_a_record);
	tcase_add_test(tcase, test_store_that_goes_and_comes_back);
	tcase_add_test(tcase, test_store_whose_file_system_goes);
	tcase_add_test(tcase, test_store_that_is_moved_away);
	tcase_add_test(tcase, test_overflow);
	tcase_add_test(tcase, test_store_that_goes_in_an_overflow);
	tcase_add_test(tcase, test_directory);
	tcase_add_test(tcase, test_what_cannot_be_watched);
	tcase_add_test(tcase, test_who_stops_loses_nothing);
	tcase_add_test(tcase, test_a_store_that_never_rests);
	suite_add_tcase(suite, tcase);
	return suite;
}
