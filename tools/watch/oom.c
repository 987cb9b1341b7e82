/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/oom.h"
#include "libstate.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_SIZE 4096

bool oom_parse(const char *text, int64_t *ret_count)
{
	static const char key[] = "oom_kill ";

	while (text != NULL && strncmp(text, key, strlen(key)) != 0) {
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	if (text == NULL)
		return false;
	*ret_count = strtoll(text + strlen(key), NULL, 10);
	return true;
}

/* ---- which control group ---- */

/* Whether "a,memory,b" has it. */
static bool has_memory(const char *controllers, size_t length)
{
	const char *end = controllers + length;
	const char *at = controllers;

	while (at < end) {
		size_t word = strcspn(at, ",:");

		if (word == strlen("memory") && strncmp(at, "memory", word) == 0)
			return true;
		at += word + 1;
	}
	return false;
}

/* A line is "NUMBER:CONTROLLERS:PATH"; the second hierarchy has the number 0 and no controllers. */
static const char *path_of_line(const char *line, bool unified)
{
	const char *controllers = strchr(line, ':');
	const char *path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
	size_t length;

	if (path == NULL)
		return NULL;
	controllers++;
	length = (size_t)(path - controllers);
	if (unified ? length > 0 : !has_memory(controllers, length))
		return NULL;
	return path + 1;
}

char *oom_path(const char *cgroups, bool unified)
{
	const char *path = NULL;
	const char *line = cgroups;
	char *result;

	while (line != NULL && line[0] != '\0' && path == NULL) {
		path = path_of_line(line, unified);
		line = strchr(line, '\n');
		if (line != NULL)
			line++;
	}
	if (path == NULL || strncmp(path, "/../", 4) == 0)
		return NULL;
	if (asprintf(&result, "%.*s/%s", (int)strcspn(path, "\n"), path,
		    unified ? "memory.events" : "memory.oom_control") < 0)
		return NULL;
	return result;
}

/* ---- the files ---- */

static bool read_text(int fd, char text[TEXT_SIZE])
{
	ssize_t length = pread(fd, text, TEXT_SIZE - 1, 0);

	if (length < 0)
		return false;
	text[length] = '\0';
	return true;
}

static int open_below(const char *mount, const char *cgroups, bool unified)
{
	char *below = oom_path(cgroups, unified);
	char *path = NULL;
	int fd = -1;

	if (below != NULL && asprintf(&path, "%s%s", mount, below) >= 0)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (path != NULL)
		free(path);
	free(below);
	return fd;
}

/* Version 2 alone, or version 1, with or without the second hierarchy beside it. */
static int open_counter(const char *cgroups)
{
	int fd = open_below("/sys/fs/cgroup/memory", cgroups, false);

	return fd >= 0 ? fd : open_below("/sys/fs/cgroup", cgroups, true);
}

int oom_open(int64_t pid)
{
	char path[64];
	char cgroups[TEXT_SIZE];
	bool was_read;
	int fd;

	snprintf(path, sizeof(path), "/proc/%lld/cgroup", (long long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	was_read = read_text(fd, cgroups);
	(void)close(fd);
	return was_read ? open_counter(cgroups) : -1;
}

int64_t oom_count(int fd)
{
	char text[TEXT_SIZE];
	int64_t count;

	return fd >= 0 && read_text(fd, text) && oom_parse(text, &count) ? count
									 : LIFECYCLE_UNKNOWN;
}
