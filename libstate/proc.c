/* SPDX-License-Identifier: Apache-2.0 */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <unistd.h>

int proc_open(void)
{
	struct statfs file_system;
	int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && fstatfs(fd, &file_system) == 0 && file_system.f_type == PROC_SUPER_MAGIC)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* Until a newline comes last: what ends with one need not be asked for more. */
static size_t read_first(int fd, char *buffer, size_t size)
{
	size_t length = 0;
	ssize_t count = 0;

	while (length < size && (length == 0 || buffer[length - 1] != '\n')) {
		count = read(fd, buffer + length, size - length);
		if (count == 0 || (count < 0 && errno != EINTR))
			break;
		length += count > 0 ? (size_t)count : 0;
	}
	return count < 0 ? 0 : length;
}

size_t proc_read(int proc, const char *name, char *buffer, size_t size)
{
	int fd = openat(proc, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t length = 0;

	if (fd >= 0) {
		length = read_first(fd, buffer, size - 1);
		(void)close(fd);
	}
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';
	return length;
}
