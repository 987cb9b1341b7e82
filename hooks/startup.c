/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crun leaves nearly all signals blocked and the container's limits in force; runc leaves its own files open.
 * What is changed here is what a hook relies on, and it is kept, for a wrapped command to be given back.
 */
#include "hook.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The soft limits that could stop a hook. */
static const __rlimit_resource_t limits[LIMIT_COUNT] = {
	RLIMIT_NOFILE,
	RLIMIT_FSIZE,
	RLIMIT_CPU,
	RLIMIT_AS,
	RLIMIT_DATA,
	RLIMIT_STACK,
	RLIMIT_NPROC,
};

static const struct {
	int number;
	void (*handler)(int);
} signals[SIGNAL_COUNT] = {
	{ SIGPIPE, SIG_IGN },
	{ SIGXFSZ, SIG_IGN },
	{ SIGCHLD, SIG_DFL },
};

static void set_signals(struct inherited *ret)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, &ret->blocked);
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		const struct sigaction action = { .sa_handler = signals[i].handler };

		(void)sigaction(signals[i].number, &action, &ret->actions[i]);
	}
}

static void raise_limits(struct inherited *ret)
{
	for (size_t i = 0; i < LIMIT_COUNT; i++) {
		struct rlimit raised;

		ret->limited[i] = getrlimit(limits[i], &ret->limits[i]) == 0;
		if (!ret->limited[i])
			continue;
		raised = ret->limits[i];
		raised.rlim_cur = raised.rlim_max;
		if (ret->limits[i].rlim_cur != raised.rlim_cur)
			(void)setrlimit(limits[i], &raised);
	}
}

static void set_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_RDWR);
	(void)close_range(3, ~0U, 0);
}

void startup(struct inherited *ret)
{
	set_signals(ret);
	raise_limits(ret);
	set_files();
	ret->cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)!chdir("/");
	ret->mask = umask(077);
	ret->environment = environ;
	environ = NULL;
}

void startup_undo(const struct inherited *inherited)
{
	(void)umask(inherited->mask);
	if (inherited->cwd >= 0)
		(void)!fchdir(inherited->cwd);
	for (size_t i = 0; i < LIMIT_COUNT; i++)
		if (inherited->limited[i])
			(void)setrlimit(limits[i], &inherited->limits[i]);
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		(void)sigaction(signals[i].number, &inherited->actions[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &inherited->blocked, NULL);
}
