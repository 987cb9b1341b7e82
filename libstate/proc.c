/* SPDX-License-Identifier: Apache-2.0 */
#include "proc.h"

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

size_t proc_read(int proc, const char *name, char *buffer, size_t size)
{
	int fd = openat(proc, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t length = -1;

	if (fd >= 0) {
		length = read(fd, buffer, size - 1);
		(void)close(fd);
	}
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	if (length < 0)
		length = 0;
	buffer[length] = '\0';
	return (size_t)length;
}
