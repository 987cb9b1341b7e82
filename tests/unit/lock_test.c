/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a lock: flock(), the clock and the pauses are the test's, so nothing takes time. */
#include "lock.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define MICROSECOND  INT64_C(1000)
#define MILLISECOND  INT64_C(1000000)
#define BEGAN        (1000 * MILLISECOND)

/* ---- the system ---- */

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *left);
int64_t __wrap_lifecycle_monotonic_now(void);

static struct {
	int64_t now;
	int64_t free_at; /* when another lets go of the lock */
	int interrupted; /* so many calls */
	int failure;     /* an errno of each other call; 0: none */
	int locks;
	int pauses;
	int64_t longest_pause;
	int64_t first_pause;
	bool wrong; /* a call was not as it has to be */
} system_state;

int __wrap_flock(int fd, int operation)
{
	(void)fd;
	system_state.wrong = system_state.wrong || operation != (LOCK_EX | LOCK_NB);
	if (++system_state.locks <= system_state.interrupted)
		errno = EINTR;
	else if (system_state.failure != 0)
		errno = system_state.failure;
	else if (system_state.now < system_state.free_at)
		errno = EWOULDBLOCK;
	else
		return 0;
	return -1;
}

int __wrap_nanosleep(const struct timespec *pause, struct timespec *left)
{
	int64_t length = pause->tv_sec * 1000 * MILLISECOND + pause->tv_nsec;

	(void)left;
	system_state.wrong = system_state.wrong || length <= 0;
	if (system_state.pauses++ == 0)
		system_state.first_pause = length;
	if (length > system_state.longest_pause)
		system_state.longest_pause = length;
	system_state.now += length;
	return 0;
}

int64_t __wrap_lifecycle_monotonic_now(void)
{
	return system_state.now;
}

/* ---- the cases ---- */

static const struct {
	const char *what;
	int64_t free_after; /* the beginning; -1: free */
	int interrupted;
	int failure;
	int64_t deadline; /* after the beginning; or LIFECYCLE_NO_DEADLINE */
	enum lifecycle_error_code code;
	int locks;     /* 0: any number */
	int64_t least; /* how long it takes */
	int64_t most;
} cases[] = {
	{ "free", -1, 0, 0, 1000 * MILLISECOND, LIFECYCLE_ERROR_NONE, 1, 0, 0 },
	{ "free, and the deadline has passed", -1, 0, 0, -MILLISECOND, LIFECYCLE_ERROR_NONE, 1, 0,
		0 },
	{ "held, and the deadline has passed", 1000 * MILLISECOND, 0, 0, -MILLISECOND,
		LIFECYCLE_ERROR_TIMEOUT, 1, 0, 0 },
	{ "held, and it is the deadline", 1000 * MILLISECOND, 0, 0, 0, LIFECYCLE_ERROR_TIMEOUT, 1,
		0, 0 },
	{ "held for too long", 1000 * MILLISECOND, 0, 0, 50 * MILLISECOND, LIFECYCLE_ERROR_TIMEOUT,
		0, 50 * MILLISECOND, 50 * MILLISECOND },
	{ "held for long, and there is a microsecond", 1000 * MILLISECOND, 0, 0, MICROSECOND,
		LIFECYCLE_ERROR_TIMEOUT, 2, MICROSECOND, MICROSECOND },
	{ "held for a moment", 50 * MICROSECOND, 0, 0, 50 * MILLISECOND, LIFECYCLE_ERROR_NONE, 2,
		50 * MICROSECOND, 200 * MICROSECOND },
	{ "held for a while", 40 * MILLISECOND, 0, 0, 50 * MILLISECOND, LIFECYCLE_ERROR_NONE, 0,
		40 * MILLISECOND, 47 * MILLISECOND },
	{ "given up at the last moment", 50 * MILLISECOND, 0, 0, 50 * MILLISECOND,
		LIFECYCLE_ERROR_NONE, 0, 50 * MILLISECOND, 50 * MILLISECOND },
	{ "held for a minute, without a deadline", 60 * 1000 * MILLISECOND, 0, 0,
		LIFECYCLE_NO_DEADLINE, LIFECYCLE_ERROR_NONE, 0, 60 * 1000 * MILLISECOND,
		60 * 1000 * MILLISECOND + 7 * MILLISECOND },
	{ "interrupted", -1, 3, 0, 50 * MILLISECOND, LIFECYCLE_ERROR_NONE, 4, 0, MILLISECOND },
	{ "interrupted for ever", -1, 1000000, 0, 50 * MILLISECOND, LIFECYCLE_ERROR_TIMEOUT, 0,
		50 * MILLISECOND, 50 * MILLISECOND },
	{ "no file", -1, 0, EBADF, 50 * MILLISECOND, LIFECYCLE_ERROR_SYSTEM, 1, 0, 0 },
	{ "no locks here", -1, 0, ENOLCK, 50 * MILLISECOND, LIFECYCLE_ERROR_SYSTEM, 1, 0, 0 },
	{ "no memory for it", -1, 0, ENOMEM, 50 * MILLISECOND, LIFECYCLE_ERROR_NO_MEMORY, 1, 0, 0 },
};

static int64_t deadline_of(int index)
{
	int64_t deadline = cases[index].deadline;

	return deadline == LIFECYCLE_NO_DEADLINE ? deadline : BEGAN + deadline;
}

START_TEST(test_case)
{
	struct lifecycle_error error = { .code = LIFECYCLE_ERROR_NONE };
	int64_t took;
	int result;

	system_state.now = BEGAN;
	system_state.free_at = BEGAN + cases[_i].free_after;
	system_state.interrupted = cases[_i].interrupted;
	system_state.failure = cases[_i].failure;
	result = lock_wait(42, deadline_of(_i), &error);
	took = system_state.now - BEGAN;
	ck_assert_int_eq(result, cases[_i].code == LIFECYCLE_ERROR_NONE ? 0 : -1);
	ck_assert_msg(error.code == cases[_i].code, "%s: %s", cases[_i].what, error.message);
	ck_assert(!system_state.wrong);
	ck_assert_msg(took >= cases[_i].least && took <= cases[_i].most, "%s: %lld ns",
		cases[_i].what, (long long)took);
	if (cases[_i].locks > 0)
		ck_assert_int_eq(system_state.locks, cases[_i].locks);
}
END_TEST

/* From 0.1 ms on, twice as long each time, up to some milliseconds: neither a busy wait nor a late one. */
START_TEST(test_pauses)
{
	system_state.now = BEGAN;
	system_state.free_at = BEGAN + 1000 * MILLISECOND;
	ck_assert_int_eq(lock_wait(42, LIFECYCLE_NO_DEADLINE, NULL), 0);
	ck_assert_int_eq(system_state.first_pause, 100 * MICROSECOND);
	ck_assert_int_ge(system_state.longest_pause, 5 * MILLISECOND);
	ck_assert_int_lt(system_state.longest_pause, 10 * MILLISECOND);
	ck_assert_int_lt(system_state.pauses, 210);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("lock");
	TCase *tcase = tcase_create("lock");

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_test(tcase, test_pauses);
	suite_add_tcase(suite, tcase);
	return suite;
}
