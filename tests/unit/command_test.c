/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another hook in our place: what it gets, how it ended, what it said. It is a script of /bin/sh here, whose stderr goes
 * through us to a file, and which is run also where system calls are refused to us.
 */
#include "../../hooks/command.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)
#define FOR_EVER    1000000

/* ---- what is refused to us ---- */

static struct {
	int pipes; /* so many pipes there are, and then no more; 0: as many as wanted */
	bool no_fork;
	int no_wait; /* so many times */
	bool no_poll;
	bool other_parent; /* getppid() tells of another */
	bool no_open;
	bool no_read;  /* of what it says */
	bool no_flags; /* no pipe can be made to return at once */
	int stats;     /* of which one lies: 1: another file, 2: on another device, 3: none */
} refused;

/* Who waits asks seldom. */
static int waits;
static int writes;
static int slow_writes; /* to stderr: so many */

int __real_pipe2(int fds[2], int flags);
int __wrap_pipe2(int fds[2], int flags);
int __wrap_pipe2(int fds[2], int flags)
{
	if (refused.pipes == 0 || --refused.pipes > 0)
		return __real_pipe2(fds, flags);
	errno = EMFILE;
	return -1;
}

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	if (!refused.no_fork)
		return __real_fork();
	errno = EAGAIN;
	return -1;
}

pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	waits += options == WNOHANG;
	if (refused.no_wait == 0 || options != WNOHANG)
		return __real_waitpid(pid, status, options);
	refused.no_wait--;
	errno = ECHILD;
	return -1;
}

int __real_ppoll(
	struct pollfd *files, nfds_t count, const struct timespec *limit, const sigset_t *mask);
int __wrap_ppoll(
	struct pollfd *files, nfds_t count, const struct timespec *limit, const sigset_t *mask);
int __wrap_ppoll(
	struct pollfd *files, nfds_t count, const struct timespec *limit, const sigset_t *mask)
{
	if (!refused.no_poll)
		return __real_ppoll(files, count, limit, mask);
	errno = ENOSYS;
	return -1;
}

pid_t __real_getppid(void);
pid_t __wrap_getppid(void);
pid_t __wrap_getppid(void)
{
	return refused.other_parent ? 1 : __real_getppid();
}

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	if (!refused.no_read)
		return __real_read(fd, bytes, size);
	errno = EIO;
	return -1;
}

int __real_fcntl(int fd, int command, long argument);
int __wrap_fcntl(int fd, int command, long argument);
int __wrap_fcntl(int fd, int command, long argument)
{
	if (!refused.no_flags || command != F_SETFL)
		return __real_fcntl(fd, command, argument);
	errno = EPERM;
	return -1;
}

int __real_open(const char *path, int flags, unsigned mode);
int __wrap_open(const char *path, int flags, unsigned mode);
int __wrap_open(const char *path, int flags, unsigned mode)
{
	if (!refused.no_open)
		return __real_open(path, flags, mode);
	errno = EMFILE;
	return -1;
}

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
	writes++;
	if (fd == STDERR_FILENO && slow_writes > 0 && --slow_writes >= 0)
		(void)poll(NULL, 0, 200);
	return __real_write(fd, bytes, length);
}

int __real_stat(const char *path, struct stat *ret);
int __wrap_stat(const char *path, struct stat *ret);
int __wrap_stat(const char *path, struct stat *ret)
{
	int result = __real_stat(path, ret);

	ret->st_ino += refused.stats == 1;
	ret->st_dev += refused.stats == 2;
	return refused.stats == 3 ? -1 : result;
}

/* ---- a run ---- */

static const struct hook hook = { "lifecycle-prestart", LIFECYCLE_POINT_PRESTART };

static struct command_end end;
static char said[65536]; /* to the runtime's stderr */
static size_t said_length;

static void set_up(void)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/stderr", unit_directory());
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	(void)close(fd);
	memset(&refused, 0, sizeof(refused));
	memset(&end, 0xa5, sizeof(end));
}

