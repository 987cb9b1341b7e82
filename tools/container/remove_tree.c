/* SPDX-License-Identifier: Apache-2.0 */
#include "container/remove_tree.h"
#include "base/error.h"
#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Nothing is walked down: the directories of a directory are moved up into the top one, and their turn comes there. So the
 * tree is never deeper than two, and neither paths nor descriptors run out.
 */
struct removal {
	int top;
	unsigned int moved; /* the number in the name of the last one that was moved up */
	bool found;         /* this pass has found something, so there is one more */
};

static bool is_own_link(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Not through a link, and not into what is mounted there. */
static int open_directory(int parent, const char *name, uint64_t access)
{
	struct open_how how = { .flags = access | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS };

	return (int)syscall(SYS_openat2, parent, name, &how, sizeof(how));
}

/* A user's directory may be closed to the user, which root does not notice. It is held, for the name may be another's by now. */
static int open_to_us(int parent, const char *name)
{
	int fd, result, why;

	if (geteuid() == 0)
		return 0;
	fd = open_directory(parent, name, O_PATH);
	if (fd < 0)
		return -1;
	result = io_set_mode(fd, 0700);
	why = errno;
	(void)close(fd);
	errno = why;
	return result;
}

static int open_inside(int parent, const char *name)
{
	return open_to_us(parent, name) < 0 ? -1 : open_directory(parent, name, O_RDONLY);
}

/* 0; 1 if it is a directory that is not empty; -1 with errno. */
static int unlink_one(int parent, const char *name)
{
	if (unlinkat(parent, name, 0) == 0)
		return 0;
	if (errno != EISDIR)
		return -1;
	if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
		return 0;
	return errno == ENOTEMPTY ? 1 : -1;
}

static int move_up(struct removal *removal, int parent, const char *name)
{
	char target[32];

	if (open_to_us(parent, name) < 0)
		return -1;
	do {
		snprintf(target, sizeof(target), ".moved-%u", removal->moved++);
	} while (renameat(parent, name, removal->top, target) < 0 &&
		 (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR));
	return faccessat(removal->top, target, F_OK, AT_SYMLINK_NOFOLLOW);
}

typedef int entry_fn(struct removal *removal, int parent, const char *name);

/* Calls act() for each entry of a directory, which it closes. */
static int for_entries(struct removal *removal, int directory, entry_fn *act)
{
	DIR *list = fdopendir(directory);
	const struct dirent *entry;
	int result = 0, why;

	if (list == NULL) {
		(void)close(directory);
		return -1;
	}
	while (result == 0 && (entry = readdir(list)) != NULL)
		if (!is_own_link(entry->d_name))
			result = act(removal, dirfd(list), entry->d_name);
	why = errno;
	(void)closedir(list);
	errno = why;
	return result;
}

static int empty_lower(struct removal *removal, int parent, const char *name)
{
	int result = unlink_one(parent, name);

	return result == 1 ? move_up(removal, parent, name) : result;
}

static int remove_from_top(struct removal *removal, int parent, const char *name)
{
	int result = unlink_one(parent, name), directory;

	removal->found = true;
	if (result != 1)
		return result;
	directory = open_inside(parent, name);
	if (directory < 0 || for_entries(removal, directory, empty_lower) < 0)
		return -1;
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOTEMPTY ? -1 : 0;
}

/* What is moved up while a pass reads the directory may be missed by it: the next one finds it. */
static int empty_top(struct removal *removal)
{
	int again, result = 0;

	do {
		removal->found = false;
		again = openat(removal->top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		result = again < 0 ? -1 : for_entries(removal, again, remove_from_top);
	} while (result == 0 && removal->found);
	return result;
}

int remove_tree(const char *path, struct lifecycle_error *error)
{
	struct removal removal = { .top = open(
					   path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) };
	int result, why;

	if (removal.top < 0)
		return errno == ENOENT ? 0 : error_errno(error, errno, "cannot remove '%s'", path);
	result = empty_top(&removal);
	if (result == 0)
		result = rmdir(path);
	why = errno;
	(void)close(removal.top);
	if (result < 0 && why != ENOENT)
		return error_errno(error, why, "cannot remove '%s'", path);
	return 0;
}
