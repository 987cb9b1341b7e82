/* SPDX-License-Identifier: Apache-2.0 */
#include "root.h"
#include "base/error.h"
#include "fsio.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINKS    40
#define LONGEST_REST ((size_t)2 * PATH_MAX)
#define NO_USER      ((uid_t)-1)
#define PARENT_MODE  0755

/* ---- user namespaces ---- */

/* What this process's user 0 is outside of its user namespace; 0 if it is in none, or it cannot be told. */
static uid_t outside_of_root(int proc)
{
	char map[128];
	char *outside;

	if (proc_read(proc, "self/uid_map", map, sizeof(map)) == 0 ||
		strtoul(map, &outside, 10) != 0)
		return 0;
	return (uid_t)strtoul(outside, NULL, 10);
}

/* Whoever is not mapped into a user namespace, the host's root among them, shows as this user in it. */
static uid_t overflow_user(void)
{
	char text[16];
	uid_t user = NO_USER;
	int proc = proc_open();

	if (proc < 0)
		return NO_USER;
	if (outside_of_root(proc) != 0 &&
		proc_read(proc, "sys/kernel/overflowuid", text, sizeof(text)) > 0)
		user = (uid_t)strtoul(text, NULL, 10);
	(void)close(proc);
	return user;
}

/* ---- the default ---- */

static bool is_own_directory(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

int lifecycle_default_root(char **ret_root, struct lifecycle_error *error)
{
	char user_directory[64];
	uid_t user = geteuid();
	int proc = proc_open();
	int length;

	if (user == 0 && proc >= 0)
		user = outside_of_root(proc);
	if (proc >= 0)
		(void)close(proc);
	snprintf(user_directory, sizeof(user_directory), "/run/user/%u", user);
	if (user == 0 || (geteuid() == 0 && !is_own_directory(user_directory)))
		strcpy(user_directory, "/run");
	length = asprintf(ret_root, "%s/oci-lifecycle", user_directory);
	return length < 0 ? error_no_memory(error) : 0;
}

/* ---- opening ---- */

int root_open(const char *path, int *ret_fd, struct lifecycle_error *error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return error_set(
			error, LIFECYCLE_ERROR_NOT_FOUND, "there is no store at '%s'", path);
	if (fd < 0)
		return error_errno(error, errno, "the store '%s' cannot be opened", path);
	*ret_fd = fd;
	return 0;
}

/* ---- opening safely ---- */

struct walk {
	const char *path; /* for messages */
	bool make;        /* what is missing of it */
	int fd;           /* the directory reached */
	bool readable;    /* it was opened for more than its path */
	int links;        /* followed */
	uid_t overflow;   /* NO_USER until somebody owns a component who is neither root nor us */
	char *text;       /* holds `rest` */
	const char *rest; /* of the path, still to go */
};

static bool is_trusted(struct walk *walk, uid_t owner)
{
	if (owner == 0 || owner == geteuid())
		return true;
	if (walk->overflow == NO_USER)
		walk->overflow = overflow_user();
	return owner == walk->overflow;
}

static int unsafe(const struct walk *walk, const char *why, struct lifecycle_error *error)
{
	return error_set(
		error, LIFECYCLE_ERROR_UNSAFE, "the store '%s' is not safe: %s", walk->path, why);
}

static bool is_last(const struct walk *walk)
{
	return walk->rest[strspn(walk->rest, "/")] == '\0';
}

/* A sticky directory's entries are replaced by their owners only; the store itself has no excuse. */
static int check_directory(
	struct walk *walk, const struct stat *status, struct lifecycle_error *error)
{
	if (!S_ISDIR(status->st_mode))
		return error_errno(error, ENOTDIR, "the store '%s' cannot be opened", walk->path);
	if (!is_trusted(walk, status->st_uid))
		return unsafe(walk, "a component of its path belongs to another user", error);
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
		(is_last(walk) || (status->st_mode & S_ISVTX) == 0))
		return unsafe(walk, "a component of its path can be written by others", error);
	return 0;
}

/* Takes the next component off `rest`. */
static bool next_component(struct walk *walk, char component[NAME_MAX + 1])
{
	const char *start = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(start, "/");

	if (length == 0 || length > NAME_MAX)
		return false;
	memcpy(component, start, length);
	component[length] = '\0';
	walk->rest = start + length;
	return true;
}

/* Takes the descriptor. */
static int move_to(
	struct walk *walk, int fd, const struct stat *status, struct lifecycle_error *error)
{
	if (walk->fd >= 0)
		(void)close(walk->fd);
	walk->fd = fd;
	return check_directory(walk, status, error);
}

/* What has the name, also if it is a link: held, it is the same for each look at it. */
static int hold(struct walk *walk, const char *name, int *ret_fd, struct stat *ret_status,
	struct lifecycle_error *error)
{
	int fd = -1;

