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

#define MIB ((rlim_t)1024 * 1024)

/*
 * The soft limits that could stop a hook. To glibc the name of a limit is an enumerator, to musl an int: an
 * unsigned char becomes either without a warning.
 */
static const struct {
	unsigned char name;
	bool for_command_only;
	rlim_t enough; /* not raised from there on */
} limits[STARTUP_LIMIT_COUNT] = {
	{ RLIMIT_NOFILE, false, 256 },
	{ RLIMIT_FSIZE, false, MIB },
	{ RLIMIT_AS, false, 256 * MIB },
	{ RLIMIT_DATA, false, 256 * MIB },
	{ RLIMIT_STACK, false, MIB },
	{ RLIMIT_CPU, true, RLIM_INFINITY },
	{ RLIMIT_NPROC, true, RLIM_INFINITY },
};

static void raise_limit(struct startup *ret, size_t i)
{
	struct rlimit raised;

	ret->limited[i] = getrlimit(limits[i].name, &ret->limits[i]) == 0;
	if (!ret->limited[i] || ret->limits[i].rlim_cur >= limits[i].enough)
		return;
	raised = ret->limits[i];
	raised.rlim_cur = raised.rlim_max;
	if (ret->limits[i].rlim_cur != raised.rlim_cur)
		(void)setrlimit(limits[i].name, &raised);
}

static void set_files(void)
{
	inherit_standard_files(0);
	/* musl has no close_range(). */
	(void)syscall(SYS_close_range, 3U, ~0U, 0U);
}

void startup_run(struct startup *ret, bool with_command)
{
	sigset_t none;

	(void)sigemptyset(&none);
	inherit_signals(&ret->signals, &none);
	for (size_t i = 0; i < STARTUP_LIMIT_COUNT; i++)
		if (with_command || !limits[i].for_command_only)
			raise_limit(ret, i);
	set_files();
	ret->cwd = with_command ? open(".", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
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
			(void)setrlimit(limits[i].name, &startup->limits[i]);
	inherit_restore_signals(&startup->signals);
}
