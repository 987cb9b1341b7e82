/* SPDX-License-Identifier: Apache-2.0 */
#include "io.h"

#include <errno.h>
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