	/* what is the last, most likely, need not be opened again */
	walk->readable = false;
	if (is_last(walk)) {
		fd = openat(walk->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		walk->readable = fd >= 0;
	}
	if (fd < 0)
		fd = openat(walk->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return error_set(
			error, LIFECYCLE_ERROR_NOT_FOUND, "there is no store at '%s'", walk->path);
	if (fd < 0)
		return error_errno(error, errno, "the store '%s' cannot be opened", walk->path);
	if (fstat(fd, ret_status) < 0) {
		(void)error_errno(error, errno, "the store '%s'", walk->path);
		(void)close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}

static int move_to_top(struct walk *walk, struct lifecycle_error *error)
{
	struct stat status;
	int fd;

	return hold(walk, "/", &fd, &status, error) < 0 ? -1 : move_to(walk, fd, &status, error);
}

/* Goes on with what the link says, and then with what was still to go. */
static int replace_rest(struct walk *walk, const char *target, struct lifecycle_error *error)
{
	char *text;

	if (strlen(target) + strlen(walk->rest) >= LONGEST_REST)
		return unsafe(walk, "its path has too many links", error);
	if (asprintf(&text, "%s/%s", target, walk->rest) < 0)
		return error_no_memory(error);
	free(walk->text);
	walk->text = text;
	walk->rest = text;
	return 0;
}

static int follow_to(struct walk *walk, const char *target, struct lifecycle_error *error)
{
	if (++walk->links > MAX_LINKS)
		return unsafe(walk, "its path has too many links", error);
	if (replace_rest(walk, target, error) < 0)
		return -1;
	return target[0] == '/' ? move_to_top(walk, error) : 0;
}

/* The target is not on the stack, which in a hook may be small. */
static int follow(struct walk *walk, int link, struct lifecycle_error *error)
{
	char *target = calloc(1, PATH_MAX);
	int result;

	if (target == NULL)
		return error_no_memory(error);
	if (readlinkat(link, "", target, PATH_MAX - 1) < 0)
		result = error_errno(error, errno, "the store '%s'", walk->path);
	else
		result = follow_to(walk, target, error);
	free(target);
	return result;
}

/* What others keep below a directory above the store is theirs to reach; the store itself is its owner's alone. */
static int let_others_pass(struct walk *walk, const char *name, struct lifecycle_error *error)
{
	int fd = openat(walk->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int result = 0;

	if (fd < 0 || (fsio_is_as_made(fd, PARENT_MODE) && fchmod(fd, PARENT_MODE) < 0))
		result = error_errno(error, errno, "'%s' cannot get its mode", name);
	if (fd >= 0)
		(void)close(fd);
	return result;
}

/* A record is on the disk only if the name of each directory above it is. Whose names we may not read we cannot sync. */
static int sync_names(const struct walk *walk, struct lifecycle_error *error)
{
	int fd = openat(walk->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return 0;
	result = fsio_sync_directory(fd, error);
	(void)close(fd);
	return result;
}

/* Nobody but the two who are trusted can put something else in its place: the directory that it is made in was checked. */
static int make_directory(struct walk *walk, const char *name, struct lifecycle_error *error)
{
	bool made = false;
	int result = fsio_make_directory(walk->fd, name, &made, error);

	if (result == 0 && made && !is_last(walk))
		result = let_others_pass(walk, name, error);
	if (result == 0 && made)
		result = sync_names(walk, error);
	/* or the next one would not know that there is something to sync */
	if (result < 0 && made)
		(void)unlinkat(walk->fd, name, AT_REMOVEDIR);
	return result < 0 ? error_wrap(error, "the store '%s'", walk->path) : 0;
}

static int hold_or_make(struct walk *walk, const char *name, int *ret_fd, struct stat *ret_status,
	struct lifecycle_error *error)
{
	struct lifecycle_error reason = { 0 };

	if (hold(walk, name, ret_fd, ret_status, &reason) == 0)
		return 0;
	if (reason.code == LIFECYCLE_ERROR_NOT_FOUND && walk->make)
		return make_directory(walk, name, error) < 0
			       ? -1
			       : hold(walk, name, ret_fd, ret_status, error);
	if (error != NULL)
		*error = reason;
	return -1;
}

static int step(struct walk *walk, const char *name, struct lifecycle_error *error)
{
	struct stat status;
	int result;
	int fd;

	if (hold_or_make(walk, name, &fd, &status, error) < 0)
		return -1;
	if (!S_ISLNK(status.st_mode))
		return move_to(walk, fd, &status, error);
	if (is_trusted(walk, status.st_uid))
		result = follow(walk, fd, error);
	else
		result = unsafe(walk, "a link in its path belongs to another user", error);
	(void)close(fd);
	return result;
}

static int walk_down(struct walk *walk, struct lifecycle_error *error)
{
	char name[NAME_MAX + 1];

	if (move_to_top(walk, error) < 0)
		return -1;
	while (!is_last(walk)) {
		if (!next_component(walk, name))
			return error_set(
				error, LIFECYCLE_ERROR_INVALID, "'%s' is no path", walk->path);
		if (step(walk, name, error) < 0)
			return -1;
	}
	return 0;
}

/* The directory that was reached, to be read; -1 if it cannot be. */
static int take_readable(struct walk *walk, struct lifecycle_error *error)
{
	int fd = walk->fd;

	if (walk->readable)
		walk->fd = -1;
	else
		fd = openat(walk->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		(void)error_errno(error, errno, "the store '%s' cannot be opened", walk->path);
	return fd;
}

int root_open_safely(const char *path, bool make, int *ret_fd, struct lifecycle_error *error)
{
	struct walk walk = { .path = path, .make = make, .fd = -1, .overflow = NO_USER };
	int fd = -1;

	if (strlen(path) >= PATH_MAX)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "the store's path is too long");
	walk.text = strdup(path);
	if (walk.text == NULL)
		return error_no_memory(error);
	walk.rest = walk.text;
	if (walk_down(&walk, error) == 0)
		fd = take_readable(&walk, error);
	if (walk.fd >= 0)
		(void)close(walk.fd);
	free(walk.text);
	if (fd < 0)
		return -1;
	*ret_fd = fd;
	return 0;
}
