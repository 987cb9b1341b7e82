/* SPDX-License-Identifier: Apache-2.0 */
/* What conmon wrote of a container's end: a file of the container's ID that holds its exit status. */
#include "base/error.h"
#include "evidence.h"
#include "fsio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_FILE_LIMIT 16
#define LARGEST_STATUS  255

static bool parse_status(const char *text, int64_t *ret_status)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 3 || strspn(text + digits, "\n") != strlen(text + digits))
		return false;
	*ret_status = strtol(text, NULL, 10);
	return *ret_status <= LARGEST_STATUS;
}

static int64_t modified_at(int directory, const char *name)
{
	struct stat status;

	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return LIFECYCLE_UNKNOWN;
	return (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
}

static int read_exit_file(
	int directory, const char *id, struct exit_file *ret, struct lifecycle_error *error)
{
	struct lifecycle_error reason;
	char *text;
	size_t length;
	bool good;

	if (fsio_read(directory, id, FSIO_ANY_OWNER, EXIT_FILE_LIMIT, &text, &length, &reason) <
		0) {
		if (reason.code == LIFECYCLE_ERROR_NOT_FOUND)
			return 0;
		return error_set(error, reason.code, "exit file: %s", reason.message);
	}
	good = strlen(text) == length && parse_status(text, &ret->exit_code);
	free(text);
	if (!good)
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "exit file: '%s' holds no exit status", id);
	ret->time = modified_at(directory, id);
	return 0;
}

int lifecycle_evidence_read_exit_file(
	struct lifecycle_evidence *evidence, const char *directory, struct lifecycle_error *error)
{
	struct exit_file file = { LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN };
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return error_errno(
			error, errno, "the exit directory '%s' cannot be opened", directory);
	result = read_exit_file(fd, evidence->id, &file, error);
	(void)close(fd);
	if (result == 0)
		evidence->exit_file = file;
	return result;
}
