/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/pidfd.h"
#include "libstate.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

/* As in <linux/pidfd.h> of Linux 6.15: its first version, which later kernels take, too. */
struct exit_information {
	uint64_t mask;
	uint64_t cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};

#define GET_INFORMATION  _IOWR(0xff, 11, struct exit_information)
#define INFORMATION_EXIT (UINT64_C(1) << 3)

int64_t pidfd_exit_code(int pidfd, int patience)
{
	struct exit_information information = { .mask = INFORMATION_EXIT };
	struct pollfd reaped = { .fd = pidfd };

	/* The kernel keeps the status for others once the parent has it; POLLHUP is when. */
	(void)poll(&reaped, 1, patience);
	if (ioctl(pidfd, GET_INFORMATION, &information) < 0 ||
		(information.mask & INFORMATION_EXIT) == 0)
		return LIFECYCLE_UNKNOWN;
	if (WIFSIGNALED(information.exit_code))
		return 128 + WTERMSIG(information.exit_code);
	return WEXITSTATUS(information.exit_code);
}
