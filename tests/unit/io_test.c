/* SPDX-License-Identifier: Apache-2.0 */
/* All of it, from system calls that give and take as little as they like: read() and write() are the test's. */
#include "base/io.h"
#include "libstate.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE    100000
#define NO_FILE (-2)

/* ---- the system calls ---- */

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);

/* How the calls on one file go: every `interrupted`th is interrupted, none moves more than `most` bytes, the one that
 * would move a byte beyond `good` fails. */
static struct {
	int fd;
	size_t most;
	int interrupted;
	size_t good;
	int calls;
	size_t moved;
} plan = { .fd = NO_FILE };

static void make_plan(int fd, size_t most, int interrupted, size_t good)
{
	plan.fd = fd;
	plan.most = most;
	plan.interrupted = interrupted;
	plan.good = good;
	plan.calls = 0;
	plan.moved = 0;
}

/* How much a call may move; -1 with errno set if it fails. */
static ssize_t allowed(size_t size)
{
	if (plan.interrupted > 0 && ++plan.calls % plan.interrupted == 0) {
		errno = EINTR;
		return -1;
	}
	if (plan.moved >= plan.good) {
		errno = EIO;
		return -1;
	}
	return (ssize_t)(size < plan.most ? size : plan.most);
}

static ssize_t counted(ssize_t count)
{
	plan.moved += count > 0 ? (size_t)count : 0;
	return count;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	ssize_t most = fd == plan.fd ? allowed(size) : (ssize_t)size;

	if (fd != plan.fd)
		return __real_read(fd, bytes, size);
	return most < 0 ? -1 : counted(__real_read(fd, bytes, (size_t)most));
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
	ssize_t most = fd == plan.fd ? allowed(length) : (ssize_t)length;

	if (fd != plan.fd)
		return __real_write(fd, bytes, length);
	return most < 0 ? -1 : counted(__real_write(fd, bytes, (size_t)most));
}

/* ---- the cases ---- */

static const struct {
	size_t most;
	int interrupted;
} ways[] = { { SIZE, 0 }, { 1, 0 }, { 7, 3 }, { 4096, 2 }, { SIZE, 2 } };

#define WAYS ((int)(sizeof(ways) / sizeof(ways[0])))

static char *pattern(void)
{
	char *bytes = malloc(SIZE);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)(i * 31 + i / 251);
	return bytes;
}

