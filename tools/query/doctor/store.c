/* SPDX-License-Identifier: Apache-2.0 */
/* The store: whether hooks that run as this user can keep records in it. Nothing is made, and nothing is locked. */
#include "query/doctor/doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* The directory that is there: the store, or the one in which the first hook will make what is missing. */
static const char *nearest(struct report *report, const char *root)
{
	const char *path = root;
	struct stat status;

	while (stat(path, &status) < 0 && errno == ENOENT && strcmp(path, "/") != 0) {
		const char *slash = strrchr(path, '/');

		path = slash > path ? report_text(report, "%.*s", (int)(slash - path), path) : "/";
	}
	return path;
}

static void say_unsafe(const struct doctor *doctor, const struct lifecycle_error *error)
{
	struct report *report = doctor->report;
	const char *word = report_word(report, doctor->root);
	struct stat status;

	report_check(report, REPORT_WRONG, "safe", "%s", error->message);
	if (lstat(doctor->root, &status) < 0 || !S_ISDIR(status.st_mode))
		return;
	if (status.st_uid != geteuid())
		report_cure(report, "chown %u %s", geteuid(), word);
	if ((status.st_mode & 07777) != 0700)
		report_cure(report, "chmod 0700 %s", word);
}

static bool examine_safety(const struct doctor *doctor)
{
	struct lifecycle_error error;
	struct lifecycle_store *store;

	if (lifecycle_store_open(doctor->root, LIFECYCLE_ACCESS_MEND, &store, &error) == 0) {
		lifecycle_store_close(store);
		report_check(doctor->report, REPORT_WELL, "safe", "nobody else can change it");
		return true;
	}
	if (error.code == LIFECYCLE_ERROR_NOT_FOUND) {
		report_check(doctor->report, REPORT_NOTE, "safe",
			"it is not there yet: the first hook makes it");
		return true;
	}
	if (error.code == LIFECYCLE_ERROR_UNSAFE)
		say_unsafe(doctor, &error);
	else
		report_check(doctor->report, REPORT_WRONG, "safe", "%s", error.message);
	return false;
}

static void examine_room(const struct doctor *doctor, const char *path)
{
	struct report *report = doctor->report;
	struct statvfs system;

	if (access(path, W_OK | X_OK) < 0)
		report_check(report, REPORT_WRONG, "writable", "%s cannot be written: %s", path,
			strerror(errno));
	else if (statvfs(path, &system) < 0)
		report_check(report, REPORT_UNKNOWN, "writable",
			"the file system of %s does not tell whether there is room: %s", path,
			strerror(errno));
	else if (system.f_bavail == 0 || (system.f_files > 0 && system.f_favail == 0))
		report_check(
			report, REPORT_WRONG, "writable", "the file system of %s is full", path);
	else
		report_check(report, REPORT_WELL, "writable", "there is room");
}

/* The FIFO that tells runc's starts is linked into the store. */
static void examine_device(const struct doctor *doctor, const char *path)
{
	struct stat store, run;

	if (geteuid() != 0 || stat(path, &store) < 0 || stat("/run", &run) < 0 ||
		store.st_dev == run.st_dev)
		return;
	report_check(doctor->report, REPORT_NOTE, "file system",
		"it is not that of /run, where runc keeps its FIFOs: runc's starts stay "
		"provisional, unless lifecycle-runtime or lifecycle-watch sees them");
}

void doctor_store(const struct doctor *doctor)
{
	const char *path = nearest(doctor->report, doctor->root);

	report_found(doctor->report, NULL, doctor->root);
	if (!examine_safety(doctor))
		return;
	examine_room(doctor, path);
	examine_device(doctor, path);
}
