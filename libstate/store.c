/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"
#include "account.h"
#include "aside.h"
#include "base/error.h"
#include "container.h"
#include "evidence.h"
#include "exec_fifo.h"
#include "fsio.h"
#include "load.h"
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

/* ---- changing ---- */

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

static int load_to_change(struct container *container, struct lifecycle_record **ret_record,
	struct lifecycle_error *error)
{
	int fd = container->fd;
	struct lifecycle_error reason = { 0 };

	if (load_record(fd, container->owner, ret_record, &reason) == 0)
		return 0;
	/* none, and a bad one: whoever set that aside did not get to write another */
	container->lacks_record = reason.code == LIFECYCLE_ERROR_NOT_FOUND;
	if (container->lacks_record)
		return start_fresh(!container->made && aside_is_there(fd), ret_record, error);
	if (reason.code == LIFECYCLE_ERROR_CORRUPT)
		return aside_move(fd, STORE_RECORD, error) < 0
			       ? -1
			       : start_fresh(true, ret_record, error);
	if (error != NULL)
		*error = reason;
	return -1;
}

static bool is_directory(int fd, const char *name)
{
	struct stat status;

	return fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* A directory that is in the way of the temporary file, and is not empty, is set aside as a bad record is. */
static int replace_record(int fd, const char *text, size_t length, struct lifecycle_error *error)
{
	int result = fsio_replace(fd, STORE_RECORD, STORE_TEMPORARY, text, length, error);

	if (result < 0 && is_directory(fd, STORE_TEMPORARY) &&
		aside_move(fd, STORE_TEMPORARY, error) == 0)
		result = fsio_replace(fd, STORE_RECORD, STORE_TEMPORARY, text, length, error);
	return result;
}

/* Before there is a record in it. Who made it may have been killed, so no record says that nobody has synced its name. */
static int sync_name(const struct container *container, struct lifecycle_error *error)
{
	return container->lacks_record ? fsio_sync_directory(container->store->fd, error) : 0;
}

static int write_record(struct container *container, const struct lifecycle_record *record,
	const struct tally *before, struct lifecycle_error *error)
{
	char *text;
	size_t length;
	int result;

	/* nothing came of it: it is still nobody's */
	if (record->version == LIFECYCLE_UNKNOWN && record->id == NULL && !record->recovered)
		return 0;
	if (lifecycle_record_encode(record, NULL, &text, &length, error) < 0)
		return -1;
	account_changed(container, before, record, text, length);
	result = sync_name(container, error);
	if (result == 0)
		result = replace_record(container->fd, text, length, error);
	if (result == 0)
		container->made = false;
	free(text);
	return result;
}

/* A new generation has no FIFO yet, and what is stopped needs it no more. */
static void keep_up_fifo(
	const struct container *container, const struct lifecycle_record *record, bool had_fifo)
{
	bool has_fifo = record->exec_fifo != LIFECYCLE_UNKNOWN;

	if (had_fifo && (!has_fifo || record_is_stopped(record)))
		exec_fifo_remove(container->fd);
}

static int change_record(struct container *container, struct lifecycle_record *record,
	lifecycle_transform_fn *transform, void *arg, struct lifecycle_error *error)
{
	struct tally before = { 0 };
	int64_t written_at;
	bool had_fifo;
	int result;

	if (tally_of(record, &before, error) < 0)
		return -1;
	/* if it cannot be looked at, the rest is recorded all the same */
	if (exec_fifo_look(container->fd, &written_at, NULL) < 0)
		written_at = LIFECYCLE_UNKNOWN;
	load_fifo(record, written_at);
	/* also one that a killed hook left beside a stopped record */
	had_fifo = written_at != LIFECYCLE_UNKNOWN;
	result = transform(record, arg, error);
	/* no reader is to find the old FIFO beside the new generation */
	if (result == 0 && record->exec_fifo == LIFECYCLE_UNKNOWN)
		keep_up_fifo(container, record, had_fifo);
	if (result == 0)
		result = write_record(container, record, &before, error);
	if (result == 0)
		keep_up_fifo(container, record, had_fifo);
	tally_free(&before);
	return result;
}

static int change(struct container *container, lifecycle_transform_fn *transform, void *arg,
	struct lifecycle_error *error)
{
	struct lifecycle_record *record;
	int result;

	if (load_to_change(container, &record, error) < 0)
		return -1;
	result = change_record(container, record, transform, arg, error);
	lifecycle_record_free(record);
	return result;
}

/* With the lock held, or another one who has it could lose what it is about to write. */
static void discard_if_made(const struct container *container)
{
	if (container->made)
		(void)unlinkat(container->store->fd, container->id, AT_REMOVEDIR);
}

/* `after`, unless NULL, is called with the container's directory once the record is written. */
static int transform_and(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_transform_fn *transform, void (*after)(int directory, void *arg), void *arg,
	struct lifecycle_error *error)
{
	struct container container = { .store = store, .id = id, .fd = -1, .deadline = deadline };
	struct lifecycle_error ignored = { 0 };
	int result;

	error = error != NULL ? error : &ignored;
	if (container_check_id(id, error) < 0)
		return -1;
	if (container_lock_or_make(&container, deadline, error) < 0)
		return error_wrap(error, "'%s'", id);
	result = change(&container, transform, arg, error);
	if (result == 0 && after != NULL)
		after(container.fd, arg);
	discard_if_made(&container);
	(void)close(container.fd);
	return result < 0 ? error_wrap(error, "'%s'", id) : 0;
}

int lifecycle_store_transform(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_transform_fn *transform, void *arg, struct lifecycle_error *error)
{
	return transform_and(store, id, deadline, transform, NULL, arg, error);
}

static void link_fifo(int directory, void *arg)
{
	const struct lifecycle_evidence *evidence = arg;

	if (evidence_is_of_waiting_init(evidence))
		exec_fifo_link(directory, &evidence->process);
}

int lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error)
{
	if (transform_and(store, lifecycle_evidence_id(evidence), deadline, lifecycle_evidence_fold,
		    link_fifo, evidence, error) < 0)
		return -1;
	evidence_mark_stored(evidence);
	return 0;
}

