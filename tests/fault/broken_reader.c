/* SPDX-License-Identifier: Apache-2.0 */
/* A hook that takes what one read gives for the whole: what the tests with short reads have to find. */
#include "../../hooks/hook.h"
#include "base/io.h"
#include "proc.h"

#include <fcntl.h>
#include <unistd.h>

ssize_t __wrap_io_read_up_to(int fd, char *bytes, size_t size);
size_t __wrap_proc_read(int proc, const char *name, char *buffer, size_t size);

ssize_t __wrap_io_read_up_to(int fd, char *bytes, size_t size)
{
	return read(fd, bytes, size);
}

size_t __wrap_proc_read(int proc, const char *name, char *buffer, size_t size)
{
	int fd = openat(proc, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t length = read(fd, buffer, size - 1);

	(void)close(fd);
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	buffer[length < 0 ? 0 : length] = '\0';
	return length < 0 ? 0 : (size_t)length;
}

int main(int argc, char **argv)
{
	static const struct hook hook = { "broken-reader", LIFECYCLE_POINT_CREATE_RUNTIME };

	return hook_run(&hook, argc, argv);
}
