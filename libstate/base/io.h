/* SPDX-License-Identifier: Apache-2.0 */
/* io: all of it, however often a system call has to be asked. */
#ifndef IO_H
#define IO_H

#include <stddef.h>
#include <sys/types.h>

/* Reads up to `size` bytes, fewer if the file ends before. -1 with errno set. */
ssize_t io_read_up_to(int fd, char *bytes, size_t size);

/* Writes all of the bytes. -1 with errno set. */
int io_write_all(int fd, const char *bytes, size_t length);

#endif