/* ---- deleting ---- */

static int remove_container(const struct container *container, struct lifecycle_error *error)
{
	static const char *const ours[] = { STORE_RECORD, STORE_TEMPORARY, STORE_SEEN_STOPPED,
		LIFECYCLE_EXEC_FIFO_FILE };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (fsio_remove(container->fd, ours[i], error) < 0)
			return -1;
	if (aside_remove(container->fd, error) < 0)
		return -1;
	if (unlinkat(container->store->fd, container->id, AT_REMOVEDIR) == 0)
		return 0;
	if (errno == ENOTEMPTY || errno == EEXIST)
		return error_set(
			error, LIFECYCLE_ERROR_UNSAFE, "its directory holds what is not ours");
	return error_errno(error, errno, "its directory cannot be removed");
}

static bool is_permitted(const struct container *container, store_permit_fn *permit, void *arg)
{
	struct lifecycle_record *record = NULL;
	struct lifecycle_error why = { 0 };
	bool permitted;

	if (permit == NULL)
		return true;
	if (load_named_record(container->fd, container->id, &record, &why) < 0)
		(void)error_wrap(&why, "'%s'", container->id);
	permitted = permit(record, &why, arg);
	lifecycle_record_free(record);
	return permitted;
}

/* What can be read: but if it is we who cannot, it is to be removed later. */
static int count_removed(const struct container *container, struct lifecycle_error *error)
{
	struct lifecycle_error reason = { 0 };
	struct lifecycle_record *record;
	int result;

	if (load_record(container->fd, container->owner, &record, &reason) < 0) {
		if (!error_is_ours(&reason))
			return 0;
		*error = reason;
		return -1;
	}
	result = account_removed(container, record, error);
	lifecycle_record_free(record);
	return result;
}

int store_remove(struct lifecycle_store *store, const char *id, int64_t deadline,
	store_permit_fn *permit, void *arg, struct lifecycle_error *error)
{
	struct container container = { .store = store, .id = id, .fd = -1, .deadline = deadline };
	struct lifecycle_error ignored = { 0 };
	int result = 0;

	error = error != NULL ? error : &ignored;
	if (container_check_id(id, error) < 0)
		return -1;
	if (container_lock(&container, deadline, error) < 0)
		return error_wrap(error, "'%s'", id);
	if (is_permitted(&container, permit, arg)) {
		result = count_removed(&container, error);
		if (result == 0)
			result = remove_container(&container, error);
	}
	(void)close(container.fd);
	return result < 0 ? error_wrap(error, "'%s'", id) : 0;
}

struct asked {
	lifecycle_permit_fn *permit;
	void *arg;
};

/* A store_permit_fn. */
static bool ask(const struct lifecycle_record *record, const struct lifecycle_error *why, void *arg)
{
	const struct asked *asked = arg;

	(void)why;
	return asked->permit(record, asked->arg);
}

int lifecycle_store_delete(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_permit_fn *permit, void *arg, struct lifecycle_error *error)
{
	struct asked asked = { permit, arg };

	if (store_remove(store, id, deadline, permit != NULL ? ask : NULL, &asked, error) < 0)
		return -1;
	return fsio_sync_directory(store->fd, error);
}
