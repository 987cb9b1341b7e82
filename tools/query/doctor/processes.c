/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/processes.h"
#include "base/io.h"
#include "libstate.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_LINE_SIZE 16384

/* The length; 0 if it cannot be read. */
static size_t read_file(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t length = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		length = io_read_up_to(fd, text, size - 1);
		(void)close(fd);
	}
	text[length > 0 ? length : 0] = '\0';
	return length > 0 ? (size_t)length : 0;
}

/* One in a container is not this host's. Who may not look takes it for one of the host's. */
static bool has_our_root(pid_t pid)
{
	struct stat ours, its;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	return stat("/", &ours) < 0 || stat(path, &its) < 0 ||
	       (ours.st_dev == its.st_dev && ours.st_ino == its.st_ino);
}

static bool is_called(pid_t pid, const char *name)
{
	char comm[64];

	(void)read_file(pid, "comm", comm, sizeof(comm));
	comm[strcspn(comm, "\n")] = '\0';
	return strcmp(comm, name) == 0;
}

pid_t processes_find(const char *name, pid_t after)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	pid_t found = 0;

	if (proc == NULL)
		return 0;
	while ((entry = readdir(proc)) != NULL) {
		pid_t pid = isdigit((unsigned char)entry->d_name[0])
				    ? (pid_t)strtol(entry->d_name, NULL, 10)
				    : 0;

		if (pid > after && (found == 0 || pid < found) && is_called(pid, name) &&
			has_our_root(pid))
			found = pid;
	}
	(void)closedir(proc);
	return found;
}

/* What the word says if it is this option; NULL if it is not. `next` is the word after it. */
static const char *value_of(const char *word, const char *name, const char *next)
{
	size_t length = strlen(name);

	if (strncmp(word, name, length) != 0)
		return NULL;
	if (word[length] == '=')
		return word + length + 1;
	return word[length] == '\0' ? next : NULL;
}

bool processes_option(pid_t pid, const char *const *names, char *ret_value, size_t size)
{
	char line[COMMAND_LINE_SIZE];
	size_t length = read_file(pid, "cmdline", line, sizeof(line));
	bool found = false;

	for (size_t at = 0; at < length; at += strlen(line + at) + 1) {
		const char *next = line + at + strlen(line + at) + 1;

		for (size_t i = 0; names[i] != NULL; i++) {
			const char *value =
				value_of(line + at, names[i], next < line + length ? next : "");

			if (value == NULL)
				continue;
			snprintf(ret_value, size, "%s", value);
			found = true;
		}
	}
	return found;
}

bool processes_program(pid_t pid, char *ret_path, size_t size)
{
	char path[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	length = readlink(path, ret_path, size - 1);
	ret_path[length > 0 ? length : 0] = '\0';
	return length > 0;
}

bool processes_is_outdated(pid_t pid)
{
	static const char deleted[] = " (deleted)";
	char target[PATH_MAX];
	size_t length;

	if (!processes_program(pid, target, sizeof(target)))
		return false;
	length = strlen(target);
	return length >= sizeof(deleted) &&
	       strcmp(target + length - (sizeof(deleted) - 1), deleted) == 0;
}

uid_t processes_user(pid_t pid)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	return stat(path, &status) == 0 ? status.st_uid : geteuid();
}

/* The 22nd field of its stat: ticks since the host was booted. */
static bool read_ticks(pid_t pid, long long *ret_ticks)
{
	char text[1024];
	const char *at;

	(void)read_file(pid, "stat", text, sizeof(text));
	at = strrchr(text, ')');
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at != NULL && sscanf(at, "%lld", ret_ticks) == 1;
}

int64_t processes_began(pid_t pid)
{
	const int64_t second = 1000000000, ticks_a_second = sysconf(_SC_CLK_TCK);
	struct timespec now, up;
	long long ticks;

	if (!read_ticks(pid, &ticks) || ticks_a_second < 1 ||
		clock_gettime(CLOCK_REALTIME, &now) < 0 || clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return LIFECYCLE_UNKNOWN;
	return (now.tv_sec - up.tv_sec) * second + now.tv_nsec - up.tv_nsec +
	       ticks * (second / ticks_a_second);
}

bool processes_is_older(pid_t pid, const char *path)
{
	int64_t began = processes_began(pid);
	struct stat status;

	return began != LIFECYCLE_UNKNOWN && stat(path, &status) == 0 &&
	       (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec > began;
}

bool processes_has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}
