/* SPDX-License-Identifier: Apache-2.0 */
/* pidfd: how the process of a pidfd ended. */
#ifndef PIDFD_H
#define PIDFD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How a process ended whose pidfd is readable, as waitpid() tells it. A zombie's is in /proc, for those who may look; of
 * one that was waited for the kernel tells it from Linux 6.15 on. False otherwise, or if nobody has waited for the
 * process within `patience` milliseconds.
 */
bool pidfd_exit_status(int pidfd, int patience, int *ret_status);

/* The same as an exit code, 128+N for a signal; LIFECYCLE_UNKNOWN for none. */
int64_t pidfd_exit_code(int pidfd, int patience);

/* Many are held at once: as many as the kernel lets this process hold. */
void pidfd_allow_many(void);

#endif
