/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that are watched, found by pid; and the clocks that tell whose an event is. */
#include "unit.h"
#include "watch/clocks.h"
#include "watch/watched.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static struct watched *add(
	struct watched_set *set, int64_t pid, int64_t ticks, const char *instance)
{
	const struct lifecycle_generation generation = {
		.pid = pid, .pid_start_ticks = ticks, .instance = instance
	};
	struct watched *watched = watched_add(set, NULL, instance, &generation);

	ck_assert_ptr_nonnull(watched);
	ck_assert(watched_has(set, &generation));
	return watched;
}

static void count_one(struct watched *watched, void *arg)
{
	(void)watched;
	++*(int *)arg;
}

START_TEST(test_set)
{
	struct watched_set set = { .count = 0 };
	const struct lifecycle_generation other = { .pid = 7, .instance = "b" };
	struct watched *one = add(&set, 7, 1, "a");
	struct watched *beside = add(&set, 7 + WATCHED_BUCKETS, 1, "c");
	struct watched *same = add(&set, 7, 1, "d");
	struct watched *later = add(&set, 7, 2, "e");
	int count = 0;

	ck_assert(!watched_has(&set, &other));
	ck_assert(watched_is_shared(&set, one));
	ck_assert(watched_is_shared(&set, same));
	ck_assert(!watched_is_shared(&set, later));
	ck_assert(!watched_is_shared(&set, beside));
	for (const struct watched *at = NULL; (at = watched_of_pid(&set, 7, at)) != NULL;)
		count++;
	ck_assert_int_eq(count, 3);
	ck_assert_ptr_eq(watched_of_pid(&set, 7 + WATCHED_BUCKETS, NULL), beside);
	ck_assert_ptr_null(watched_of_pid(&set, 8, NULL));
	watched_remove(&set, same);
	ck_assert(!watched_is_shared(&set, one));
	count = 0;
	watched_for_each(&set, count_one, &count);
	ck_assert_int_eq(count, 3);
	ck_assert_uint_eq(set.count, 3);
	watched_free(&set);
	ck_assert_uint_eq(set.count, 0);
}
END_TEST

START_TEST(test_descriptors_are_closed)
{
	struct watched_set set = { .count = 0 };
	struct watched *watched = add(&set, 7, 1, "a");
	int pidfd = open("/dev/null", O_RDONLY);
	int oom = open("/dev/null", O_RDONLY);

	watched->pidfd = pidfd;
	watched->oom = oom;
	watched_remove(&set, watched);
	ck_assert_int_eq(close(pidfd), -1);
	ck_assert_int_eq(close(oom), -1);
}
END_TEST

/* The machine slept for 500 s: that is in the ticks, and not in the times of events. */
START_TEST(test_clocks)
{
	const struct clocks clocks = { .monotonic = INT64_C(1000000000000),
		.real = INT64_C(1700000000000000000),
		.boot = INT64_C(1500000000000),
		.tick = 10000000 };

	ck_assert_int_eq(clocks_real(&clocks, clocks.monotonic - 7), clocks.real - 7);
	ck_assert_int_eq(clocks_monotonic(&clocks, clocks.real - 7), clocks.monotonic - 7);
	ck_assert_int_eq(clocks_of_ticks(&clocks, 140001), INT64_C(900000000000));
	/* what a record says may be anything */
	ck_assert_int_le(clocks_of_ticks(&clocks, INT64_MAX), clocks.monotonic);
	ck_assert_int_lt(clocks_of_ticks(&clocks, 0), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("watched");
	TCase *tcase = tcase_create("watched");

	tcase_add_test(tcase, test_set);
	tcase_add_test(tcase, test_descriptors_are_closed);
	tcase_add_test(tcase, test_clocks);
	suite_add_tcase(suite, tcase);
	return suite;
}
