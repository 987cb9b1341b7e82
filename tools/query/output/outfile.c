/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/outfile.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_NS INT64_C(5000000)
#define TRIES    2000 /* 10 s */

/* DIRECTORY/.NAME.tmp: always the same, so that what a killed one left is not left for ever. */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t directory = slash != NULL ? (size_t)(slash + 1 - path) : 0;
	char *name;

	if (asprintf(&name, "%.*s.%s.tmp", (int)directory, path, path + directory) < 0)
		return NULL;
	return name;
}

/* A rename would put a file in the place of /dev/stdout. */
static int check_target(const char *path, struct lifecycle_error *error)
{
	struct stat status;

	if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"cannot write '%s': it is no regular file", path);
	return 0;
}

/* ---- the temporary file, which is held locked until it has its name ---- */

/* Nothing that leads elsewhere. */
static bool is_ours(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink <= 1 &&
	       status.st_uid == geteuid();
}

static bool has_name(int fd, const char *name)
{
	struct stat held;
	struct stat named;

	return fstat(fd, &held) == 0 && lstat(name, &named) == 0 && held.st_dev == named.st_dev &&
	       held.st_ino == named.st_ino;
}

/* Whoever had it may have given it the file's name meanwhile, or removed it. */
static bool lock(int fd, const char *name)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &whole) == 0 && has_name(fd, name);
}

/* What is in the way is removed. errno is EAGAIN if it may be had the next time. */
static int try_temporary(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd >= 0 && is_ours(fd)) {
		if (lock(fd, name) && ftruncate(fd, 0) == 0)
			return fd;
		errno = EAGAIN;
	} else if ((fd >= 0 || errno == ELOOP || errno == ENXIO) && unlink(name) == 0) {
		errno = EAGAIN;
	}
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static int take_temporary(const char *name)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_NS };
	int fd = try_temporary(name);

	for (int i = 1; i < TRIES && fd < 0 && errno == EAGAIN; i++) {
		(void)nanosleep(&pause, NULL);
		fd = try_temporary(name);
	}
	return fd;
}

int outfile_open(const char *path, struct outfile *ret_file, struct lifecycle_error *error)
{
	struct outfile file = { .path = path };
	int fd;

	if (check_target(path, error) < 0)
		return -1;
	file.temporary = temporary_name(path);
	if (file.temporary == NULL)
		return error_no_memory(error);
	fd = take_temporary(file.temporary);
	if (fd < 0) {
		(void)error_errno(error, errno, "cannot write '%s'", path);
		free(file.temporary);
		return -1;
	}
	file.stream = fdopen(fd, "w");
	if (file.stream == NULL) {
		(void)unlink(file.temporary);
		(void)close(fd);
		free(file.temporary);
		return error_no_memory(error);
	}
	*ret_file = file;
	return 0;
}

/* ---- how it ends ---- */

static int write_all(FILE *stream)
{
	bool failed = ferror(stream) != 0;

	/* why it failed before is not kept: what could not be written is tried again, and tells */
	if (fflush(stream) != 0)
		return -1;
	if (failed) {
		errno = EIO;
		return -1;
	}
	if (fchmod(fileno(stream), 0644) < 0)
		return -1;
	return fsync(fileno(stream));
}

/* Once it is closed it is no longer locked, and another one's. */
int outfile_commit(struct outfile *file, struct lifecycle_error *error)
{
	int result = write_all(file->stream);

	if (result == 0)
		result = rename(file->temporary, file->path);
	if (result != 0)
		(void)error_errno(error, errno, "cannot write '%s'", file->path);
	else
		file->temporary[0] = '\0';
	outfile_discard(file);
	return result;
}

void outfile_discard(struct outfile *file)
{
	if (file->temporary[0] != '\0')
		(void)unlink(file->temporary);
	(void)fclose(file->stream);
	free(file->temporary);
}
