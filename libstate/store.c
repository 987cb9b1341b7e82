/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"
#include "base/error.h"
#include "codec.h"
#include "evidence.h"
#include "fsio.h"
#include "lock.h"
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the store ---- */

static int open_root(
	const char *root, enum lifecycle_access access, int *ret_fd, struct lifecycle_error *error)
{
	if (root[0] != '/')
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"the store '%s' is not an absolute path", root);
	if (access == LIFECYCLE_ACCESS_READ)
		return root_open(root, ret_fd, error);
	return root_open_safely(root, access == LIFECYCLE_ACCESS_WRITE, ret_fd, error);
}

int lifecycle_store_open(const char *root, enum lifecycle_access access,
	struct lifecycle_store **ret_store, struct lifecycle_error *error)
{
	struct lifecycle_store *store;
	int fd;

	if (open_root(root, access, &fd, error) < 0)
		return -1;
	store = calloc(1, sizeof(*store));
	if (store != NULL)
		store->root = strdup(root);
	if (store == NULL || store->root == NULL) {
		free(store);
		(void)close(fd);
		return error_no_memory(error);
	}
	store->fd = fd;
	*ret_store = store;
	return 0;
}

void lifecycle_store_close(struct lifecycle_store *store)
{
	if (store == NULL)
		return;
	(void)close(store->fd);
	free(store->root);
	free(store);
}

const char *lifecycle_store_root(const struct lifecycle_store *store)
{
	return store->root;
}

/* ---- a container's directory ---- */

static int check_id(const char *id, struct lifecycle_error *error)
{
	if (lifecycle_id_valid(id))
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID, "'%.64s' is not a container ID", id);
}

static int open_container(const struct lifecycle_store *store, const char *id, int *ret_fd,
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

static int check_container(
	const struct lifecycle_store *store, const char *id, int fd, struct lifecycle_error *error)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return error_errno(error, errno, "'%s/%s'", store->root, id);
	if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return error_set(error, LIFECYCLE_ERROR_UNSAFE, "'%s/%s' can be written by others",
			store->root, id);
	return 0;
}

/* ---- the lock ---- */

