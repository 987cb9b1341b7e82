/* SPDX-License-Identifier: Apache-2.0 */
#include "base/defaults.h"
#include "base/error.h"
#include "cli/format.h"
#include "query/commands.h"
#include "records/records.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What a writer has made and not finished is no fault before it is this old. */
#define GRACE_SECONDS 5

struct verify {
	struct cli_call *call;
	const struct records *records;
	const char *place; /* the root, or the directory of --state-dir */
	uid_t owner;
};

/* ---- telling ---- */

/* A line: "PLACE/NAME/FILE: what"; name and file may be NULL. */
__attribute__((format(printf, 4, 5))) static void fault(
	struct verify *verify, const char *name, const char *file, const char *format, ...)
{
	const char *const parts[] = { verify->place, name, file };
	char what[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i] == NULL)
			continue;
		if (i > 0)
			putchar('/');
		format_escaped(stdout, parts[i]);
	}
	fputs(": ", stdout);
	format_escaped(stdout, what);
	putchar('\n');
	verify->call->status = CLI_FAILED;
}

/* ---- what is true of every file and directory ---- */

static void check_owner_and_mode(struct verify *verify, const char *name, const char *file,
	const struct stat *status, mode_t mode)
{
	if (status->st_uid != verify->owner)
		fault(verify, name, file, "belongs to user %u, not to %u", status->st_uid,
			verify->owner);
	if ((status->st_mode & 07777) != mode)
		fault(verify, name, file, "has mode %04o, not %04o", status->st_mode & 07777, mode);
}

static void check_file(
	struct verify *verify, const char *name, const char *file, const struct stat *status)
{
	if (!S_ISREG(status->st_mode)) {
		fault(verify, name, file, "is no regular file");
		return;
	}
	check_owner_and_mode(verify, name, file, status, DEFAULTS_FILE_MODE);
	if (status->st_nlink > 1)
		fault(verify, name, file, "has %lu links", (unsigned long)status->st_nlink);
}

static bool is_old(const struct stat *status)
{
	return time(NULL) - status->st_mtime > GRACE_SECONDS;
}

/* ---- the files of a container ---- */

static void check_record_file(struct verify *verify, const char *name, const struct stat *status)
{
	if (status->st_size > LIFECYCLE_RECORD_LIMIT)
		fault(verify, name, LIFECYCLE_RECORD_FILE, "has %lld bytes, over %d",
			(long long)status->st_size, LIFECYCLE_RECORD_LIMIT);
}

static void check_temporary(struct verify *verify, const char *name, const struct stat *status)
{
	if (is_old(status))
		fault(verify, name, LIFECYCLE_TEMPORARY_FILE,
			"is left of a write that did not end");
}

static void check_corrupt(struct verify *verify, const char *name, const struct stat *status)
{
	(void)status;
	fault(verify, name, LIFECYCLE_CORRUPT_FILE, "is a bad record that was set aside");
}

static void check_corrupt_too(struct verify *verify, const char *name, const struct stat *status)
{
	(void)status;
	fault(verify, name, LIFECYCLE_CORRUPT_TOO_FILE, "is a bad record that was set aside");
}

/* The runtime's own, which has a name and a mode of its choice; so what is true of our files is not asked of it. */
static void check_fifo(struct verify *verify, const char *name, const struct stat *status)
{
	if (!S_ISFIFO(status->st_mode))
		fault(verify, name, LIFECYCLE_EXEC_FIFO_FILE, "is no FIFO");
	else if (status->st_uid != verify->owner)
		fault(verify, name, LIFECYCLE_EXEC_FIFO_FILE, "belongs to user %u, not to %u",
			status->st_uid, verify->owner);
}

static void check_nothing(struct verify *verify, const char *name, const struct stat *status)
{
	(void)verify;
	(void)name;
	(void)status;
}

