/* SPDX-License-Identifier: Apache-2.0 */
/* The real runtime as a child: a script of /bin/sh here. Whoever runs it is a process of the test's own. */
#include "runtime/child.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)
#define FOR_EVER    1000000

/* ---- what is refused ---- */

static struct {
	bool no_fork;
	bool other_parent; /* getppid() tells of another */
	int no_wait;       /* so many times */
} refused;

static int waits;

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	if (!refused.no_fork)
		return __real_fork();
	errno = EAGAIN;
	return -1;
}

pid_t __real_getppid(void);
pid_t __wrap_getppid(void);
pid_t __wrap_getppid(void)
{
	return refused.other_parent ? 1 : __real_getppid();
}

pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	if (options != WNOHANG)
		return __real_waitpid(pid, status, options);
	waits++;
	if (refused.no_wait == 0)
		return __real_waitpid(pid, status, options);
	refused.no_wait--;
	errno = ENOSYS;
	return -1;
}

/* ---- a run ---- */

static char place[128];

static void set_up(void)
{
	snprintf(place, sizeof(place), "%s", unit_enter_directory());
	memset(&refused, 0, sizeof(refused));
	/* whatever the tests were started with: a shell cannot trap what is ignored */
	(void)signal(SIGHUP, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
}

static void say_failed(void *arg)
{
	FILE *file = fopen("failed", "we");

	if (file != NULL)
		fprintf(file, "%s %s", (const char *)arg, strerror(errno));
	if (file != NULL)
		fclose(file);
}

static int run_argv(const char *path, char **argv, int *ret_status)
{
	struct inherited_signals inherited;

	inherit_signals(&inherited, NULL);
	waits = 0;
	*ret_status = 12345;
	return runtime_run(
		&inherited, path, argv, say_failed, (void *)(uintptr_t) "arg", ret_status);
}

static int run_path(const char *path, const char *script, int *ret_status)
{
	char *argv[] = { (char *)(uintptr_t) "their", (char *)(uintptr_t) "-c",
		(char *)(uintptr_t)script, NULL };

	return run_argv(path, argv, ret_status);
}

/* The words of one that succeeds if SIGUSR1 is blocked and nothing else. No shell: it has its own way with signals. */
static char *look_at_mask[] = { (char *)(uintptr_t) "grep", (char *)(uintptr_t) "-q",
	(char *)(uintptr_t) "^SigBlk:.0000000000000200", (char *)(uintptr_t) "/proc/self/status",
	NULL };

static void block_only(int number)
{
	sigset_t blocked;

	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, number);
	(void)sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static const char *text_of(const char *name)
{
	static char text[256];
	FILE *file = fopen(name, "re");
	size_t length = file != NULL ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[length] = '\0';
	if (file != NULL)
		fclose(file);
	return text;
}

/* How a process ends in which this is called. */
#define STATUS_OF(call)                                                                            \
	({                                                                                         \
		int status_;                                                                       \
		pid_t pid_ = __real_fork();                                                        \
                                                                                                   \
		if (pid_ == 0) {                                                                   \
			call;                                                                      \
			_exit(99);                                                                 \
		}                                                                                  \
		ck_assert_int_eq(__real_waitpid(pid_, &status_, 0), pid_);                         \
		status_;                                                                           \
	})

/* ---- its end ---- */

static const struct {
	const char *script;
	int code, signal; /* -1: the other */
} ends[] = {
	{ "exit 0", 0, -1 },
	{ "exit 7", 7, -1 },
	{ "exit 255", 255, -1 },
	{ "kill -15 $$", -1, SIGTERM },
	{ "kill -9 $$", -1, SIGKILL },
	{ "sleep 0.1; exit 5", 5, -1 },
};

START_TEST(test_end)
{
	int status;

	ck_assert_int_eq(run_path("/bin/sh", ends[_i].script, &status), 0);
	ck_assert_int_eq(WIFEXITED(status) ? WEXITSTATUS(status) : -1, ends[_i].code);
	ck_assert_int_eq(WIFSIGNALED(status) ? WTERMSIG(status) : -1, ends[_i].signal);
	ck_assert_str_eq(text_of("failed"), "");
}
END_TEST

START_TEST(test_argv0)
{
	int status;

	ck_assert_int_eq(run_path("/bin/sh", "test $0 = their", &status), 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_not_begun)
{
	int status;

	ck_assert_int_eq(run_path("/none", "", &status), 0);
	ck_assert_int_eq(WEXITSTATUS(status), EXIT_FAILURE);
	ck_assert_str_eq(text_of("failed"), "arg No such file or directory");
	refused.no_fork = true;
	ck_assert_int_eq(run_path("/bin/sh", "exit 0", &status), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(status, 12345);
}
END_TEST

/* Whose parent has gone before it could be told to die with it. */
START_TEST(test_orphan)
{
	int status;

	refused.other_parent = true;
	ck_assert_int_eq(run_path("/bin/sh", "touch ran; exit 0", &status), 0);
	ck_assert_int_eq(WEXITSTATUS(status), EXIT_FAILURE);
	ck_assert_int_lt(access("ran", F_OK), 0);
}
END_TEST

/* A wait that fails is tried a hundred times, a hundredth of a second apart. */
START_TEST(test_unknown)
{
	int64_t began;
	int status;

	refused.no_wait = 99;
	ck_assert_int_eq(run_path("/bin/sh", "exit 5", &status), 0);
	ck_assert_int_eq(WEXITSTATUS(status), 5);
	began = lifecycle_monotonic_now();
	refused.no_wait = FOR_EVER;
	ck_assert_int_eq(run_path("/bin/sh", "exit 5", &status), 0);
	ck_assert_int_eq(status, RUNTIME_STATUS_UNKNOWN);
	ck_assert_int_eq(waits, 100);
	/* a SIGCHLD is in between */
	ck_assert_int_ge(lifecycle_monotonic_now() - began, 900 * MILLISECOND);
}
END_TEST

START_TEST(test_nothing_is_asked_in_vain)
{
	int status;

	ck_assert_int_eq(run_path("/bin/sh", "sleep 0.3", &status), 0);
	ck_assert_int_le(waits, 10);
}
END_TEST

/* ---- signals ---- */

/* What is sent to us reaches the child, which says when it can be reached. */
START_TEST(test_signal)
{
	const int signals[] = { SIGTERM, SIGUSR1, SIGHUP, SIGRTMIN };
	const char *script =
		_i == 0   ? "trap 'exit 9' TERM; touch ready; while :; do sleep 0.02; done"
		: _i == 1 ? "trap 'exit 9' USR1; touch ready; while :; do sleep 0.02; done"
		: _i == 2 ? "trap 'exit 9' HUP; touch ready; while :; do sleep 0.02; done"
			  : "touch ready; exec sleep 10";
	pid_t us = getpid(), sender = __real_fork();
	int status;

	if (sender == 0) {
		while (access("ready", F_OK) < 0)
			(void)poll(NULL, 0, 10);
		(void)poll(NULL, 0, 50);
		_exit(kill(us, signals[_i]) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(run_path("/bin/sh", script, &status), 0);
	if (_i < 3)
		ck_assert_int_eq(WEXITSTATUS(status), 9);
	else
		ck_assert_int_eq(WTERMSIG(status), SIGRTMIN);
}
END_TEST

/* But a SIGCHLD is our own, whoever sent it. */
START_TEST(test_own_signal)
{
	pid_t us = getpid(), sender = __real_fork();
	int status;

	if (sender == 0) {
		while (access("ready", F_OK) < 0)
			(void)poll(NULL, 0, 10);
		(void)kill(us, SIGCHLD);
		(void)poll(NULL, 0, 100);
		(void)close(open("go", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		_exit(0);
	}
	ck_assert_int_eq(
		run_path("/bin/sh", "trap 'exit 9' CHLD; : >ready; while [ ! -e go ]; do :; done",
			&status),
		0);
	ck_assert_int_eq(status, 0);
}
END_TEST

static sigset_t blocked_now(void)
{
	sigset_t blocked;

	ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &blocked), 0);
	return blocked;
}

/* While it waits: what would stop a job is left, and the child has the mask that we were given. */
START_TEST(test_mask)
{
	const int stopping[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT };
	sigset_t blocked;
	int status;

	block_only(SIGUSR1);
	ck_assert_int_eq(run_argv("/bin/grep", look_at_mask, &status), 0);
	ck_assert_int_eq(status, 0);
	blocked = blocked_now();
	for (size_t i = 0; i < sizeof(stopping) / sizeof(stopping[0]); i++)
		ck_assert_int_eq(sigismember(&blocked, stopping[i]), 0);
	for (size_t i = 0; i < sizeof(stopping) / sizeof(stopping[0]); i++)
		(void)sigaddset(&blocked, stopping[i]);
	/* these two nobody can block */
	(void)sigaddset(&blocked, SIGKILL);
	(void)sigaddset(&blocked, SIGSTOP);
	for (int number = 1; number < 32; number++)
		ck_assert_int_eq(sigismember(&blocked, number), 1);
}
END_TEST

/* The child is ended if we are. */
START_TEST(test_killed)
{
	char pid_text[16] = "";
	int status;
	pid_t child, us = __real_fork();

	if (us == 0) {
		(void)run_path("/bin/sh", "echo $$ >part; mv part pid; exec sleep 10", &status);
		_exit(0);
	}
	for (int i = 0; i < 500 && access("pid", F_OK) < 0; i++)
		(void)poll(NULL, 0, 10);
	snprintf(pid_text, sizeof(pid_text), "%s", text_of("pid"));
	child = (pid_t)strtol(pid_text, NULL, 10);
	ck_assert_int_gt(child, 1);
	ck_assert_int_eq(kill(us, SIGKILL), 0);
	ck_assert_int_eq(__real_waitpid(us, &status, 0), us);
	/* its end can be seen before it is reaped */
	for (int i = 0; i < 500 && kill(child, 0) == 0; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
		if (strstr(text_of(path), ") Z ") != NULL)
			return;
		(void)poll(NULL, 0, 10);
	}
	ck_assert_int_lt(kill(child, 0), 0);
}
END_TEST

/* ---- sockets that are handed down ---- */

static const struct {
	const char *listener; /* NULL: none; "us": our pid */
	const char *script;
} sockets[] = {
	{ NULL, "test -z \"${LISTEN_PID+set}\"" },
	{ "us", "test \"$LISTEN_PID\" = $$" },
	{ "1", "test \"$LISTEN_PID\" = 1" },
	{ "x", "test \"$LISTEN_PID\" = x" },
};

START_TEST(test_sockets)
{
	char number[16];
	int status;

	snprintf(number, sizeof(number), "%d", (int)getpid());
	(void)unsetenv("LISTEN_PID");
	if (sockets[_i].listener != NULL)
		ck_assert_int_eq(
			setenv("LISTEN_PID",
				strcmp(sockets[_i].listener, "us") == 0 ? number
									: sockets[_i].listener,
				1),
			0);
	ck_assert_int_eq(run_path("/bin/sh", sockets[_i].script, &status), 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* ---- in our place, and our end ---- */

static void become(const char *path)
{
	struct inherited_signals inherited;
	sigset_t all;

	block_only(SIGUSR1);
	inherit_signals(&inherited, NULL);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	runtime_become(&inherited, path, look_at_mask);
	_exit(errno == ENOENT ? 98 : 97);
}

START_TEST(test_become)
{
	ck_assert_int_eq(WEXITSTATUS(STATUS_OF(become("/bin/grep"))), 0);
	ck_assert_int_eq(WEXITSTATUS(STATUS_OF(become("/none"))), 98);
}
END_TEST

/* Also by a signal that is ignored, or blocked; and no core is dumped of us. */
START_TEST(test_end_as)
{
	const int signals[] = { SIGTERM, SIGKILL, SIGSEGV, SIGPIPE, SIGABRT };
	struct rlimit unlimited;
	sigset_t all;
	int status;

	ck_assert_int_eq(WEXITSTATUS(STATUS_OF(runtime_end_as(0))), 0);
	ck_assert_int_eq(WEXITSTATUS(STATUS_OF(runtime_end_as(7 << 8))), 7);
	ck_assert_int_eq(getrlimit(RLIMIT_CORE, &unlimited), 0);
	unlimited.rlim_cur = unlimited.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_CORE, &unlimited), 0);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigfillset(&all);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &all, NULL), 0);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		status = STATUS_OF(runtime_end_as(signals[i]));
		ck_assert(WIFSIGNALED(status));
		ck_assert_int_eq(WTERMSIG(status), signals[i]);
		ck_assert(!WCOREDUMP(status));
	}
	/* one that ends nobody */
	ck_assert_int_eq(WEXITSTATUS(STATUS_OF(runtime_end_as(SIGCHLD))), 128 + SIGCHLD);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("runtime_child");
	TCase *tcase = tcase_create("runtime_child");

	(void)unit_directory();
	tcase_set_timeout(tcase, 10);
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_end, 0, COUNT(ends));
	tcase_add_test(tcase, test_argv0);
	tcase_add_test(tcase, test_not_begun);
	tcase_add_test(tcase, test_orphan);
	tcase_add_test(tcase, test_unknown);
	tcase_add_test(tcase, test_nothing_is_asked_in_vain);
	tcase_add_loop_test(tcase, test_signal, 0, 4);
	tcase_add_test(tcase, test_own_signal);
	tcase_add_test(tcase, test_mask);
	tcase_add_test(tcase, test_killed);
	tcase_add_loop_test(tcase, test_sockets, 0, COUNT(sockets));
	tcase_add_test(tcase, test_become);
	tcase_add_test(tcase, test_end_as);
	suite_add_tcase(suite, tcase);
	return suite;
}
