/* SPDX-License-Identifier: Apache-2.0 */
#include "base/inherit.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- signals ---- */

static void handler(int number)
{
	(void)number;
}

static void (*handler_of(int number))(int)
{
	struct sigaction action;

	ck_assert_int_eq(sigaction(number, NULL, &action), 0);
	return action.sa_handler;
}

static bool is_blocked(int number)
{
	sigset_t blocked;

	ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &blocked), 0);
	return sigismember(&blocked, number) == 1;
}

/* As a parent may leave them: everything the other way round, and some blocked. */
static void leave_signals(void)
{
	sigset_t some;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, handler);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	sigemptyset(&some);
	sigaddset(&some, SIGTERM);
	sigaddset(&some, SIGPIPE);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &some, NULL), 0);
}

START_TEST(test_signals)
{
	struct inherited_signals inherited;

	leave_signals();
	inherit_signals(&inherited, NULL);
	ck_assert(handler_of(SIGPIPE) == SIG_IGN);
	ck_assert(handler_of(SIGXFSZ) == SIG_IGN);
	ck_assert(handler_of(SIGCHLD) == SIG_DFL);
	ck_assert(handler_of(SIGTERM) == SIG_IGN);
	/* told, and left */
	ck_assert_int_eq(sigismember(&inherited.blocked, SIGTERM), 1);
	ck_assert_int_eq(sigismember(&inherited.blocked, SIGPIPE), 1);
	ck_assert_int_eq(sigismember(&inherited.blocked, SIGINT), 0);
	ck_assert(is_blocked(SIGTERM) && is_blocked(SIGPIPE) && !is_blocked(SIGINT));
}
END_TEST

START_TEST(test_restore)
{
	struct inherited_signals inherited;
	sigset_t all;

	leave_signals();
	inherit_signals(&inherited, NULL);
	sigfillset(&all);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &all, NULL), 0);
	inherit_restore_signals(&inherited);
	ck_assert(handler_of(SIGPIPE) == SIG_DFL);
	ck_assert(handler_of(SIGXFSZ) == handler);
	ck_assert(handler_of(SIGCHLD) == SIG_IGN);
	ck_assert(is_blocked(SIGTERM) && is_blocked(SIGPIPE) && !is_blocked(SIGINT));
}
END_TEST

/* What the parent ignored would leave nothing to wait for. */
START_TEST(test_an_end_can_be_waited_for)
{
	struct inherited_signals inherited;
	int status;
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	inherit_signals(&inherited, NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(7);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 7);
}
END_TEST

/* ---- standard files ---- */

int __real_poll(struct pollfd *files, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *files, nfds_t count, int timeout);

static bool poll_fails;

int __wrap_poll(struct pollfd *files, nfds_t count, int timeout)
{
	if (!poll_fails)
		return __real_poll(files, count, timeout);
	errno = ENOMEM;
	return -1;
}

static bool is_null(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) &&
	       status.st_rdev == makedev(1, 3);
}

/* Bit N says whether N is closed. What the test says goes to check another way, but stdout is its own. */
static int close_in_child(int closed, int flags)
{
	int bad = 0;
	int own = open("/dev/zero", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2; fd++) {
		(void)dup2(own, fd);
		if ((closed & 1 << fd) != 0)
			(void)close(fd);
	}
	inherit_standard_files(flags);
	for (int fd = 0; fd <= 2; fd++) {
		bool was_closed = (closed & 1 << fd) != 0;
		int descriptor_flags = fcntl(fd, F_GETFD);

		bad |= is_null(fd) != was_closed;
		bad |= (descriptor_flags & FD_CLOEXEC) !=
		       (was_closed && (flags & O_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
		bad |= was_closed && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR;
	}
	return bad;
}

START_TEST(test_standard_files)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		poll_fails = _i >= 16;
		_exit(close_in_child(_i % 8, _i % 16 < 8 ? 0 : O_CLOEXEC));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("inherit");
	TCase *tcase = tcase_create("inherit");

	tcase_add_test(tcase, test_signals);
	tcase_add_test(tcase, test_restore);
	tcase_add_test(tcase, test_an_end_can_be_waited_for);
	tcase_add_loop_test(tcase, test_standard_files, 0, 32);
	suite_add_tcase(suite, tcase);
	return suite;
}
