/* SPDX-License-Identifier: Apache-2.0 */
/* pidfd: how the process of a pidfd ended. */
#ifndef PIDFD_H
#define PIDFD_H

#include <stdint.h>

/*
 * The exit code of a process whose pidfd is readable: 128+N for a signal. A zombie's is in /proc, for those who may
 * look; of one that was waited for the kernel tells it from Linux 6.15 on. LIFECYCLE_UNKNOWN otherwise, or if nobody
 * has waited for the process within `patience` milliseconds.
 */
int64_t pidfd_exit_code(int pidfd, int patience);

#endif
