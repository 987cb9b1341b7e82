/* SPDX-License-Identifier: Apache-2.0 */
/* naive_hook --root ROOT ...: looks at the record's path, and then writes by it: what the tests with links have to find. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char text[] = "{\"version\":1,\"id\":\"c\",\"create_error\":false}\n";
	char path[PATH_MAX];
	struct stat status;
	int fd;

	if (argc < 3)
		return 2;
	snprintf(path, sizeof(path), "%s/c/lifecycle.json", argv[2]);
	if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return 1;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0600);
	return fd < 0 || write(fd, text, strlen(text)) < 0;
}
