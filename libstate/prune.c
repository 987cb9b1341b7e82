/* SPDX-License-Identifier: Apache-2.0 */
/* How the store stays small: records of containers that have been stopped for long enough are removed. */
#include "base/defaults.h"
#include "base/error.h"
#include "evidence.h"
#include "fsio.h"
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

static int note_seen_stopped(int directory, struct lifecycle_error *error)
{
	int fd;

	if (fsio_remove(directory, STORE_SEEN_STOPPED, error) < 0)
		return -1;
	fd = openat(directory, STORE_SEEN_STOPPED,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, DEFAULTS_FILE_MODE);
	if (fd < 0)
		return error_errno(error, errno, "'%s' cannot be made", STORE_SEEN_STOPPED);
	(void)close(fd);
	return 0;
}

/*
 * Nobody saw it end, so that is when it was first seen stopped: the time of a file in its directory, which is
 * made now if there is none, or none that is newer than the record.
 */
static int first_seen_stopped(int directory, int64_t last, bool may_write, int64_t *ret_since,
	struct lifecycle_error *error)
{
	struct stat status;

	*ret_since = LIFECYCLE_UNKNOWN;
	if (fstatat(directory, STORE_SEEN_STOPPED, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return error_errno(error, errno, "'%s'", STORE_SEEN_STOPPED);
	} else if (modified_at(&status) > last) {
		*ret_since = modified_at(&status);
		return 0;
	}
	return may_write ? note_seen_stopped(directory, error) : 0;
}

static int stopped_since(int directory, const struct lifecycle_record *record,
	const struct lifecycle_observed *observed, bool may_write, int64_t *ret_since,
	struct lifecycle_error *error)
{
	const struct lifecycle_generation *current = lifecycle_record_current(record);

	if (current->finished_at == LIFECYCLE_UNKNOWN && !observed->create_error)
		return first_seen_stopped(
			directory, last_evidence(record, current), may_write, ret_since, error);
	*ret_since = current->finished_at != LIFECYCLE_UNKNOWN ? current->finished_at
							       : last_evidence(record, current);
	return 0;
}

/* ---- one container ---- */

struct removal {
	const struct lifecycle_store *store;
	const char *id;
	int64_t older_than;
	bool may_write;
	bool remove; /* the answer */
	bool failed; /* there is none */
	struct lifecycle_error error;
};

static bool is_longer_ago(int64_t since, int64_t older_than)
{
	return since != LIFECYCLE_UNKNOWN && lifecycle_time_now() - since > older_than;
}

/* A directory without a record is what a hook left that was killed, or is about to fill. */
static int decide_without_record(int directory, struct removal *removal)
{
	struct stat status;

	if (fstat(directory, &status) < 0)
		return error_errno(&removal->error, errno, "its directory");
	removal->remove = is_longer_ago(modified_at(&status), removal->older_than);
	return 0;
}

static int decide_by_record(
	int directory, const struct lifecycle_record *record, struct removal *removal)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	bool unseen;
	int64_t since;

	evidence_observe(record, &observed, &unseen);
	if (unseen)
		return error_set(
			&removal->error, LIFECYCLE_ERROR_SYSTEM, "its process cannot be looked at");
	removal->remove = observed.status == LIFECYCLE_STATUS_STOPPED && removal->older_than == 0;
	if (observed.status != LIFECYCLE_STATUS_STOPPED || removal->remove)
		return 0;
	if (stopped_since(
		    directory, record, &observed, removal->may_write, &since, &removal->error) < 0)
		return -1;
	removal->remove = is_longer_ago(since, removal->older_than);
	return 0;
}

static int decide_in(int directory, const struct lifecycle_record *record, struct removal *removal)
{
	return record != NULL ? decide_by_record(directory, record, removal)
			      : decide_without_record(directory, removal);
}

static int open_and_decide(const struct lifecycle_record *record, struct removal *removal)
{
	int directory = openat(
		removal->store->fd, removal->id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int result;

	if (directory < 0)
		return errno == ENOENT ? 0
				       : error_errno(&removal->error, errno,
						 "its directory cannot be opened");
	result = decide_in(directory, record, removal);
	(void)close(directory);
	return result;
}

/* A store_permit_fn. */
static bool decide(
	const struct lifecycle_record *record, const struct lifecycle_error *why, void *arg)
{
	struct removal *removal = arg;

	removal->failed = record == NULL && why->code != LIFECYCLE_ERROR_NOT_FOUND;
	if (removal->failed) {
		removal->error = *why;
	} else if (open_and_decide(record, removal) < 0) {
		removal->failed = true;
		(void)error_wrap(&removal->error, "'%s'", removal->id);
	}
	return removal->remove;
}

static int decide_only(struct lifecycle_store *store, const char *id, struct removal *removal)
{
	struct lifecycle_record *record = NULL;
	struct lifecycle_error why = { 0 };

	(void)lifecycle_store_load(store, id, &record, &why);
	(void)decide(record, &why, removal);
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
	if (result == 0 && removal.failed) {
		if (error != NULL)
			*error = removal.error;
		return -1;
	}
	if (result == 0)
		*ret_removed = removal.remove;
	return result;
}

/* ---- the whole store, a little at a time ---- */

/* By root, onto this name; where the kernel or the C library cannot tell, it is taken for not so. */
static bool is_mount_point(int fd)
{
#ifdef STATX_ATTR_MOUNT_ROOT
	struct statx status;

	return statx(fd, "", AT_EMPTY_PATH, 0, &status) == 0 &&
	       (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
	(void)fd;
	return false;
#endif
}

/* Its time is to be set, so it must not be a file that is somewhere else, too: by a link, or mounted here. */
static bool is_of_the_store(int fd, const struct stat *status)
{
	return S_ISREG(status->st_mode) && status->st_uid == geteuid() && status->st_nlink == 1 &&
	       !is_mount_point(fd);
}

static bool is_due(const struct stat *status)
{
	int64_t age = lifecycle_time_now() - modified_at(status);

	return age < 0 || age >= SWEEP_EVERY_NS;
}

/* The file, open and locked, whose time says when somebody swept; -1 if it is another's now, or none of ours. */
static int open_swept(const struct lifecycle_store *store, struct stat *ret_status)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(store->fd, STORE_SWEPT,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, DEFAULTS_FILE_MODE);
	bool strange = fd < 0 && (errno == ELOOP || errno == ENXIO || errno == EISDIR);

	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &whole) == 0 && fstat(fd, ret_status) == 0) {
		strange = !is_of_the_store(fd, ret_status);
		if (!strange)
			return fd;
	}
	if (fd >= 0)
		(void)close(fd);
	/* the next one that comes makes it anew */
	if (strange)
		(void)fsio_remove(store->fd, STORE_SWEPT, NULL);
	return -1;
}

/* It is touched by whoever sweeps; -1 if another one does, or did a minute ago. */
static int claim_sweep(const struct lifecycle_store *store)
{
	struct stat status;
	int fd = open_swept(store, &status);

	if (fd < 0 || (is_due(&status) && futimens(fd, NULL) == 0))
		return fd;
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
