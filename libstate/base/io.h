/* SPDX-License-Identifier: Apache-2.0 */
/* io: all of it, however often a system call has to be asked; how long poll() may wait; a mode, also by an O_PATH. */
#ifndef IO_H
#define IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads up to `size` bytes, fewer if the file ends before. -1 with errno set. */
ssize_t io_read_up_to(int fd, char *bytes, size_t size);

/* Writes all of the bytes. -1 with errno set. */
int io_write_all(int fd, const char *bytes, size_t length);

/*
 * The milliseconds until a time on CLOCK_MONOTONIC, for poll(): rounded up, 0 once it has passed, and no more than an int
 * holds, which is 24 days.
 */
int io_poll_timeout(int64_t deadline);

/* fchmod(), also by a descriptor of O_PATH, for which it takes /proc: without that, -1 with EACCES. Else -1 with errno set. */
int io_set_mode(int fd, mode_t mode);

#endif
