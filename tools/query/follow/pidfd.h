/* SPDX-License-Identifier: Apache-2.0 */
/* pidfd: how the process of a pidfd ended. */
#ifndef PIDFD_H
#define PIDFD_H

#include <stdint.h>

/*
 * The exit code of a process whose pidfd is readable: 128+N for a signal. LIFECYCLE_UNKNOWN where the kernel
 * does not tell (before Linux 6.15), or if nobody has waited for the process within `patience` milliseconds.
 */
int64_t pidfd_exit_code(int pidfd, int patience);

#endif