/* While the lock was waited for, its directory may have been removed, and another one made in its place. */
static bool is_still_there(const struct lifecycle_store *store, const char *id, int fd)
{
	struct stat held;
	struct stat named;

	return fstat(fd, &held) == 0 && fstatat(store->fd, id, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

struct container {
	const struct lifecycle_store *store;
	const char *id;
	int fd;    /* locked */
	bool made; /* by us, and so far it is empty */
};

/* 0: locked; 1: it went away meanwhile; -1: failed. */
static int try_to_lock(struct container *container, int64_t deadline, struct lifecycle_error *error)
{
	const struct lifecycle_store *store = container->store;
	int fd;
	int result;

	if (open_container(store, container->id, &fd, error) < 0)
		return error->code == LIFECYCLE_ERROR_NOT_FOUND ? 1 : -1;
	result = check_container(store, container->id, fd, error);
	if (result == 0)
		result = lock_wait(fd, deadline, error);
	if (result == 0 && !is_still_there(store, container->id, fd))
		result = 1;
	if (result == 0)
		container->fd = fd;
	else
		(void)close(fd);
	return result;
}

static int lock_or_make(
	struct container *container, int64_t deadline, struct lifecycle_error *error)
{
	int result;

	do {
		if (make_container(container->store, container->id, &container->made, error) < 0)
			return -1;
		result = try_to_lock(container, deadline, error);
		if (result <= 0)
			return result;
		container->made = false;
	} while (lifecycle_monotonic_now() < deadline);
	return error_set(error, LIFECYCLE_ERROR_TIMEOUT, "it is removed again and again");
}

static int lock_if_there(
	struct container *container, int64_t deadline, struct lifecycle_error *error)
{
	int result = try_to_lock(container, deadline, error);

	if (result > 0)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container");
	return result;
}

/* ---- loading ---- */

static int read_record(
	int fd, uid_t owner, struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	char *text;
	size_t length;
	int result;

	if (fsio_read(fd, STORE_RECORD, owner, CODEC_READ_LIMIT, &text, &length, error) < 0)
		return -1;
	result = lifecycle_record_decode(text, length, ret_record, error);
	free(text);
	return result < 0 ? error_wrap(error, "'%s'", STORE_RECORD) : 0;
}

/* nerdctl's records do not say whose they are. */
static int read_named_record(
	int fd, const char *id, struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	struct lifecycle_record *record;

	if (read_record(fd, FSIO_ANY_OWNER, &record, error) < 0)
		return -1;
	if (record->id == NULL && id != NULL && record_set_text(&record->id, id, error) < 0) {
		lifecycle_record_free(record);
		return -1;
	}
	*ret_record = record;
	return 0;
}

int lifecycle_store_load(struct lifecycle_store *store, const char *id,
	struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	int fd;
	int result;

	if (check_id(id, error) < 0 || open_container(store, id, &fd, error) < 0)
		return -1;
	result = read_named_record(fd, id, ret_record, error);
	(void)close(fd);
	return result < 0 ? error_wrap(error, "'%s'", id) : 0;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	return lifecycle_id_valid(name) ? name : NULL;
}

int lifecycle_load_directory(
	const char *path, struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	char *resolved = realpath(path, NULL);
	int fd;
	int result = -1;

	if (resolved == NULL)
		return errno == ENOENT ? error_set(error, LIFECYCLE_ERROR_NOT_FOUND,
						 "'%s' is not there", path)
				       : error_errno(error, errno, "'%s'", path);
	fd = open(resolved, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		(void)error_errno(error, errno, "'%s' cannot be opened", path);
	} else {
		result = read_named_record(fd, last_component(resolved), ret_record, error);
		(void)close(fd);
		if (result < 0)
			(void)error_wrap(error, "'%s'", path);
	}
	free(resolved);
	return result;
}

/* ---- changing ---- */

static int set_aside(int fd, struct lifecycle_error *error)
{
	if (fsio_remove(fd, STORE_CORRUPT, error) < 0)
		return -1;
	if (renameat(fd, STORE_RECORD, fd, STORE_CORRUPT) < 0)
		return error_errno(error, errno, "'%s' cannot be set aside", STORE_RECORD);
	return 0;
}

static bool was_set_aside(int fd)
{
	struct stat status;

	return fstatat(fd, STORE_CORRUPT, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static int start_fresh(
	bool recovered, struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	struct lifecycle_record *record = record_new();

	if (record == NULL)
		return error_no_memory(error);
	record->recovered = recovered;
	*ret_record = record;
	return 0;
}

static int load_to_change(const struct container *container, struct lifecycle_record **ret_record,
	struct lifecycle_error *error)
{
	int fd = container->fd;
	struct lifecycle_error reason = { 0 };

	if (read_record(fd, geteuid(), ret_record, &reason) == 0)
		return 0;
	/* none, and a bad one: whoever set that aside did not get to write another */
	if (reason.code == LIFECYCLE_ERROR_NOT_FOUND)
		return start_fresh(!container->made && was_set_aside(fd), ret_record, error);
	if (reason.code == LIFECYCLE_ERROR_CORRUPT)
		return set_aside(fd, error) < 0 ? -1 : start_fresh(true, ret_record, error);
	if (error != NULL)
		*error = reason;
	return -1;
}

static int write_record(struct container *container, const struct lifecycle_record *record,
	struct lifecycle_error *error)
{
	char *text;
	size_t length;
	int result;

	/* nothing came of it: it is still nobody's */
	if (record->version == LIFECYCLE_UNKNOWN && record->id == NULL && !record->recovered)
		return 0;
	if (lifecycle_record_encode(record, NULL, &text, &length, error) < 0)
		return -1;
	result = fsio_replace(container->fd, STORE_RECORD, STORE_TEMPORARY, text, length, error);
	free(text);
	if (result == 0 && container->made) {
		container->made = false;
		result = fsio_sync_directory(container->store->fd, error);
	}
	return result;
}

static int change(struct container *container, lifecycle_transform_fn *transform, void *arg,
	struct lifecycle_error *error)
{
	struct lifecycle_record *record;
	int result;

	if (load_to_change(container, &record, error) < 0)
		return -1;
	result = transform(record, arg, error);
	if (result == 0)
		result = write_record(container, record, error);
	lifecycle_record_free(record);
	return result;
}

/* With the lock held, or another one who has it could lose what it is about to write. */
static void discard_if_made(const struct container *container)
{
	if (container->made)
		(void)unlinkat(container->store->fd, container->id, AT_REMOVEDIR);
}

int lifecycle_store_transform(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_transform_fn *transform, void *arg, struct lifecycle_error *error)
{
	struct container container = { .store = store, .id = id, .fd = -1 };
	struct lifecycle_error ignored = { 0 };
	int result;

	error = error != NULL ? error : &ignored;
	if (check_id(id, error) < 0)
		return -1;
	if (lock_or_make(&container, deadline, error) < 0)
		return error_wrap(error, "'%s'", id);
	result = change(&container, transform, arg, error);
	discard_if_made(&container);
	(void)close(container.fd);
	return result < 0 ? error_wrap(error, "'%s'", id) : 0;
}

int lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error)
{
	if (lifecycle_store_transform(store, lifecycle_evidence_id(evidence), deadline,
		    lifecycle_evidence_fold, evidence, error) < 0)
		return -1;
	evidence_mark_stored(evidence);
	return 0;
}

/* ---- deleting ---- */

static int remove_container(const struct container *container, struct lifecycle_error *error)
{
	static const char *const ours[] = { STORE_RECORD, STORE_TEMPORARY, STORE_CORRUPT,
		STORE_SEEN_STOPPED };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (fsio_remove(container->fd, ours[i], error) < 0)
			return -1;
	if (unlinkat(container->store->fd, container->id, AT_REMOVEDIR) == 0)
		return 0;
	if (errno == ENOTEMPTY || errno == EEXIST)
		return error_set(
			error, LIFECYCLE_ERROR_UNSAFE, "its directory holds what is not ours");
	return error_errno(error, errno, "its directory cannot be removed");
}

static bool is_permitted(const struct container *container, lifecycle_permit_fn *permit, void *arg)
{
	struct lifecycle_record *record = NULL;
	bool permitted;

	if (permit == NULL)
		return true;
	(void)read_named_record(container->fd, container->id, &record, NULL);
	permitted = permit(record, arg);
	lifecycle_record_free(record);
	return permitted;
}

int store_remove(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_permit_fn *permit, void *arg, struct lifecycle_error *error)
{
	struct container container = { .store = store, .id = id, .fd = -1 };
	struct lifecycle_error ignored = { 0 };
	int result = 0;

	error = error != NULL ? error : &ignored;
	if (check_id(id, error) < 0)
		return -1;
	if (lock_if_there(&container, deadline, error) < 0)
		return error_wrap(error, "'%s'", id);
	if (is_permitted(&container, permit, arg))
		result = remove_container(&container, error);
	(void)close(container.fd);
	return result < 0 ? error_wrap(error, "'%s'", id) : 0;
}

int lifecycle_store_delete(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_permit_fn *permit, void *arg, struct lifecycle_error *error)
{
	if (store_remove(store, id, deadline, permit, arg, error) < 0)
		return -1;
	return fsio_sync_directory(store->fd, error);
}