static size_t open_files(void)
{
	size_t count = 0;

	for (int fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void run_path(const char *path, const char *argv0, const char *script, struct input *input)
{
	char *argv[] = { (char *)(uintptr_t)path, (char *)(uintptr_t) "-c",
		(char *)(uintptr_t)script, NULL };
	struct options options = { .command = argv, .argv0 = argv0 };
	struct startup startup = { .cwd = -1, .mask = 027, .environment = environ };
	size_t files = open_files();
	ssize_t length;

	inherit_signals(&startup.signals, NULL);
	waits = writes = 0;
	command_run(&hook, &options, &startup, input, &end);
	length = pread(STDERR_FILENO, said, sizeof(said) - 1, 0);
	ck_assert_int_ge(length, 0);
	said_length = (size_t)length;
	said[length] = '\0';
	ck_assert_uint_eq(open_files(), files);
	ck_assert_uint_eq(end.outcome.size, sizeof(end.outcome));
	ck_assert_ptr_eq(end.outcome.stderr_text, end.tail);
}

static void run(const char *script)
{
	struct input input = { .ended = true };

	run_path("/bin/sh", NULL, script, &input);
}

/* ---- how it ended ---- */

static const struct {
	const char *path;
	const char *script;
	int status;
	int64_t exit_code, signal; /* -1: unknown */
	const char *said;
} ends[] = {
	{ "/bin/sh", "exit 0", 0, 0, -1, "" },
	{ "/bin/sh", "echo one >&2; exit 7", 7, 7, -1, "one\n" },
	{ "/bin/sh", "exit 255", 255, 255, -1, "" },
	{ "/bin/sh", "kill -9 $$", 137, -1, 9, "" },
	{ "/bin/sh", "echo one >&2; kill -15 $$", 143, -1, 15, "one\n" },
	{ "/none", "", 127, 127, -1,
		"lifecycle-prestart: '/none' cannot be run: No such file or directory\n" },
	{ "/dev/null", "", 126, 126, -1,
		"lifecycle-prestart: '/dev/null' cannot be run: Permission denied\n" },
	{ "/bin/sh", "exec 2>&-; exit 3", 3, 3, -1, "" },
	{ "/bin/sh", "umask >&2", 0, 0, -1, "0027\n" },
};

static void check_end(size_t i)
{
	struct input input = { .ended = true };

	run_path(ends[i].path, NULL, ends[i].script, &input);
	ck_assert_int_eq(end.status, ends[i].status);
	ck_assert_int_eq(end.outcome.exit_code,
		ends[i].exit_code >= 0 ? ends[i].exit_code : LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(
		end.outcome.signal, ends[i].signal >= 0 ? ends[i].signal : LIFECYCLE_UNKNOWN);
	ck_assert_ptr_null(end.outcome.message);
	ck_assert_str_eq(said, ends[i].said);
	ck_assert_uint_eq(end.outcome.stderr_length, said_length);
	ck_assert_int_eq(memcmp(end.tail, said, said_length), 0);
}

START_TEST(test_end)
{
	check_end((size_t)_i);
}
END_TEST

/* Where ppoll() is refused, it is looked again and again. */
START_TEST(test_end_without_ppoll)
{
	refused.no_poll = true;
	check_end((size_t)_i);
}
END_TEST

/* Nothing is read that is not there: we hold both ends of the pipe, and a read might wait for ever. */
START_TEST(test_end_without_flags)
{
	refused.no_flags = true;
	check_end((size_t)_i);
}
END_TEST

/* A wait that fails is tried a hundred times. */
START_TEST(test_end_unknown)
{
	refused.no_wait = 99;
	run("exit 5");
	ck_assert_int_eq(end.status, 5);
	ck_assert_int_eq(end.outcome.exit_code, 5);
	refused.no_wait = FOR_EVER;
	run("exit 5");
	ck_assert_int_eq(refused.no_wait, FOR_EVER - 100);
	ck_assert_int_eq(end.status, 126);
	ck_assert_int_eq(end.outcome.exit_code, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(end.outcome.signal, LIFECYCLE_UNKNOWN);
	ck_assert_str_eq(end.outcome.message, "how it ended is not known");
}
END_TEST

/* No pipe, only one pipe, no process. */
START_TEST(test_not_begun)
{
	refused.pipes = _i < 2 ? _i + 1 : 0;
	refused.no_fork = _i == 2;
	run("echo one >&2");
	ck_assert_int_eq(end.status, 126);
	ck_assert_int_eq(end.outcome.exit_code, 126);
	ck_assert_int_eq(end.outcome.signal, LIFECYCLE_UNKNOWN);
	ck_assert_uint_eq(end.outcome.stderr_length, 0);
	ck_assert_str_eq(
		said, _i < 2 ? "lifecycle-prestart: '/bin/sh' cannot be run: Too many open files\n"
			     : "lifecycle-prestart: '/bin/sh' cannot be run: Resource temporarily "
			       "unavailable\n");
}
END_TEST

/* Whose parent has gone before it could be told to die with it. */
START_TEST(test_orphan)
{
	refused.other_parent = true;
	run("echo one >&2");
	ck_assert_int_eq(end.status, 126);
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(test_duration)
{
	int64_t began = lifecycle_monotonic_now();

	refused.no_poll = _i == 1;
	run("sleep 0.2");
	ck_assert_int_le(waits, _i == 0 ? 10 : 210);
	ck_assert_int_ge(end.outcome.duration_ns, 200 * MILLISECOND);
	ck_assert_int_le(end.outcome.duration_ns, lifecycle_monotonic_now() - began);
}
END_TEST

START_TEST(test_argv0)
{
	struct input input = { .ended = true };

	run("echo $0 >&2");
	ck_assert_str_eq(said, "/bin/sh\n");
	ck_assert_int_eq(ftruncate(STDERR_FILENO, 0), 0);
	(void)lseek(STDERR_FILENO, 0, SEEK_SET);
	run_path("/bin/sh", "other", "echo $0 >&2", &input);
	ck_assert_str_eq(said, "other\n");
}
END_TEST

/* What stays behind and holds the pipe of stderr is not waited for. */
START_TEST(test_grandchild)
{
	int64_t began = lifecycle_monotonic_now();

	refused.no_poll = _i == 1;
	run("sleep 5 & echo one >&2; exit 4");
	ck_assert_int_eq(end.status, 4);
	ck_assert_str_eq(said, "one\n");
	ck_assert_int_lt(lifecycle_monotonic_now() - began, 4000 * MILLISECOND);
}
END_TEST

/* How the command has the pipe of stderr: to read as well, if its name is that pipe's. */
START_TEST(test_pipe)
{
	refused.stats = _i < 4 ? _i : 0;
	refused.no_open = _i == 4;
	run("grep flags: /proc/self/fdinfo/2 >&2");
	ck_assert_int_gt((int)said_length, 2);
	ck_assert_int_eq(said[said_length - 2], _i == 0 ? '2' : '1');
}
END_TEST

/* What stays behind is told, not held, if it writes more than a pipe holds once we have gone. */
START_TEST(test_left_pipe)
{
	char path[128], script[512];

	snprintf(path, sizeof(path), "%s/left", unit_directory());
	snprintf(script, sizeof(script),
		"(sleep 0.3; head -c 100000 /dev/zero >&2 2>/dev/null; echo >%s) & exit 0", path);
	run(script);
	for (int i = 0; i < 500 && access(path, F_OK) < 0; i++)
		(void)poll(NULL, 0, 10);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

/* ---- stdin ---- */

#define LONG ((size_t)300000) /* more than a pipe holds */

static struct input of_length(size_t length)
{
	struct input input = { .bytes = malloc(length), .length = length, .ended = true };

	ck_assert_ptr_nonnull(input.bytes);
	memset(input.bytes, 'x', length);
	return input;
}

static const struct {
	size_t length;
	const char *script;
	const char *said;
} stdins[] = {
	{ 0, "wc -c >&2", "0\n" },
	{ 1, "cat >&2", "x" },
	{ 3, "cat >&2", "xxx" },
	{ LONG, "wc -c >&2", "300000\n" },
	{ LONG, "sleep 0.1; wc -c >&2", "300000\n" },
	{ LONG, "head -c 100000 | wc -c >&2; sleep 0.1", "100000\n" },
	{ LONG, "exec 0<&-; sleep 0.1; echo one >&2", "one\n" },
	{ LONG, "exit 0", "" },
	{ LONG, "exec 2>&-; sleep 0.1; test $(wc -c) = 300000", "" },
};

START_TEST(test_stdin)
{
	size_t i = (size_t)_i / 2;
	struct input input = of_length(stdins[i].length);

	refused.no_poll = _i % 2 == 1;
	run_path("/bin/sh", NULL, stdins[i].script, &input);
	ck_assert_int_eq(end.status, 0);
	ck_assert_str_eq(said, stdins[i].said);
	input_free(&input);
}
END_TEST

/* What the runtime writes after our deadline reaches the command, too, a byte at a time. */
START_TEST(test_late_stdin)
{
	struct input input = { .limit = 4096 };
	int fds[2];
	pid_t writer;

	refused.no_poll = _i == 1;
	ck_assert_int_eq(__real_pipe2(fds, 0), 0);
	writer = __real_fork();
	if (writer == 0) {
		for (const char *byte = "one"; *byte != '\0'; byte++) {
			(void)poll(NULL, 0, 50);
			(void)!write(fds[1], byte, 1);
		}
		_exit(0);
	}
	(void)close(fds[1]);
	ck_assert_int_eq(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	(void)close(fds[0]);
	ck_assert_int_eq(input_read(&input, 0), INPUT_LATE);
	run_path("/bin/sh", NULL, "cat >&2", &input);
	ck_assert_str_eq(said, "one");
	ck_assert_int_eq(__real_waitpid(writer, NULL, 0), writer);
	input_free(&input);
}
END_TEST

/* A stdin that cannot be read has ended, to the command. */
START_TEST(test_broken_stdin)
{
	struct input input = { .limit = 4096 };
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	(void)close(fd);
	run_path("/bin/sh", NULL, "wc -c >&2", &input);
	ck_assert_str_eq(said, "0\n");
	ck_assert(input.ended);
	input_free(&input);
}
END_TEST

/* ---- stderr ---- */

/* How much it says at once, and then once more, and then after a while. */
static const struct {
	int first, second;
} sayings[] = {
	{ 0, 1 },
	{ 1, 4094 },
	{ 1, 4095 },
	{ 1, 4096 },
	{ 100, 4000 },
	{ 4095, 1 },
	{ 4095, 2 },
	{ 4096, 0 },
	{ 4096, 1 },
	{ 4096, 4096 },
	{ 3000, 3000 },
	{ 10000, 3 },
	{ 60000, 0 },
};

START_TEST(test_tail)
{
	const int lengths[] = { sayings[_i].first, sayings[_i].second };
	size_t all = (size_t)lengths[0] + (size_t)lengths[1];
	size_t kept = all < 4096 ? all : 4096;
	char script[256];

	snprintf(script, sizeof(script),
		"seq 20000 | head -c %d >&2; sleep 0.05; seq 50000 90000 | head -c %d >&2",
		lengths[0], lengths[1]);
	run(script);
	ck_assert_uint_eq(said_length, all);
	ck_assert_uint_eq(end.outcome.stderr_length, kept);
	ck_assert_int_eq(memcmp(end.tail, said + all - kept, kept), 0);
}
END_TEST

/* It has ended long before the first of what it said is read: all the rest is in the pipe, to its last byte. */
START_TEST(test_rest)
{
	slow_writes = 1;
	run(_i == 0 ? "exec head -c 60000 /dev/zero >&2" : "exec head -c 12289 /dev/zero >&2");
	ck_assert_uint_eq(said_length, _i == 0 ? 60000 : 12289);
	ck_assert_uint_eq(end.outcome.stderr_length, 4096);
}
END_TEST

/* But what stays behind may say more than anybody waits for. */
START_TEST(test_more_than_the_rest)
{
	struct stat status;

	run("head -c 50000000 /dev/zero >&2 2>/dev/null & exit 4");
	ck_assert_int_eq(end.status, 4);
	ck_assert_int_eq(fstat(STDERR_FILENO, &status), 0);
	ck_assert_int_lt(status.st_size, 50000000);
}
END_TEST

START_TEST(test_rest_that_cannot_be_read)
{
	refused.no_read = true;
	run("echo one >&2; exit 3");
	ck_assert_int_eq(end.status, 3);
	ck_assert_uint_eq(said_length, 0);
}
END_TEST

/* More than a pipe holds. */
START_TEST(test_long_stderr)
{
	refused.no_poll = _i == 1;
	run("head -c 300000 /dev/zero >&2");
	ck_assert_int_eq(lseek(STDERR_FILENO, 0, SEEK_END), 300000);
}
END_TEST

/* A stderr that takes nothing holds nobody up, and the record has what was said. */
START_TEST(test_full_stderr)
{
	int fd = open("/dev/full", O_RDWR | O_CLOEXEC);

	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	(void)close(fd);
	run("echo one >&2; exit 3");
	ck_assert_int_eq(end.status, 3);
	ck_assert_uint_eq(end.outcome.stderr_length, 4);
	ck_assert_int_eq(memcmp(end.tail, "one\n", 4), 0);
	ck_assert_int_le(writes, 1);
}
END_TEST

/* A reader that is slower than the command sets the pace, also where a write does not wait for it. */
START_TEST(test_slow_reader)
{
	char script[] = "exec 3>&2; head -c 500000 /dev/zero | tr '\\0' x >&2";
	struct input input = { .ended = true };
	size_t count = 0;
	int fds[2], status;
	pid_t runner;

	ck_assert_int_eq(__real_pipe2(fds, O_NONBLOCK), 0);
	runner = __real_fork();
	if (runner == 0) {
		char *argv[] = { (char *)(uintptr_t) "/bin/sh", (char *)(uintptr_t) "-c", script,
			NULL };
		struct options options = { .command = argv };
		struct startup startup = { .cwd = -1, .environment = environ };

		(void)dup2(fds[1], STDERR_FILENO);
		inherit_signals(&startup.signals, NULL);
		writes = 0;
		command_run(&hook, &options, &startup, &input, &end);
		_exit(writes > 1000 ? 1 : end.status);
	}
	(void)close(fds[1]);
	(void)poll(NULL, 0, 100);
	for (;;) {
		struct pollfd ready = { .fd = fds[0], .events = POLLIN };
		ssize_t length;

		(void)__real_ppoll(&ready, 1, NULL, NULL);
		length = read(fds[0], said, sizeof(said));
		if (length == 0)
			break;
		count += length > 0 ? (size_t)length : 0;
	}
	ck_assert_uint_eq(count, 500000);
	ck_assert_int_eq(__real_waitpid(runner, &status, 0), runner);
	ck_assert_int_eq(status, 0);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("command");
	TCase *tcase = tcase_create("command");

	(void)unit_directory();
	tcase_set_timeout(tcase, 10);
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_end, 0, COUNT(ends));
	tcase_add_loop_test(tcase, test_end_without_ppoll, 0, COUNT(ends));
	tcase_add_loop_test(tcase, test_end_without_flags, 0, COUNT(ends));
	tcase_add_test(tcase, test_end_unknown);
	tcase_add_loop_test(tcase, test_not_begun, 0, 3);
	tcase_add_test(tcase, test_orphan);
	tcase_add_loop_test(tcase, test_duration, 0, 2);
	tcase_add_test(tcase, test_argv0);
	tcase_add_loop_test(tcase, test_grandchild, 0, 2);
	tcase_add_loop_test(tcase, test_pipe, 0, 5);
	tcase_add_test(tcase, test_left_pipe);
	tcase_add_loop_test(tcase, test_stdin, 0, 2 * COUNT(stdins));
	tcase_add_loop_test(tcase, test_late_stdin, 0, 2);
	tcase_add_test(tcase, test_broken_stdin);
	tcase_add_loop_test(tcase, test_tail, 0, COUNT(sayings));
	tcase_add_loop_test(tcase, test_rest, 0, 2);
	tcase_add_test(tcase, test_more_than_the_rest);
	tcase_add_test(tcase, test_rest_that_cannot_be_read);
	tcase_add_loop_test(tcase, test_long_stderr, 0, 2);
	tcase_add_test(tcase, test_full_stderr);
	tcase_add_test(tcase, test_slow_reader);
	suite_add_tcase(suite, tcase);
	return suite;
}
