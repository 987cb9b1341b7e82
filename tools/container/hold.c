/* SPDX-License-Identifier: Apache-2.0 */
#include "container/hold.h"
#include "base/error.h"
#include "container/remove_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONFIG_NAME    "config.json"
#define DIRECTORY_MODE 0700
#define ASK_EVERY_NS   2000000

static int lock(int fd, int64_t deadline, const char *what, struct lifecycle_error *error)
{
	const struct timespec pause = { .tv_nsec = ASK_EVERY_NS };

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(error, errno, "cannot lock %s", what);
		if (lifecycle_monotonic_now() >= deadline)
			return error_set(error, LIFECYCLE_ERROR_TIMEOUT,
				"another command is at work on %s", what);
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

int hold_names(
	const struct place *place, int64_t deadline, int *ret_fd, struct lifecycle_error *error)
{
	/* a lock of its own description, so that each open of the directory is another holder */
	int fd = openat(place->containers, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(error, errno, "cannot open '%s/containers'", place->data_root);
	if (lock(fd, deadline, "the names of the containers", error) < 0) {
		(void)close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}

/* ---- one container ---- */

static int open_directory(const struct place *place, const char *id, int *ret_directory,
	struct lifecycle_error *error)
{
	int directory = lifecycle_id_valid(id)
				? openat(place->containers, id,
					  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
				: -1;

	if (directory < 0 && (errno == ENOENT || !lifecycle_id_valid(id)))
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", id);
	if (directory < 0)
		return error_errno(error, errno, "cannot open the container '%s'", id);
	*ret_directory = directory;
	return 0;
}

/* It may have been removed while we waited. */
static bool is_still_there(const struct place *place, const char *id, int directory)
{
	struct stat ours, found;

	return fstat(directory, &ours) == 0 &&
	       fstatat(place->containers, id, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_dev == found.st_dev && ours.st_ino == found.st_ino;
}

static bool has_config(int directory)
{
	return faccessat(directory, CONFIG_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int take_directory(const struct place *place, const char *id, int64_t deadline,
	int *ret_directory, struct lifecycle_error *error)
{
	int directory = -1;

	if (open_directory(place, id, &directory, error) < 0)
		return -1;
	if (lock(directory, deadline, "the container", error) < 0) {
		(void)close(directory);
		return error_wrap(error, "'%s'", id);
	}
	if (!is_still_there(place, id, directory)) {
		(void)close(directory);
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", id);
	}
	*ret_directory = directory;
	return 0;
}

static int complete(const struct place *place, const char *id, int directory, struct hold *ret_hold,
	struct lifecycle_error *error)
{
	char *path;

	if (place_container_path(place, id, &path, error) < 0) {
		(void)close(directory);
		return -1;
	}
	*ret_hold = (struct hold){ id, path, directory };
	return 0;
}

int hold_take(const struct place *place, const char *id, int64_t deadline, struct hold *ret_hold,
	struct lifecycle_error *error)
{
	int directory;

	if (take_directory(place, id, deadline, &directory, error) < 0)
		return -1;
	if (!has_config(directory)) {
		(void)close(directory);
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", id);
	}
	return complete(place, id, directory, ret_hold, error);
}

int hold_make(const struct place *place, const char *id, struct hold *ret_hold,
	struct lifecycle_error *error)
{
	struct lifecycle_error why;
	int directory, result;

	/* whoever removes leftovers may be faster than our lock */
	do {
		if (mkdirat(place->containers, id, DIRECTORY_MODE) < 0 && errno != EEXIST)
			return error_errno(error, errno, "cannot make the container's directory");
		result = take_directory(place, id, LIFECYCLE_NO_DEADLINE, &directory, &why);
	} while (result < 0 && why.code == LIFECYCLE_ERROR_NOT_FOUND);
	if (result < 0)
		return error_set(error, why.code, "%s", why.message);
	return complete(place, id, directory, ret_hold, error);
}

void hold_release(struct hold *hold)
{
	free(hold->path);
	(void)close(hold->directory);
}

/* ---- removing ---- */

int hold_remove(struct hold *hold, struct lifecycle_error *error)
{
	int result;

	if (unlinkat(hold->directory, CONFIG_NAME, 0) < 0 && errno != ENOENT)
		result = error_errno(error, errno, "cannot remove '%s/config.json'", hold->path);
	else
		result = remove_tree(hold->path, error);
	hold_release(hold);
	return result;
}

static void sweep_one(const struct place *place, const char *id)
{
	struct lifecycle_error ignored;
	int directory;
	char *path;

	if (take_directory(place, id, lifecycle_monotonic_now(), &directory, &ignored) < 0)
		return;
	if (!has_config(directory) && place_container_path(place, id, &path, &ignored) == 0) {
		(void)remove_tree(path, &ignored);
		free(path);
	}
	(void)close(directory);
}

void hold_sweep(const struct place *place)
{
	int again = openat(place->containers, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;

	if (directory == NULL) {
		if (again >= 0)
			(void)close(again);
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		char path[NAME_MAX + sizeof("/" CONFIG_NAME)];

		snprintf(path, sizeof(path), "%s/" CONFIG_NAME, entry->d_name);
		if (lifecycle_id_valid(entry->d_name) &&
			faccessat(place->containers, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			sweep_one(place, entry->d_name);
	}
	(void)closedir(directory);
}