static int scratch_file(void)
{
	int fd = open(unit_directory(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(test_write_then_read)
{
	char *bytes = pattern();
	char *again = malloc(SIZE + 1);
	int fd = scratch_file();

	make_plan(fd, ways[_i].most, ways[_i].interrupted, SIZE_MAX);
	ck_assert_int_eq(io_write_all(fd, bytes, SIZE), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), SIZE);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	/* a byte more than there is, exactly so many, none */
	ck_assert_int_eq(io_read_up_to(fd, again, SIZE + 1), SIZE);
	ck_assert_mem_eq(again, bytes, SIZE);
	ck_assert_int_eq(io_read_up_to(fd, again, SIZE), 0);
	ck_assert_int_eq(lseek(fd, 10, SEEK_SET), 10);
	ck_assert_int_eq(io_read_up_to(fd, again, 100), 100);
	ck_assert_mem_eq(again, bytes + 10, 100);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 110);
	close(fd);
	free(bytes);
	free(again);
}
END_TEST

START_TEST(test_nothing)
{
	char byte = 'x';

	ck_assert_int_eq(io_write_all(-1, &byte, 0), 0);
	ck_assert_int_eq(io_read_up_to(-1, &byte, 0), 0);
	ck_assert_int_eq(byte, 'x');
}
END_TEST

/* At the first byte, and in the middle. */
START_TEST(test_failure)
{
	static const size_t good[] = { 0, 5000 };
	char *bytes = pattern();
	int fd = scratch_file();

	make_plan(fd, 1000, 0, good[_i]);
	ck_assert_int_eq(io_write_all(fd, bytes, SIZE), -1);
	ck_assert_int_eq(errno, EIO);
	ck_assert_uint_eq(plan.moved, good[_i]);
	make_plan(NO_FILE, 0, 0, 0);
	ck_assert_int_eq(io_write_all(fd, bytes, SIZE), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	make_plan(fd, 1000, 0, good[_i]);
	ck_assert_int_eq(io_read_up_to(fd, bytes, SIZE), -1);
	ck_assert_int_eq(errno, EIO);
	close(fd);
	free(bytes);
}
END_TEST

START_TEST(test_no_file)
{
	char byte = 'x';

	errno = 0;
	ck_assert_int_eq(io_read_up_to(-1, &byte, 1), -1);
	ck_assert_int_eq(errno, EBADF);
	errno = 0;
	ck_assert_int_eq(io_write_all(-1, &byte, 1), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

/* More than a pipe holds, to a reader that comes later: the child writes. */
START_TEST(test_pipe)
{
	char *bytes = pattern();
	char *again = malloc(SIZE + 1);
	int ends[2];
	int status;
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(close(ends[0]) == 0 && io_write_all(ends[1], bytes, SIZE) == 0 ? 0 : 1);
	close(ends[1]);
	ck_assert_int_eq(io_read_up_to(ends[0], again, SIZE + 1), SIZE);
	ck_assert_mem_eq(again, bytes, SIZE);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	close(ends[0]);
	free(bytes);
	free(again);
}
END_TEST

/* ---- how long poll() may wait ---- */

#define MILLISECOND INT64_C(1000000)

int64_t __real_lifecycle_monotonic_now(void);
int64_t __wrap_lifecycle_monotonic_now(void);

static int64_t stopped_at; /* the clock, if it is not 0 */

int64_t __wrap_lifecycle_monotonic_now(void)
{
	return stopped_at != 0 ? stopped_at : __real_lifecycle_monotonic_now();
}

START_TEST(test_poll_timeout)
{
	static const struct {
		int64_t left;
		int timeout;
	} cases[] = { { -1000 * MILLISECOND, 0 }, { -1, 0 }, { 0, 0 }, { 1, 1 },
		{ MILLISECOND - 1, 1 }, { MILLISECOND, 1 }, { MILLISECOND + 1, 2 },
		{ 3600 * 1000 * MILLISECOND, 3600000 },
		{ INT64_C(999999) * (MILLISECOND + 1), 1000000 },
		{ (INT_MAX - 1) * MILLISECOND, INT_MAX - 1 }, { INT_MAX * MILLISECOND, INT_MAX },
		{ INT_MAX * MILLISECOND + 1, INT_MAX },
		{ (INT64_C(1) << 32) * MILLISECOND, INT_MAX } };

	stopped_at = 1000;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_int_eq(io_poll_timeout(stopped_at + cases[i].left), cases[i].timeout);
	ck_assert_int_eq(io_poll_timeout(LIFECYCLE_NO_DEADLINE), INT_MAX);
	stopped_at = 0;
}
END_TEST

/* A wait that is rounded down ends before its time: whoever looks then looks in vain, or has waited too short. */
START_TEST(test_poll_timeout_is_rounded_up)
{
	int64_t deadline = lifecycle_monotonic_now() + 1000 * MILLISECOND;
	int timeout = io_poll_timeout(deadline);

	ck_assert_int_ge(timeout * MILLISECOND, deadline - lifecycle_monotonic_now());
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("io");
	TCase *tcase = tcase_create("io");

	unit_directory();
	tcase_add_loop_test(tcase, test_write_then_read, 0, WAYS);
	tcase_add_test(tcase, test_nothing);
	tcase_add_loop_test(tcase, test_failure, 0, 2);
	tcase_add_test(tcase, test_no_file);
	tcase_add_test(tcase, test_pipe);
	tcase_add_test(tcase, test_poll_timeout);
	tcase_add_test(tcase, test_poll_timeout_is_rounded_up);
	suite_add_tcase(suite, tcase);
	return suite;
}
