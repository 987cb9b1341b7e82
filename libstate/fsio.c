/* SPDX-License-Identifier: Apache-2.0 */
#include "fsio.h"
#include "base/defaults.h"
#include "base/error.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- reading ---- */

static int open_error(int reason, const char *name, struct lifecycle_error *error)
{
	if (reason == ENOENT)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "'%s' is not there", name);
	/* a symbolic link, a socket */
	if (reason == ELOOP || reason == ENXIO)
		return error_set(
			error, LIFECYCLE_ERROR_CORRUPT, "'%s' is not a regular file", name);
	return error_errno(error, reason, "'%s' cannot be opened", name);
}

static int check_file(int fd, const char *name, uid_t owner, size_t limit, size_t *ret_size,
	struct lifecycle_error *error)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return error_errno(error, errno, "'%s'", name);
	if (!S_ISREG(status.st_mode))
		return error_set(
			error, LIFECYCLE_ERROR_CORRUPT, "'%s' is not a regular file", name);
	if (status.st_nlink > 1)
		return error_set(
			error, LIFECYCLE_ERROR_CORRUPT, "'%s' has more than one link", name);
	if (owner != FSIO_ANY_OWNER && status.st_uid != owner)
		return error_set(
			error, LIFECYCLE_ERROR_CORRUPT, "'%s' belongs to another user", name);
	if ((uintmax_t)status.st_size > limit)
		return error_set(
			error, LIFECYCLE_ERROR_CORRUPT, "'%s' is over %zu bytes", name, limit);
	*ret_size = (size_t)status.st_size;
	return 0;
}

static int read_all(int fd, const char *name, size_t size, char **ret_bytes, size_t *ret_length,
	struct lifecycle_error *error)
{
	char *bytes = malloc(size + 1);
	ssize_t length;

	if (bytes == NULL)
		return error_no_memory(error);
	length = io_read_up_to(fd, bytes, size);
	if (length < 0) {
		(void)error_errno(error, errno, "'%s' cannot be read", name);
		free(bytes);
		return -1;
	}
	bytes[length] = '\0';
	*ret_bytes = bytes;
	*ret_length = (size_t)length;
	return 0;
}

int fsio_read(int directory, const char *name, uid_t owner, size_t limit, char **ret_bytes,
	size_t *ret_length, struct lifecycle_error *error)
{
	/* O_NONBLOCK: a FIFO without a writer would be waited for */
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t size = 0;
	int result;

	if (fd < 0)
		return open_error(errno, name, error);
	result = check_file(fd, name, owner, limit, &size, error);
	if (result == 0)
		result = read_all(fd, name, size, ret_bytes, ret_length, error);
	(void)close(fd);
	return result;
}

/* ---- writing ---- */

/* After a failed fsync the same file must not be trusted again: what was not written is marked clean. */
static int fill(
	int fd, const char *name, const char *bytes, size_t length, struct lifecycle_error *error)
{
	if (fchmod(fd, DEFAULTS_FILE_MODE) < 0)
		return error_errno(error, errno, "'%s' cannot get its mode", name);
	if (io_write_all(fd, bytes, length) < 0)
		return error_errno(error, errno, "'%s' cannot be written", name);
	if (fsync(fd) < 0)
		return error_errno(error, errno, "'%s' cannot be synced", name);
	return 0;
}

static int make_temporary(int directory, const char *name)
{
	return openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		DEFAULTS_FILE_MODE);
}

/* What a killed writer left is removed first. */
static int write_temporary(int directory, const char *name, const char *bytes, size_t length,
	struct lifecycle_error *error)
{
	int fd = make_temporary(directory, name);
	int result;

	if (fd < 0 && errno == EEXIST) {
		if (fsio_remove(directory, name, error) < 0)
			return -1;
		fd = make_temporary(directory, name);
	}
	if (fd < 0)
		return error_errno(error, errno, "'%s' cannot be made", name);
	result = fill(fd, name, bytes, length, error);
	if (close(fd) < 0 && result == 0)
		result = error_errno(error, errno, "'%s' cannot be closed", name);
	return result;
}

int fsio_replace(int directory, const char *name, const char *temporary, const char *bytes,
	size_t length, struct lifecycle_error *error)
{
	if (write_temporary(directory, temporary, bytes, length, error) < 0)
		goto failed;
	if (renameat(directory, temporary, directory, name) < 0) {
		(void)error_errno(error, errno, "'%s' cannot be renamed to '%s'", temporary, name);
		goto failed;
	}
	return fsio_sync_directory(directory, error);
failed:
	(void)fsio_remove(directory, temporary, NULL);
	return -1;
}

bool fsio_is_as_made(int fd, mode_t mode)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
	       (status.st_mode & 07777 & ~(mode | S_ISGID)) == 0;
}

/* Of a directory that its owner may not even read: a umask can do that. */
static int set_mode_of_unreadable(int directory, const char *name)
{
	int fd = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int result = 0;

	if (fd < 0)
		return -1;
	if (fsio_is_as_made(fd, DEFAULTS_DIRECTORY_MODE))
		result = io_set_mode(fd, DEFAULTS_DIRECTORY_MODE);
	(void)close(fd);
	return result;
}

/* A descriptor is held, for the name may be another's by now. */
static int set_mode(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int result = 0;

	if (fd < 0)
		return errno == EACCES ? set_mode_of_unreadable(directory, name) : -1;
	if (fsio_is_as_made(fd, DEFAULTS_DIRECTORY_MODE))
		result = fchmod(fd, DEFAULTS_DIRECTORY_MODE);
	(void)close(fd);
	return result;
}

int fsio_make_directory(
	int directory, const char *name, bool *ret_made, struct lifecycle_error *error)
{
	struct stat status;

	if (mkdirat(directory, name, DEFAULTS_DIRECTORY_MODE) < 0) {
		if (errno != EEXIST)
			return error_errno(error, errno, "'%s' cannot be made", name);
		*ret_made = false;
		return 0;
	}
	/* who removes it again just now is noticed when it is to be opened */
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		(status.st_mode & 07777) != DEFAULTS_DIRECTORY_MODE &&
		set_mode(directory, name) < 0 && errno != ENOENT)
		return error_errno(error, errno, "'%s' cannot get its mode", name);
	*ret_made = true;
	return 0;
}

int fsio_remove(int directory, const char *name, struct lifecycle_error *error)
{
	if (unlinkat(directory, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno == EISDIR && unlinkat(directory, name, AT_REMOVEDIR) == 0)
		return 0;
	return error_errno(error, errno, "'%s' cannot be removed", name);
}

int fsio_sync_directory(int directory, struct lifecycle_error *error)
{
	return fsync(directory) == 0 ? 0
				     : error_errno(error, errno, "a directory cannot be synced");
}
