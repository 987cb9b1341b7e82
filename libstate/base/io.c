/* SPDX-License-Identifier: Apache-2.0 */
#include "io.h"
#include "libstate.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t io_read_up_to(int fd, char *bytes, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t count = read(fd, bytes + length, size - length);

		if (count == 0)
			break;
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		length += (size_t)count;
	}
	return (ssize_t)length;
}

int io_write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(fd, bytes, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		bytes += count;
		length -= (size_t)count;
	}
	return 0;
}

int io_poll_timeout(int64_t deadline)
{
	int64_t left = deadline - lifecycle_monotonic_now();
	int64_t milliseconds = left > 0 ? left / 1000000 + (left % 1000000 != 0) : 0;

	return milliseconds < INT_MAX ? (int)milliseconds : INT_MAX;
}

int io_set_mode(int fd, mode_t mode)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (chmod(path, mode) == 0)
		return 0;
	if (errno == ENOENT)
		errno = EACCES;
	return -1;
}
