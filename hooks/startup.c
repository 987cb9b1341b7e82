/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crun leaves nearly all signals blocked and the container's limits in force; runc leaves its own files open.
 * Only what a hook relies on is changed here. What was there before is kept, and given back to a wrapped command.
 */
#include "startup.h"
#include "entry.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The soft limits that could stop a hook. To glibc the name of a limit is an enumerator, to musl an int: an
 * unsigned char becomes either without a warning.
 */
static const unsigned char limits[STARTUP_LIMIT_COUNT] = {
	RLIMIT_NOFILE,
	RLIMIT_FSIZE,
	RLIMIT_CPU,
	RLIMIT_AS,
	RLIMIT_DATA,
	RLIMIT_STACK,
	RLIMIT_NPROC,
};

static void raise_limits(struct startup *ret)
{
	for (size_t i = 0; i < STARTUP_LIMIT_COUNT; i++) {
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
	inherit_standard_files(0);
	/* musl has no close_range(). */
	(void)syscall(SYS_close_range, 3U, ~0U, 0U);
}

void startup_run(struct startup *ret)
{
	sigset_t none;

	inherit_signals(&ret->signals);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	raise_limits(ret);
	set_files();
	ret->cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)!chdir("/");
	ret->mask = umask(077);
	ret->environment = entry_environment();
	environ = NULL;
}

void startup_undo(const struct startup *startup)
{
	(void)umask(startup->mask);
	if (startup->cwd >= 0)
		(void)!fchdir(startup->cwd);
	for (size_t i = 0; i < STARTUP_LIMIT_COUNT; i++)
		if (startup->limited[i])
			(void)setrlimit(limits[i], &startup->limits[i]);
	inherit_restore_signals(&startup->signals);
}