static const struct {
	const char *name;
	bool is_made_by_runtime;
	void (*check)(struct verify *verify, const char *name, const struct stat *status);
} files[] = {
	{ LIFECYCLE_RECORD_FILE, false, check_record_file },
	{ LIFECYCLE_TEMPORARY_FILE, false, check_temporary },
	{ LIFECYCLE_CORRUPT_FILE, false, check_corrupt },
	{ LIFECYCLE_CORRUPT_TOO_FILE, false, check_corrupt_too },
	{ LIFECYCLE_SEEN_STOPPED_FILE, false, check_nothing },
	{ LIFECYCLE_EXEC_FIFO_FILE, true, check_fifo },
};

static void check_entry(struct verify *verify, const char *name, int directory, const char *file)
{
	struct stat status;

	if (fstatat(directory, file, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return; /* gone meanwhile */
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (strcmp(files[i].name, file) != 0)
			continue;
		if (!files[i].is_made_by_runtime)
			check_file(verify, name, file, &status);
		files[i].check(verify, name, &status);
		return;
	}
	fault(verify, name, file, "is not ours");
}

/* Takes the descriptor. */
static void check_entries(struct verify *verify, const char *name, int directory)
{
	DIR *entries = fdopendir(directory);
	const struct dirent *entry;

	if (entries == NULL) {
		(void)close(directory);
		return;
	}
	while ((entry = readdir(entries)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			check_entry(verify, name, dirfd(entries), entry->d_name);
	(void)closedir(entries);
}

/* ---- what a record says ---- */

static void check_open_generation(struct verify *verify, const char *name, const struct view *view)
{
	const char *reason = lifecycle_reason_name(view_reason_of(view, view->current));

	if (view->current->status == LIFECYCLE_STATUS_NONE ||
		view->current->status == LIFECYCLE_STATUS_STOPPED ||
		view_status_of(view, view->current) != LIFECYCLE_STATUS_STOPPED)
		return;
	fault(verify, name, LIFECYCLE_RECORD_FILE,
		"generation %lld is recorded as %s, and its process is gone (%s)",
		(long long)view->current->generation, lifecycle_status_name(view->current->status),
		reason != NULL ? reason : "no reason known");
}

static void check_order(struct verify *verify, const char *name, int64_t last, int64_t number)
{
	if (number <= last)
		fault(verify, name, LIFECYCLE_RECORD_FILE, "generation %lld comes after %lld",
			(long long)number, (long long)last);
}

/* Of two that share an ID, the earlier one may live on. */
static bool lives(const struct view *view, const struct lifecycle_generation *generation)
{
	return generation->pid != LIFECYCLE_UNKNOWN && generation->pid == view->observed.pid;
}

static void check_generations(struct verify *verify, const char *name, const struct view *view)
{
	int64_t last = 0;

	for (size_t i = 0; i < lifecycle_record_previous_count(view->record); i++) {
		const struct lifecycle_generation *previous =
			lifecycle_record_previous(view->record, i);

		check_order(verify, name, last, previous->generation);
		if (previous->finished_at == LIFECYCLE_UNKNOWN &&
			previous->reason == LIFECYCLE_REASON_NONE && !lives(view, previous))
			fault(verify, name, LIFECYCLE_RECORD_FILE, "generation %lld has no end",
				(long long)previous->generation);
		last = previous->generation;
	}
	if (last > 0)
		check_order(verify, name, last, view->current->generation);
}

static void check_view(struct verify *verify, const char *name, const struct view *view)
{
	const char *id = lifecycle_record_id(view->record);

	if (name != NULL && id != NULL && strcmp(name, id) != 0)
		fault(verify, name, LIFECYCLE_RECORD_FILE, "is the record of '%s'", id);
	check_open_generation(verify, name, view);
	check_generations(verify, name, view);
}

static bool lacks_record(const struct lifecycle_error *error, int directory)
{
	struct stat status;

	return error->code == LIFECYCLE_ERROR_NOT_FOUND && fstat(directory, &status) == 0 &&
	       status.st_nlink > 0 && is_old(&status);
}

static void check_record(struct verify *verify, const char *name, int directory)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;
	struct view view;

	if (records_load(verify->records, name != NULL ? name : "", &record, &error) == 0) {
		view_of(record, &view);
		check_view(verify, name, &view);
		lifecycle_record_free(record);
	} else if (lacks_record(&error, directory)) {
		fault(verify, name, NULL, "holds no record");
	} else if (error.code != LIFECYCLE_ERROR_NOT_FOUND) {
		fault(verify, name, LIFECYCLE_RECORD_FILE, "cannot be read: %s", error.message);
	}
}

/* ---- directories ---- */

static void check_container(struct verify *verify, const char *name, int directory)
{
	struct stat status;

	if (fstat(directory, &status) == 0)
		check_owner_and_mode(verify, name, NULL, &status, DEFAULTS_DIRECTORY_MODE);
	check_record(verify, name, directory);
	check_entries(verify, name, directory);
}

static void check_named(struct verify *verify, int root, const char *name)
{
	int directory = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (directory >= 0)
		check_container(verify, name, directory);
	else if (errno != ENOENT)
		fault(verify, name, NULL, "cannot be read: %s", strerror(errno));
}

static void check_safety(struct verify *verify)
{
	struct lifecycle_error error;
	struct lifecycle_store *store;

	if (verify->owner != geteuid())
		return;
	if (lifecycle_store_open(verify->place, LIFECYCLE_ACCESS_MEND, &store, &error) == 0)
		lifecycle_store_close(store);
	else if (error.code == LIFECYCLE_ERROR_UNSAFE)
		fault(verify, NULL, NULL, "%s", error.message);
}

static int check_root(struct verify *verify, int root, struct lifecycle_error *error)
{
	struct lifecycle_strings ids;
	struct lifecycle_strings foreign;
	struct stat status;

	if (fstat(root, &status) < 0)
		return error_errno(error, errno, "cannot look at '%s'", verify->place);
	verify->owner = status.st_uid;
	check_owner_and_mode(verify, NULL, NULL, &status, DEFAULTS_DIRECTORY_MODE);
	check_safety(verify);
	if (records_list(verify->records, &ids, &foreign, error) < 0)
		return -1;
	for (size_t i = 0; i < ids.count; i++)
		check_named(verify, root, ids.items[i]);
	for (size_t i = 0; i < foreign.count; i++)
		fault(verify, foreign.items[i], NULL, "is no container's directory");
	lifecycle_strings_free(&ids);
	lifecycle_strings_free(&foreign);
	return 0;
}

/* ---- the command ---- */

static int check_all(struct verify *verify, struct lifecycle_error *error)
{
	const struct records *records = verify->records;
	int directory;
	int result = 0;

	records_note_missing(records, verify->call);
	if (records->directory == NULL && records->store == NULL)
		return 0;
	verify->place = records->directory != NULL ? records->directory : records->root;
	verify->owner = geteuid();
	directory = open(verify->place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return error_errno(error, errno, "cannot read '%s'", verify->place);
	if (records->directory == NULL) {
		result = check_root(verify, directory, error);
		(void)close(directory);
	} else {
		check_container(verify, NULL, directory);
	}
	return result;
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct records records;
	struct verify verify = { .call = call, .records = &records };
	int result;

	if (records_open(call, LIFECYCLE_ACCESS_READ, &records, &error) < 0)
		return cli_fail(call, &error);
	result = check_all(&verify, &error);
	records_close(&records);
	return result == 0 ? call->status : cli_fail(call, &error);
}

const struct cli_command query_verify = {
	.name = "verify",
	.arguments = "",
	.summary = "print every fault in the store, a line each",
	.details = "Looked at are owners, modes, links, foreign files, what is left of writes that "
		   "did not\n"
		   "end, bad and too large records, and generations whose end nobody recorded. Any "
		   "fault\n"
		   "makes the exit status 1.",
	.run = run,
};
