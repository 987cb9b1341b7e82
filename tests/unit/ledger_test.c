/* SPDX-License-Identifier: Apache-2.0 */
/* What a store's file of counts takes, keeps, merges and gives. */
#include "ledger.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define MERGE  65536
#define MOST   4194304

static int root; /* of one test, and the working directory */

static void set_up(void)
{
	(void)unit_enter_directory();
	root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void tear_down(void)
{
	close(root);
}

static int64_t since_boot(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

/* ---- the file ---- */

static void put(const char *text)
{
	int fd = open(LIFECYCLE_COUNTS_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static const char *text(void)
{
	static char buffer[2 * MOST];
	int fd = open(LIFECYCLE_COUNTS_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd >= 0 ? read(fd, buffer, sizeof(buffer) - 1) : 0;

	buffer[length > 0 ? length : 0] = '\0';
	if (fd >= 0)
		close(fd);
	return buffer;
}

static size_t count(const char *word)
{
	size_t found = 0;

	for (const char *at = strstr(text(), word); at != NULL; at = strstr(at + 1, word))
		found++;
	return found;
}

/* A file of `size` bytes, which holds `text` and then a line that is none of ours. */
static void put_long(const char *first, size_t size)
{
	char *bytes = malloc(size + 1);

	memset(bytes, 'x', size);
	bytes[size] = '\0';
	memcpy(bytes, first, strlen(first));
	bytes[size - 1] = '\n';
	put(bytes);
	free(bytes);
}

/* ---- writing and reading ---- */

/* A ledger_live_fn: what lives are the entries that the letters stand for. */
static bool is_live(void *arg, const char *id, uint64_t identity)
{
	(void)id;
	return strchr(*(const char *const *)arg, 'a' + (int)identity) != NULL;
}

static const char *nobody = "";

static struct tally_entry generation(uint64_t identity)
{
	return (struct tally_entry){ .identity = identity,
		.kind = TALLY_GENERATION,
		.index = LIFECYCLE_UNKNOWN,
		.duration_ns = LIFECYCLE_UNKNOWN };
}

static int system_errno; /* of what was last not written down */

static int write_down(struct tally_entry entry, const struct tally *kept, const char *live)
{
	struct tally tally = { .count = 1, .entries = &entry };
	struct lifecycle_error error;
	int result = ledger_write_down(root, "c1", &tally, kept,
		lifecycle_monotonic_now() + SECOND / 20, is_live, &live, &error);

	system_errno = result < 0 ? error.system_errno : 0;
	return result < 0 ? (int)error.code : 0;
}

static int64_t generations(const char *live)
{
	struct totals totals = { 0 };
	struct lifecycle_error error;

	ck_assert_msg(ledger_read(root, is_live, &live, &totals, &error) == 0, "%s", error.message);
	return totals.sums.generations;
}

START_TEST(test_entry_is_written_and_read)
{
	struct tally_entry entry = generation(3);
	int64_t now = since_boot();
	char id[32];
	int64_t time;

	ck_assert_int_eq(generations(nobody), 0);
	ck_assert_int_eq(write_down(entry, NULL, nobody), 0);
	ck_assert_int_eq(sscanf(text(), "entry\t%" SCNd64 "\t%31s\t", &time, id), 2);
	ck_assert_str_eq(id, "c1");
	ck_assert(now <= time && time <= since_boot());
	ck_assert_int_eq(generations(nobody), 1);
	ck_assert_int_eq(generations("d"), 0);
	ck_assert_int_eq(generations("e"), 1);
}
END_TEST

START_TEST(test_what_is_kept_is_not_written)
{
	struct tally_entry entries[] = { generation(1), generation(2) };
	struct tally kept = { .count = 2, .entries = entries };

	ck_assert_int_eq(write_down(generation(2), &kept, nobody), 0);
	ck_assert_int_eq(access(LIFECYCLE_COUNTS_FILE, F_OK), -1);
	ck_assert_int_eq(write_down(generation(3), &kept, nobody), 0);
	ck_assert_uint_eq(count("entry"), 1);
}
END_TEST

/* Of one that was written twice the last counts. */
START_TEST(test_each_entry_counts_once)
{
	struct totals totals = { 0 };

	put("entry\t1\tc1\t5\t0\t0\t0\t0\t0\t0\t\t.\nentry\t1\tc1\t4\t0\t0\t0\t0\t0\t0\t\t.\n"
	    "entry\t1\tc1\t6\t0\t0\t0\t0\t0\t1\t\t.\nentry\t1\tc1\t5\t0\t0\t0\t0\t1\t0\t\t.\n"
	    "entry\t1\tc1\t6\t0\t0\t0\t0\t0\t0\t\t.\n");
	ck_assert_int_eq(ledger_read(root, is_live, &nobody, &totals, NULL), 0);
	ck_assert_int_eq(totals.sums.generations, 3);
	ck_assert_int_eq(totals.sums.create_errors, 1);
	ck_assert_int_eq(totals.sums.oom_kills, 0);
}
END_TEST

START_TEST(test_totals_and_entries)
{
	struct totals totals = { .sums = { .generations = 100 } };

	put("base\t0\t.\nsums\t10\t2\t1\t.\n"
	    "series\t2\t0\t/c\t3\t70\t1\t3\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t.\ngarbage\n"
	    "entry\t1\tc1\t5\t1\t2\t0\t30\t0\t0\t/c\t.\nentry\t1\tc1\t7\t0\t0\t0\t0\t1\t1\t\t.\n");
	ck_assert_int_eq(ledger_read(root, is_live, &nobody, &totals, NULL), 0);
	ck_assert_int_eq(totals.sums.generations, 111);
	ck_assert_int_eq(totals.sums.create_errors, 3);
	ck_assert_int_eq(totals.sums.oom_kills, 2);
	ck_assert_uint_eq(totals.count, 1);
	ck_assert_int_eq(totals.series[0].calls, 4);
	ck_assert_int_eq(totals.series[0].sum_ns, 100);
	ck_assert_int_eq(totals.series[0].failures, 1);
	ck_assert_int_eq(totals.series[0].buckets[0], 4);
}
END_TEST

/* ---- what is in the way ---- */

START_TEST(test_line_that_was_cut_is_ended)
{
	put("entry\t1\tc1\t5\t0");
	ck_assert_int_eq(write_down(generation(1), NULL, nobody), 0);
	ck_assert_int_eq(strncmp(text(), "entry\t1\tc1\t5\t0\nentry\t", 21), 0);
	ck_assert_int_eq(write_down(generation(2), NULL, nobody), 0);
	ck_assert_ptr_null(strstr(text(), "\n\n"));
	ck_assert_int_eq(generations(nobody), 2);
}
END_TEST

START_TEST(test_what_is_in_its_place)
{
	struct totals totals = { 0 };
	struct lifecycle_error error = { 0 };

	ck_assert_int_eq(mkfifo(LIFECYCLE_COUNTS_FILE, 0600), 0);
	ck_assert_int_eq(ledger_read(root, is_live, &nobody, &totals, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(ledger_read(root, is_live, &nobody, &totals, NULL), -1);
	ck_assert_int_eq(write_down(generation(1), NULL, nobody), 0);
	ck_assert_int_eq(generations(nobody), 1);
	ck_assert_int_eq(link(LIFECYCLE_COUNTS_FILE, "other"), 0);
	ck_assert_int_eq(write_down(generation(2), NULL, nobody), 0);
	ck_assert_int_eq(generations(nobody), 1);
	ck_assert_int_eq(unlink(LIFECYCLE_COUNTS_FILE), 0);
	ck_assert_int_eq(mkdir(LIFECYCLE_COUNTS_FILE, 0700), 0);
	ck_assert_int_eq(write_down(generation(3), NULL, nobody), 0);
	ck_assert_int_eq(generations(nobody), 1);
	ck_assert_int_eq(unlink(LIFECYCLE_COUNTS_FILE), 0);
	ck_assert_int_eq(mkdir(LIFECYCLE_COUNTS_FILE, 0700), 0);
	ck_assert_int_eq(mkdir(LIFECYCLE_COUNTS_FILE "/full", 0700), 0);
	ck_assert_int_eq(write_down(generation(4), NULL, nobody), LIFECYCLE_ERROR_SYSTEM);
}
END_TEST

/* Nothing is known of a file that cannot be opened for want of descriptors: what it counts is not given up. */
START_TEST(test_no_descriptor_is_left)
{
	int next = fcntl(root, F_DUPFD_CLOEXEC, 0);
	struct rlimit limit;

	put("sums\t10\t0\t0\t.\n");
	close(next);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	for (rlim_t more = 0; more < 2; more++) { /* none, one for the lock */
		limit.rlim_cur = (rlim_t)next + more;
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		ck_assert_int_eq(write_down(generation(1), NULL, nobody), LIFECYCLE_ERROR_SYSTEM);
		ck_assert_int_eq(system_errno, EMFILE);
	}
	limit.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(generations(nobody), 10);
}
END_TEST

START_TEST(test_lock_is_waited_for)
{
	int lock = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(flock(lock, LOCK_EX), 0);
	ck_assert_int_eq(write_down(generation(1), NULL, nobody), LIFECYCLE_ERROR_TIMEOUT);
	ck_assert_int_eq(access(LIFECYCLE_COUNTS_FILE, F_OK), -1);
	close(lock);
	ck_assert_int_eq(write_down(generation(1), NULL, nobody), 0);
}
END_TEST

/* ---- merging ---- */

#define LONG_AGO "-100000000000" /* also on a host that has just booted */

#define OLD(identity, time) "entry\t" time "\tc1\t" identity "\t0\t0\t0\t0\t0\t0\t\t.\n"

/* Writes down entry 15 behind `first`, in a file that had `size` bytes: is it merged? */
static bool merges(const char *first, size_t size, const char *live)
{
	put_long(first, size);
	ck_assert_int_eq(write_down(generation(15), NULL, live), 0);
	ck_assert_uint_eq(
		count("entry"), count("\n") - (count("base") + count("sums")) - count("x\n"));
	return count("sums") > 0;
}

START_TEST(test_merged_once_it_has_grown)
{
	char first[128];
	size_t line;

	ck_assert_int_eq(write_down(generation(15), NULL, nobody), 0);
	line = strlen(text());
	ck_assert(!merges(OLD("1", LONG_AGO), MERGE - line, nobody));
	ck_assert(merges(OLD("1", LONG_AGO), MERGE - line + 1, nobody));
	/* what stayed the last time counts: to twice that, and so much more */
	snprintf(first, sizeof(first), "base\t1000\t.\nsums\t0\t0\t0\t.\n");
	put_long(first, MERGE + 2000 - line);
	ck_assert_int_eq(write_down(generation(15), NULL, nobody), 0);
	ck_assert_uint_eq(count("x\n"), 1);
	put_long(first, MERGE + 2000 - line + 1);
	ck_assert_int_eq(write_down(generation(15), NULL, nobody), 0);
	ck_assert_uint_eq(count("x\n"), 0);
	ck_assert_int_eq(access(LEDGER_TEMPORARY, F_OK), -1);
}
END_TEST

static char *old_and_young(char buffer[512])
{
	int64_t now = since_boot();

	snprintf(buffer, 512,
		"sums\t10\t0\t0\t.\n" OLD("0", LONG_AGO)
			OLD("1", LONG_AGO) "entry\t%" PRId64 "\tc1\t2\t0\t0\t0\t0\t0\t0\t\t.\n"
					   "entry\t%" PRId64 "\tc1\t3\t0\t0\t0\t0\t0\t0\t\t.\n"
					   "entry\t%" PRId64 "\tc1\t4\t0\t0\t0\t0\t0\t0\t\t.\n" OLD(
						   "5", "-9223372036854775808"),
		now - LEDGER_STAY_NS + 10 * SECOND, now - LEDGER_STAY_NS, now + 100 * SECOND);
	return buffer;
}

/* What is young, or lives, stays as it is; a time that is to come is of another boot. */
START_TEST(test_what_is_merged)
{
	char buffer[512];

	ck_assert(merges(old_and_young(buffer), MERGE, "b"));
	ck_assert_uint_eq(count("\tc1\t0\t"), 0);
	ck_assert_uint_eq(count("\tc1\t1\t"), 1);
	ck_assert_uint_eq(count("\tc1\t2\t"), 1);
	ck_assert_uint_eq(count("\tc1\t3\t"), 0);
	ck_assert_uint_eq(count("\tc1\t4\t"), 0);
	ck_assert_uint_eq(count("\tc1\t5\t"), 0);
	ck_assert_uint_eq(count("\tc1\tf\t"), 1);
	ck_assert_ptr_nonnull(strstr(text(), "\nsums\t14\t0\t0\t.\n"));
	ck_assert_int_eq(generations(nobody), 17);
	ck_assert_int_eq(generations("b"), 16);
}
END_TEST

/* The first line says how long the entries are that stay. */
START_TEST(test_what_stays_is_the_base)
{
	const char *entries;
	long base;

	ck_assert(merges(OLD("0", LONG_AGO) OLD("1", LONG_AGO), MERGE, "b"));
	ck_assert_int_eq(sscanf(text(), "base\t%ld\t.\n", &base), 1);
	entries = strstr(text(), "\nentry") + 1;
	ck_assert_int_eq(base, (long)strlen(entries));
}
END_TEST

/* However young: there is a bound on the file. */
START_TEST(test_all_is_merged_at_last)
{
	char buffer[512];

	ck_assert(merges(old_and_young(buffer), MOST, "b"));
	ck_assert_uint_eq(count("entry"), 1);
	ck_assert_uint_eq(count("\tc1\t1\t"), 1);
	ck_assert_ptr_nonnull(strstr(text(), "\nsums\t16\t0\t0\t.\n"));
}
END_TEST

/* A base that no merging wrote does not keep the file from being merged. */
START_TEST(test_base_that_cannot_be)
{
	ck_assert(merges("base\t9223372036854775807\t.\n", MERGE, nobody));
	ck_assert(merges("base\t-9223372036854775808\t.\n", MERGE, nobody));
	ck_assert(merges("base\t70000\t.\n", MERGE, nobody));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("ledger");
	TCase *tcase = tcase_create("ledger");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_entry_is_written_and_read);
	tcase_add_test(tcase, test_what_is_kept_is_not_written);
	tcase_add_test(tcase, test_each_entry_counts_once);
	tcase_add_test(tcase, test_totals_and_entries);
	tcase_add_test(tcase, test_line_that_was_cut_is_ended);
	tcase_add_test(tcase, test_what_is_in_its_place);
	tcase_add_test(tcase, test_no_descriptor_is_left);
	tcase_add_test(tcase, test_lock_is_waited_for);
	tcase_add_test(tcase, test_merged_once_it_has_grown);
	tcase_add_test(tcase, test_what_is_merged);
	tcase_add_test(tcase, test_what_stays_is_the_base);
	tcase_add_test(tcase, test_all_is_merged_at_last);
	tcase_add_test(tcase, test_base_that_cannot_be);
	suite_add_tcase(suite, tcase);
	return suite;
}
