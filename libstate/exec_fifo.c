/* SPDX-License-Identifier: Apache-2.0 */
#include "exec_fifo.h"
#include "base/error.h"
#include "comm.h"
#include "proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX       "/exec.fifo"
#define LONGEST_PATH 1024 /* a runtime's state is in /run; the stack may be small */

/* ---- finding it ---- */

bool exec_fifo_is_named(const char *target, size_t length)
{
	size_t suffix = strlen(SUFFIX);

	return length > suffix && memcmp(target + length - suffix, SUFFIX, suffix) == 0;
}

static bool is_named_so(int descriptors, const char *name)
{
	char target[LONGEST_PATH];
	ssize_t length = readlinkat(descriptors, name, target, sizeof(target));

	return length > 0 && length < (ssize_t)sizeof(target) &&
	       exec_fifo_is_named(target, (size_t)length);
}

static bool is_our_fifo(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && status.st_uid == geteuid();
}

static int link_as_ours(int proc, const char *path, int directory)
{
	return linkat(proc, path, directory, LIFECYCLE_EXEC_FIFO_FILE, AT_SYMLINK_FOLLOW);
}

static void link_held(int proc, int fd, int directory)
{
	static const struct timespec not_yet[2] = { { 0 }, { 0 } };
	char path[32];

	snprintf(path, sizeof(path), "self/fd/%d", fd);
	/* a time of its own making tells of no start: it is linked only once the time is taken away */
	if (utimensat(proc, path, not_yet, 0) < 0 || link_as_ours(proc, path, directory) == 0 ||
		errno != EEXIST)
		return;
	exec_fifo_remove(directory);
	(void)link_as_ours(proc, path, directory);
}

/* It is held while it is looked at and linked, but not opened (O_PATH): its process could put another in its place. */
static bool link_if_ours(int proc, int descriptors, const char *name, int directory)
{
	int fd = openat(descriptors, name, O_PATH | O_CLOEXEC);
	bool ours = fd >= 0 && is_our_fifo(fd);

	if (ours)
		link_held(proc, fd, directory);
	if (fd >= 0)
		(void)close(fd);
	return ours;
}

/* Takes the descriptor. */
static void search(int proc, int descriptors, int directory)
{
	DIR *entries = fdopendir(descriptors);
	const struct dirent *entry;

	if (entries == NULL) {
		(void)close(descriptors);
		return;
	}
	while ((entry = readdir(entries)) != NULL)
		if (is_named_so(dirfd(entries), entry->d_name) &&
			link_if_ours(proc, dirfd(entries), entry->d_name, directory))
			break;
	(void)closedir(entries);
}

/* ---- the link ---- */

void exec_fifo_remove(int directory)
{
	(void)unlinkat(directory, LIFECYCLE_EXEC_FIFO_FILE, 0);
}

void exec_fifo_link(int directory, const struct process *init)
{
	char name[32];
	int proc;
	int descriptors;

	if (init->liveness != LIVENESS_ALIVE || !comm_is_runtime_init(init->comm))
		return;
	proc = proc_open();
	if (proc < 0)
		return;
	snprintf(name, sizeof(name), "%" PRId64 "/fd", init->pid);
	descriptors = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptors >= 0)
		search(proc, descriptors, directory);
	(void)close(proc);
}

int exec_fifo_look(int directory, int64_t *ret_written_at, struct lifecycle_error *error)
{
	struct stat status;

	if (fstatat(directory, LIFECYCLE_EXEC_FIFO_FILE, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return error_errno(error, errno, "'%s'", LIFECYCLE_EXEC_FIFO_FILE);
		*ret_written_at = LIFECYCLE_UNKNOWN;
	} else if (!S_ISFIFO(status.st_mode) || status.st_uid != geteuid()) {
		*ret_written_at = LIFECYCLE_UNKNOWN;
	} else {
		*ret_written_at =
			(int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
	}
	return 0;
}
