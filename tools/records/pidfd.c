/* SPDX-License-Identifier: Apache-2.0 */
#include "records/pidfd.h"
#include "libstate.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* As in <linux/pidfd.h> of Linux 6.15: its first version, which later kernels take, too. */
struct exit_information {
	uint64_t mask;
	uint64_t cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};

#define GET_INFORMATION  _IOWR(0xff, 11, struct exit_information)
#define INFORMATION_EXIT (UINT64_C(1) << 3)

void pidfd_allow_many(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* ---- a zombie ---- */

/* The pid, here, of a process that nobody has waited for yet; less than 1 for any other. */
static long pid_of(int pidfd)
{
	char path[64];
	char line[128];
	FILE *file;
	long pid = -1;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	file = fopen(path, "re");
	if (file == NULL)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "Pid:", 4) == 0)
			pid = strtol(line + 4, NULL, 10);
	(void)fclose(file);
	return pid;
}

/* To those who may not look, the kernel shows 0 in its place. */
static bool may_look(long pid)
{
	char path[64];
	char target[64];

	snprintf(path, sizeof(path), "/proc/%ld/ns/user", pid);
	return readlink(path, target, sizeof(target)) >= 0;
}

/* The 52nd field of /proc/PID/stat, if it is a zombie's. */
static bool read_status(long pid, int *ret_status)
{
	char path[64];
	char text[1024];
	FILE *file;
	size_t length;
	char *at;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	length = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[length] = '\0';
	/* the second field is a name, which may hold anything: what follows is after its last parenthesis */
	at = strrchr(text, ')');
	if (at == NULL || strncmp(at, ") Z ", 4) != 0 || (at = strrchr(text, ' ')) == NULL)
		return false;
	*ret_status = (int)strtol(at, NULL, 10);
	return true;
}

/* As long as nobody has waited for it, the pid is its own. */
static bool zombie_status(int pidfd, int *ret_status)
{
	long pid = pid_of(pidfd);
	int status;

	if (pid < 1 || !read_status(pid, &status) || (status == 0 && !may_look(pid)) ||
		pid_of(pidfd) != pid)
		return false;
	*ret_status = status;
	return true;
}

/* ---- any ---- */

bool pidfd_exit_status(int pidfd, int patience, int *ret_status)
{
	struct exit_information information = { .mask = INFORMATION_EXIT };
	struct pollfd reaped = { .fd = pidfd };

	if (zombie_status(pidfd, ret_status))
		return true;
	/* The kernel keeps the status for others once the parent has it; POLLHUP is when. */
	(void)poll(&reaped, 1, patience);
	if (ioctl(pidfd, GET_INFORMATION, &information) < 0 ||
		(information.mask & INFORMATION_EXIT) == 0)
		return false;
	*ret_status = information.exit_code;
	return true;
}

int64_t pidfd_exit_code(int pidfd, int patience)
{
	int status;

	if (!pidfd_exit_status(pidfd, patience, &status))
		return LIFECYCLE_UNKNOWN;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
