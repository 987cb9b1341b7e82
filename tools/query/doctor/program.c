/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/program.h"
#include "base/io.h"
#include "query/doctor/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT ((size_t)1024 * 1024)
#define RUNTIME    "lifecycle-runtime"

static char *read_all(int fd)
{
	char *text = malloc(FILE_LIMIT + 1);
	ssize_t length = text != NULL ? io_read_up_to(fd, text, FILE_LIMIT) : -1;

	if (length < 0) {
		free(text);
		return NULL;
	}
	text[length] = '\0';
	return text;
}

char *program_read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *text = NULL;
	int reason;

	if (fd < 0)
		return NULL;
	errno = EINVAL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		text = read_all(fd);
	reason = errno;
	(void)close(fd);
	errno = reason;
	return text;
}

/* ---- looking ---- */

static bool is_trusted(const struct stat *status)
{
	return (status->st_uid == 0 || status->st_uid == geteuid()) &&
	       (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

struct program program_look(struct report *report, const char *path, const char *option)
{
	struct program program = { .state = PROGRAM_SILENT };
	struct stat status;

	if (stat(path, &status) < 0) {
		program.state = PROGRAM_MISSING;
	} else if (!S_ISREG(status.st_mode) || access(path, X_OK) < 0) {
		program.state = PROGRAM_NOT_EXECUTABLE;
	} else if (is_trusted(&status)) {
		program.version = ask_version(report, path, option, 2);
		if (program.version != NULL)
			program.state = strcmp(program.version, PACKAGE_VERSION) == 0
						? PROGRAM_WELL
						: PROGRAM_OTHER_VERSION;
	}
	return program;
}

struct program program_look_at_runtime(struct report *report, const char *path)
{
	return program_look(report, path, "--lifecycle-version");
}

static bool has_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash != NULL ? slash + 1 : path, RUNTIME) == 0;
}

static bool is_script(const char *path)
{
	char *text = program_read_file(path);
	bool result = text != NULL && strncmp(text, "#!", 2) == 0 && strstr(text, RUNTIME) != NULL;

	free(text);
	return result;
}

bool program_is_runtime(const char *path)
{
	char real[PATH_MAX];

	return has_name(path) || (realpath(path, real) != NULL && has_name(real)) ||
	       is_script(path);
}

/* ---- telling ---- */

void program_report(struct report *report, const char *what, const char *context, const char *path,
	struct program program)
{
	switch (program.state) {
	case PROGRAM_WELL:
		break;
	case PROGRAM_MISSING:
		report_check(report, REPORT_WRONG, what,
			"%s%s is not there: oci-lifecycle is to be installed again", context, path);
		break;
	case PROGRAM_NOT_EXECUTABLE:
		report_check(report, REPORT_WRONG, what, "%s%s cannot be executed", context, path);
		report_cure(report, "chmod 0755 %s", report_word(report, path));
		break;
	case PROGRAM_OTHER_VERSION:
		report_check(report, REPORT_WRONG, what,
			"%s%s is of version %s, this program of " PACKAGE_VERSION, context, path,
			program.version);
		break;
	case PROGRAM_SILENT:
		report_check(report, REPORT_UNKNOWN, what,
			"%s%s: its version is not known, because it did not tell it, or others "
			"than root may change it",
			context, path);
		break;
	}
}
