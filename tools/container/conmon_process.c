/* SPDX-License-Identifier: Apache-2.0 */
#include "container/conmon_process.h"
#include "base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool conmon_read_number(const char *directory, const char *name, long *ret_number)
{
	char *path;
	FILE *file;
	bool found;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return false;
	file = fopen(path, "re");
	free(path);
	if (file == NULL)
		return false;
	found = fscanf(file, "%ld", ret_number) == 1;
	(void)fclose(file);
	return found;
}

/* A pid may be another process's by now: conmon has this argument. */
static bool has_argument(long pid, const char *argument, size_t size)
{
	char file[48], words[4096];
	int fd;
	ssize_t length;

	snprintf(file, sizeof(file), "/proc/%ld/cmdline", pid);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = io_read_up_to(fd, words, sizeof(words));
	(void)close(fd);
	return length > 0 && memmem(words, (size_t)length, argument, size) != NULL;
}

static bool any_has_argument(const char *argument, size_t size)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	bool found = false;

	if (proc == NULL)
		return false;
	while (!found && (entry = readdir(proc)) != NULL) {
		long pid = strtol(entry->d_name, NULL, 10);

		found = pid > 0 && has_argument(pid, argument, size);
	}
	(void)closedir(proc);
	return found;
}

/*
 * The pid is written by the process that starts conmon and ends; it may have been killed before, together with the
 * command that had the container created.
 */
bool conmon_lives(const char *path, const char *id)
{
	char *argument;
	size_t size;
	long pid;
	int length = asprintf(&argument, "--cid=%s", id);
	bool lives;

	if (length < 0)
		return false;
	size = (size_t)length + 1; /* with the NUL behind it, so that it is the whole argument */
	lives = conmon_read_number(path, CONMON_PID_NAME, &pid)
			? pid > 0 && has_argument(pid, argument, size)
			: any_has_argument(argument, size);
	free(argument);
	return lives;
}
