/* SPDX-License-Identifier: Apache-2.0 */
/* How the store stays small: records of containers that have been stopped for long enough are removed. */
#include "base/defaults.h"
#include "base/error.h"
#include "sized.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SWEEP_EVERY_NS (INT64_C(60) * 1000000000)

static int64_t modified_at(const struct stat *status)
{
	return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

/* ---- since when a container is stopped ---- */

static int64_t latest(int64_t one, int64_t other)
{
	return one > other ? one : other;
}

/* LIFECYCLE_UNKNOWN, which is less than any time, if the record holds none. */
static int64_t last_evidence(
	const struct lifecycle_record *record, const struct lifecycle_generation *current)
{
	int64_t last = latest(current->created_at, current->started_at);

	for (size_t i = 0; i < lifecycle_record_hook_count(record); i++)
		last = latest(last, lifecycle_record_hook(record, i)->time);
	return last;
}

/*
 * Nobody saw it end, so that is when it was first seen stopped: the time of a file in its directory, which is
 * made now if there is none, or none that is newer than the record.
 */
static int64_t first_seen_stopped(int directory, int64_t last, bool may_write)
{
	struct stat status;
	int fd;

	if (fstatat(directory, STORE_SEEN_STOPPED, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		modified_at(&status) > last)
		return modified_at(&status);
	if (!may_write)
		return LIFECYCLE_UNKNOWN;
	(void)unlinkat(directory, STORE_SEEN_STOPPED, 0);
	fd = openat(directory, STORE_SEEN_STOPPED,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, DEFAULTS_FILE_MODE);
	if (fd >= 0)
		(void)close(fd);
	return LIFECYCLE_UNKNOWN;
}

static int64_t stopped_since(int directory, const struct lifecycle_record *record,
	const struct lifecycle_observed *observed, bool may_write)
{
	const struct lifecycle_generation *current = lifecycle_record_current(record);

	if (current->finished_at != LIFECYCLE_UNKNOWN)
		return current->finished_at;
	if (observed->create_error)
		return last_evidence(record, current);
	return first_seen_stopped(directory, last_evidence(record, current), may_write);
}

/* ---- one container ---- */

struct removal {
	const struct lifecycle_store *store;
	const char *id;
	int64_t older_than;
	bool may_write;
	bool remove; /* the answer */
};

/* A directory without a record is what a hook left that was killed, or is about to fill. */
static bool is_abandoned(int directory, int64_t older_than)
{
	struct stat status;

	return faccessat(directory, STORE_RECORD, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	       errno == ENOENT && fstat(directory, &status) == 0 &&
	       lifecycle_time_now() - modified_at(&status) > older_than;
}

static bool is_old(
	int directory, const struct lifecycle_record *record, const struct removal *removal)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	int64_t since;

	lifecycle_observe(record, &observed);
	if (observed.status != LIFECYCLE_STATUS_STOPPED)
		return false;
	if (removal->older_than == 0)
		return true;
	since = stopped_since(directory, record, &observed, removal->may_write);
	return since != LIFECYCLE_UNKNOWN && lifecycle_time_now() - since > removal->older_than;
}

/* A lifecycle_permit_fn. */
static bool decide(const struct lifecycle_record *record, void *arg)
{
	struct removal *removal = arg;
	int directory = openat(
		removal->store->fd, removal->id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (directory < 0)
		return false;
	if (record != NULL)
		removal->remove = is_old(directory, record, removal);
	else
		removal->remove = is_abandoned(directory, removal->older_than);
	(void)close(directory);
	return removal->remove;
}

static int decide_only(struct lifecycle_store *store, const char *id, struct removal *removal)
{
	struct lifecycle_record *record = NULL;

	(void)lifecycle_store_load(store, id, &record, NULL);
	(void)decide(record, removal);
	lifecycle_record_free(record);
	return 0;
}

int lifecycle_store_prune(struct lifecycle_store *store, const char *id,
	const struct lifecycle_prune *given, bool *ret_removed, struct lifecycle_error *error)
{
	struct lifecycle_prune prune = { .size = sizeof(prune) };
	struct removal removal = { .store = store, .id = id };
	int result;

	if (sized_read(&prune, given, SIZED_FIRST(struct lifecycle_prune, dry_run), error) < 0)
		return -1;
	removal.older_than = prune.older_than;
	removal.may_write = !prune.dry_run;
	if (prune.dry_run)
		result = decide_only(store, id, &removal);
	else
		result = store_remove(store, id, prune.deadline, decide, &removal, error);
	if (result == 0)
		*ret_removed = removal.remove;
	return result;
}

/* ---- the whole store, a little at a time ---- */

/* An open, locked file that is touched by whoever sweeps; -1 if another one does, or did a minute ago. */
static int claim_sweep(const struct lifecycle_store *store)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(store->fd, STORE_SWEPT,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, DEFAULTS_FILE_MODE);
	struct stat status;
	int64_t age;

	if (fd < 0)
		return -1;
	if (fcntl(fd, F_OFD_SETLK, &whole) == 0 && fstat(fd, &status) == 0) {
		age = lifecycle_time_now() - modified_at(&status);
		if ((age < 0 || age >= SWEEP_EVERY_NS) && futimens(fd, NULL) == 0)
			return fd;
	}
	(void)close(fd);
	return -1;
}

/* From anywhere on, round and round: so each has its turn, however short the time is. */
static void sweep(struct lifecycle_store *store, const struct lifecycle_strings *ids,
	int64_t retention, int64_t deadline)
{
	const struct lifecycle_prune prune = {
		.size = sizeof(prune), .older_than = retention, .deadline = 0
	};
	size_t first = ids->count > 0 ? (size_t)lifecycle_time_now() / 1000 % ids->count : 0;
	bool removed;

	/* one at least, or a machine that is slow to list them would never get to any */
	for (size_t i = 0; i < ids->count && (i == 0 || lifecycle_monotonic_now() < deadline); i++)
		(void)lifecycle_store_prune(
			store, ids->items[(first + i) % ids->count], &prune, &removed, NULL);
}

int lifecycle_store_sweep(struct lifecycle_store *store, int64_t retention, int64_t deadline,
	struct lifecycle_error *error)
{
	struct lifecycle_strings ids;
	int claim = claim_sweep(store);
	int result;

	if (claim < 0)
		return 0;
	result = lifecycle_store_list(store, &ids, NULL, error);
	if (result == 0) {
		sweep(store, &ids, retention, deadline);
		lifecycle_strings_free(&ids);
	}
	(void)close(claim);
	return result;
}
