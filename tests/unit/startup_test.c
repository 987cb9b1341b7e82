/* SPDX-License-Identifier: Apache-2.0 */
/* What a hook makes of what the runtime left it, and what it gives back to a command. */
#include "../../hooks/startup.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((rlim_t)1024 * 1024)

/* ---- files, which are closed in a process of the test's own: check has some, too ---- */

long __real_syscall(long number, unsigned first, unsigned last, unsigned flags);
long __wrap_syscall(long number, unsigned first, unsigned last, unsigned flags);

static bool closing;

long __wrap_syscall(long number, unsigned first, unsigned last, unsigned flags)
{
	return closing ? __real_syscall(number, first, last, flags) : 0;
}

/* ---- limits ---- */

int __real_getrlimit(int name, struct rlimit *ret);
int __wrap_getrlimit(int name, struct rlimit *ret);
int __real_setrlimit(int name, const struct rlimit *limit);
int __wrap_setrlimit(int name, const struct rlimit *limit);

/* Of one name, as the test has it; the others are the system's, and are not changed. */
static struct {
	int name;
	struct rlimit limit;
	bool unreadable;
	int sets;
} fake;

int __wrap_getrlimit(int name, struct rlimit *ret)
{
	if (name != fake.name)
		return __real_getrlimit(name, ret);
	*ret = fake.limit;
	errno = EPERM;
	return fake.unreadable ? -1 : 0;
}

int __wrap_setrlimit(int name, const struct rlimit *limit)
{
	if (name == fake.name) {
		fake.limit = *limit;
		fake.sets++;
	}
	return 0;
}

static const struct {
	int name;
	bool for_command_only;
	rlim_t enough;
} limits[] = {
	{ RLIMIT_NOFILE, false, 256 },
	{ RLIMIT_FSIZE, false, MIB },
	{ RLIMIT_AS, false, 256 * MIB },
	{ RLIMIT_DATA, false, 256 * MIB },
	{ RLIMIT_STACK, false, MIB },
	{ RLIMIT_CPU, true, RLIM_INFINITY },
	{ RLIMIT_NPROC, true, RLIM_INFINITY },
};

#define LIMITS ((int)(sizeof(limits) / sizeof(limits[0])))

/* What a stack may hold. */
__attribute__((noinline)) static void dirty_stack(void)
{
	volatile unsigned char bytes[4096];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = 0xff;
}

/* A startup whose every byte is something else than what is to be there. */
static void run(struct startup *startup, bool with_command)
{
	memset(startup, 1, sizeof(*startup));
	dirty_stack();
	startup_run(startup, with_command);
}

static void check_limit(
	size_t i, bool with_command, rlim_t soft, rlim_t hard, rlim_t raised, int sets)
{
	struct startup startup;

	memset(&fake, 0, sizeof(fake));
	fake.name = limits[i].name;
	fake.limit = (struct rlimit){ soft, hard };
	run(&startup, with_command);
	ck_assert_uint_eq(fake.limit.rlim_cur, raised);
	ck_assert_uint_eq(fake.limit.rlim_max, hard);
	ck_assert_int_eq(fake.sets, sets);
	if (with_command || !limits[i].for_command_only) {
		startup_undo(&startup);
		ck_assert_uint_eq(fake.limit.rlim_cur, soft);
		ck_assert_uint_eq(fake.limit.rlim_max, hard);
	}
}

START_TEST(test_limit)
{
	size_t i = (size_t)_i / 2;
	bool with_command = _i % 2 == 1;
	bool ours = with_command || !limits[i].for_command_only;
	rlim_t enough = limits[i].enough, low = enough - 1, high = RLIM_INFINITY;

	check_limit(i, with_command, low, high, ours ? high : low, ours);
	check_limit(i, with_command, 10, 20, ours ? 20 : 10, ours);
	check_limit(i, with_command, 10, 10, 10, 0);
	check_limit(i, with_command, enough, high, enough, 0);
}
END_TEST

/* It is neither raised nor given back. */
START_TEST(test_limit_that_cannot_be_read)
{
	struct startup startup;

	fake.name = limits[_i].name;
	fake.limit = (struct rlimit){ 1, 2 };
	fake.unreadable = true;
	run(&startup, true);
	ck_assert_int_eq(fake.sets, 0);
	ck_assert(!startup.limited[_i]);
	startup_undo(&startup);
	ck_assert_int_eq(fake.sets, 0);
}
END_TEST

/* ---- all else ---- */

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static mode_t mask_now(void)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	return mask;
}

static const char *directory_now(void)
{
	static char path[4096];

	return getcwd(path, sizeof(path));
}

static sigset_t blocked_now(void)
{
	sigset_t blocked;

	ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &blocked), 0);
	return blocked;
}

/* In a directory of ours, with a umask, a signal and files that are not ours. */
static void leave_much(void)
{
	sigset_t blocked;

	fake.name = -1;
	(void)!chdir(unit_directory());
	(void)umask(0137);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGUSR1);
	(void)sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* Which check it is that fails. */
static int files_in_child(bool with_command)
{
	struct startup startup;
	int first, far;

	(void)close(STDERR_FILENO);
	(void)close(STDIN_FILENO);
	first = dup2(STDOUT_FILENO, 3);
	far = dup2(STDOUT_FILENO, 200);
	leave_much();
	closing = true;
	run(&startup, with_command);
	if (first != 3 || far != 200 || is_open(far) || !is_open(0) || !is_open(1) || !is_open(2))
		return 1;
	/* the directory, and nothing else */
	for (int fd = 3; fd < 10; fd++)
		if (is_open(fd) != (with_command && fd == startup.cwd))
			return 2;
	if (fcntl(0, F_GETFD) != 0 || fcntl(2, F_GETFD) != 0)
		return 3;
	if (with_command ? fcntl(startup.cwd, F_GETFD) != FD_CLOEXEC : startup.cwd != -1)
		return 4;
	return 0;
}

START_TEST(test_files)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(files_in_child(_i == 1));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_state)
{
	char **variables = environ;
	struct startup startup;
	sigset_t blocked;

	leave_much();
	run(&startup, _i == 1);
	blocked = blocked_now();
	ck_assert_int_eq(sigismember(&blocked, SIGUSR1), 0);
	ck_assert_str_eq(directory_now(), "/");
	ck_assert_uint_eq(mask_now(), 077);
	ck_assert_ptr_null(environ);
	ck_assert_ptr_eq(startup.environment, variables);
	startup_undo(&startup);
	blocked = blocked_now();
	ck_assert_int_eq(sigismember(&blocked, SIGUSR1), 1);
	ck_assert_str_eq(directory_now(), _i == 1 ? unit_directory() : "/");
	ck_assert_uint_eq(mask_now(), 0137);
	environ = variables;
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("startup");
	TCase *tcase = tcase_create("startup");

	(void)unit_directory();
	tcase_add_loop_test(tcase, test_limit, 0, 2 * LIMITS);
	tcase_add_loop_test(tcase, test_limit_that_cannot_be_read, 0, LIMITS);
	tcase_add_loop_test(tcase, test_files, 0, 2);
	tcase_add_loop_test(tcase, test_state, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
