/* SPDX-License-Identifier: Apache-2.0 */
#include "container.h"
#include "base/error.h"
#include "fsio.h"
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int container_check_id(const char *id, struct lifecycle_error *error)
{
	if (lifecycle_id_valid(id))
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID, "'%.64s' is not a container ID", id);
}

int container_open(const struct lifecycle_store *store, const char *id, int *ret_fd,
	struct lifecycle_error *error)
{
	int fd = openat(store->fd, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", id);
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return error_set(error, LIFECYCLE_ERROR_UNSAFE, "'%s/%s' is not a directory",
			store->root, id);
	if (fd < 0)
		return error_errno(error, errno, "'%s/%s' cannot be opened", store->root, id);
	*ret_fd = fd;
	return 0;
}

static int make_container(const struct lifecycle_store *store, const char *id, bool *ret_made,
	struct lifecycle_error *error)
{
	if (fsio_make_directory(store->fd, id, ret_made, error) < 0)
		return error_wrap(error, "'%s'", store->root);
	return 0;
}

static int check_container(const struct lifecycle_store *store, const char *id, int fd,
	struct stat *ret_status, struct lifecycle_error *error)
{
	if (fstat(fd, ret_status) < 0)
		return error_errno(error, errno, "'%s/%s'", store->root, id);
	if (ret_status->st_uid != geteuid() || (ret_status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return error_set(error, LIFECYCLE_ERROR_UNSAFE, "'%s/%s' can be written by others",
			store->root, id);
	return 0;
}

/* ---- the lock ---- */

/* While the lock was waited for, its directory may have been removed, and another one made in its place: 1. -1 if that
 * cannot be seen. */
static int check_name(const struct lifecycle_store *store, const char *id, const struct stat *held,
	struct lifecycle_error *error)
{
	struct stat named;

	if (fstatat(store->fd, id, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 1 : error_errno(error, errno, "'%s/%s'", store->root, id);
	return held->st_dev != named.st_dev || held->st_ino != named.st_ino;
}

/* 0: locked; 1: it went away meanwhile; -1: failed. */
static int try_to_lock(struct container *container, int64_t deadline, struct lifecycle_error *error)
{
	const struct lifecycle_store *store = container->store;
	struct stat held = { 0 };
	int fd;
	int result;

	if (container_open(store, container->id, &fd, error) < 0)
		return error->code == LIFECYCLE_ERROR_NOT_FOUND ? 1 : -1;
	result = check_container(store, container->id, fd, &held, error);
	if (result == 0)
		result = lock_wait(fd, deadline, error);
	if (result == 0)
		result = check_name(store, container->id, &held, error);
	container->owner = held.st_uid;
	if (result == 0)
		container->fd = fd;
	else
		(void)close(fd);
	return result;
}

int container_lock_or_make(
	struct container *container, int64_t deadline, struct lifecycle_error *error)
{
	struct lifecycle_error reason = { 0 };
	int result = try_to_lock(container, deadline, &reason);

	while (result > 0) {
		if (make_container(container->store, container->id, &container->made, error) < 0)
			return -1;
		result = try_to_lock(container, deadline, &reason);
		if (result <= 0)
			break;
		container->made = false;
		if (lifecycle_monotonic_now() >= deadline)
			return error_set(
				error, LIFECYCLE_ERROR_TIMEOUT, "it is removed again and again");
	}
	if (result < 0)
		*error = reason;
	return result;
}

int container_lock(struct container *container, int64_t deadline, struct lifecycle_error *error)
{
	int result = try_to_lock(container, deadline, error);

	if (result > 0)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container");
	return result;
}
