/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"
#include "base/error.h"
#include "base/io.h"
#include "fsio.h"
#include "ledger_text.h"
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LEDGER LIFECYCLE_COUNTS_FILE

/* Entries are merged when the file has grown by so much, or to twice what it was; and at the latest at a size that is no matter
 * yet, however young they are. */
#define MERGE_BYTES INT64_C(65536)
#define MOST_BYTES  INT64_C(4194304)

/* Nobody reads more of it: it is not a writer's of ours. */
#define READ_LIMIT (4 * (size_t)MOST_BYTES)

static int64_t since_boot(void)
{
	struct timespec time = { 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* ---- reading ---- */

static int read_file(int root, struct ledger_content **ret_content, struct lifecycle_error *error)
{
	size_t length;
	char *text;
	int result;

	if (fsio_read(root, LEDGER, FSIO_ANY_OWNER, READ_LIMIT, &text, &length, error) < 0)
		return -1;
	result = ledger_text_parse(text, length, ret_content, error);
	free(text);
	return result;
}

struct reading {
	ledger_live_fn *is_live;
	void *arg;
	struct totals *totals;
};

static int count_entry(const struct ledger_entry *entry, void *arg)
{
	const struct reading *reading = arg;

	if (!reading->is_live(reading->arg, entry->id, entry->tally.identity))
		totals_add_entry(reading->totals, &entry->tally);
	return 0;
}

int ledger_read(int root, ledger_live_fn *is_live, void *arg, struct totals *totals,
	struct lifecycle_error *error)
{
	struct reading reading = { is_live, arg, totals };
	struct lifecycle_error why = { 0 };
	struct ledger_content *content;
	int result;

	if (read_file(root, &content, &why) < 0) {
		if (why.code == LIFECYCLE_ERROR_NOT_FOUND)
			return 0;
		if (error != NULL)
			*error = why;
		return -1;
	}
	totals_add(totals, &content->totals);
	result = ledger_text_for_each(content, count_entry, &reading, error);
	ledger_text_free_content(content);
	return result;
}

/* ---- merging ---- */

struct merging {
	ledger_live_fn *is_live;
	void *arg;
	int64_t now;
	bool all; /* also what is young */
	struct totals *totals;
	struct ledger_text rest; /* the entries that stay */
};

/* A time that is to come is of another boot. And it is any number, so it is not subtracted. */
static bool is_young(const struct merging *merging, int64_t time)
{
	return !merging->all && time <= merging->now && time > merging->now - LEDGER_STAY_NS;
}

static int merge_entry(const struct ledger_entry *entry, void *arg)
{
	struct merging *merging = arg;

	if (is_young(merging, entry->time) ||
		merging->is_live(merging->arg, entry->id, entry->tally.identity))
		ledger_text_add_entry(&merging->rest, entry->time, entry->id, &entry->tally);
	else
		totals_add_entry(merging->totals, &entry->tally);
	return 0;
}

/* The new file's text: the totals, and the entries that stay. */
static int make_text(struct ledger_content *content, struct merging *merging,
	struct ledger_text *text, struct lifecycle_error *error)
{
	merging->totals = &content->totals;
	if (ledger_text_for_each(content, merge_entry, merging, error) < 0)
		return -1;
	ledger_text_add_totals(text, (int64_t)merging->rest.length, &content->totals);
	ledger_text_add(text, merging->rest.bytes, merging->rest.length);
	if (text->failed || merging->rest.failed)
		return error_no_memory(error);
	return 0;
}

static int merge(int root, struct merging *merging, struct lifecycle_error *error)
{
	struct ledger_text text = { 0 };
	struct ledger_content *content;
	int result;

	if (read_file(root, &content, error) < 0)
		return -1;
	result = make_text(content, merging, &text, error);
	ledger_text_free_content(content);
	if (result == 0)
		result = fsio_replace(
			root, LEDGER, LEDGER_TEMPORARY, text.bytes, text.length, error);
	free(merging->rest.bytes);
	free(text.bytes);
	return result;
}

/* ---- writing down ---- */

static void make_entries(const char *id, const struct tally *tally, const struct tally *kept,
	struct ledger_text *text)
{
	int64_t now = since_boot();

	for (size_t i = 0; i < tally->count; i++)
		if (kept == NULL || !tally_has(kept, tally->entries[i].identity))
			ledger_text_add_entry(text, now, id, &tally->entries[i]);
}

static bool is_ours_alone(const struct stat *status)
{
	return S_ISREG(status->st_mode) && status->st_nlink == 1 && status->st_uid == geteuid();
}

static int open_ours(int root, struct stat *ret_status, struct lifecycle_error *error)
{
	int fd = openat(root, LEDGER,
		O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		DEFAULTS_FILE_MODE);

	if (fd < 0 || fstat(fd, ret_status) < 0)
		(void)error_errno(error, errno, "'%s' cannot be opened", LEDGER);
	else if (is_ours_alone(ret_status))
		return fd;
	else
		(void)error_set(error, LIFECYCLE_ERROR_UNSAFE, "'%s' is not ours alone", LEDGER);
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* It is looked at: that ours cannot be opened is no reason to remove it. */
static bool is_in_the_way(int root)
{
	struct stat status;

	return fstatat(root, LEDGER, &status, AT_SYMLINK_NOFOLLOW) == 0 && !is_ours_alone(&status);
}

/* A umask may have taken from it what the next one needs. */
static void mend_mode(int fd, const struct stat *status)
{
	if ((status->st_mode & 07777) != DEFAULTS_FILE_MODE)
		(void)fchmod(fd, DEFAULTS_FILE_MODE);
}

/* Ours alone, or none: what is in its way is removed, unless it is a directory that is not empty. */
static int open_ledger(int root, struct stat *ret_status, struct lifecycle_error *error)
{
	int fd = open_ours(root, ret_status, error);

	if (fd >= 0 || !is_in_the_way(root))
		return fd;
	return fsio_remove(root, LEDGER, error) == 0 ? open_ours(root, ret_status, error) : -1;
}

/* The first line says it, of a file that was merged before. No part of a file is longer than the file. */
static int64_t base_of(int fd, int64_t size)
{
	struct ledger_line *line = malloc(sizeof(*line));
	char text[64];
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);
	int64_t base = 0;

	text[length > 0 ? length : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (line != NULL) {
		ledger_line_parse(text, line);
		if (line->kind == LEDGER_LINE_BASE && line->base >= 0 && line->base <= size)
			base = line->base;
	}
	free(line);
	return base;
}

static bool ends_in_newline(int fd, int64_t size)
{
	char last;

	return size == 0 || (pread(fd, &last, 1, size - 1) == 1 && last == '\n');
}

/* All or nothing: what a disk that is full took of it is taken back. A line that a killed writer left is ended. */
static int append(
	int fd, int64_t size, const char *text, size_t length, struct lifecycle_error *error)
{
	if ((ends_in_newline(fd, size) || io_write_all(fd, "\n", 1) == 0) &&
		io_write_all(fd, text, length) == 0)
		return 0;
	(void)error_errno(error, errno, "'%s' cannot be written", LEDGER);
	if (ftruncate(fd, size) < 0)
		(void)error_wrap(error, "a part of it stays");
	return -1;
}

static int write_locked(int root, const char *text, size_t length, struct merging *merging,
	struct lifecycle_error *error)
{
	struct stat status = { 0 };
	int fd = open_ledger(root, &status, error);
	int64_t size, base;
	int result;

	if (fd < 0)
		return -1;
	mend_mode(fd, &status);
	result = append(fd, status.st_size, text, length, error);
	size = (int64_t)status.st_size + (int64_t)length;
	base = size > MERGE_BYTES ? base_of(fd, size) : 0;
	(void)close(fd);
	merging->all = size > MOST_BYTES;
	/* under the lock, so that no entry of this boot is later */
	merging->now = since_boot();
	/* what was written down is there, whatever becomes of this */
	if (result == 0 && size > 2 * base + MERGE_BYTES)
		(void)merge(root, merging, NULL);
	return result;
}

static int lock_and_write(int root, const struct ledger_text *text, int64_t deadline,
	struct merging *merging, struct lifecycle_error *error)
{
	int lock = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (lock < 0)
		return error_errno(error, errno, "the store cannot be locked");
	result = lock_wait(lock, deadline, error);
	if (result == 0)
		result = write_locked(root, text->bytes, text->length, merging, error);
	(void)close(lock);
	return result;
}

int ledger_write_down(int root, const char *id, const struct tally *tally, const struct tally *kept,
	int64_t deadline, ledger_live_fn *is_live, void *arg, struct lifecycle_error *error)
{
	struct merging merging = { .is_live = is_live, .arg = arg };
	struct ledger_text text = { 0 };
	int result = 0;

	make_entries(id, tally, kept, &text);
	if (text.failed)
		result = error_no_memory(error);
	else if (text.length > 0)
		result = lock_and_write(root, &text, deadline, &merging, error);
	free(text.bytes);
	return result;
}
