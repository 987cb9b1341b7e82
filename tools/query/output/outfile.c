/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/outfile.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* DIRECTORY/.NAME.XXXXXX */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t directory = slash != NULL ? (size_t)(slash + 1 - path) : 0;
	char *name;

	if (asprintf(&name, "%.*s.%s.XXXXXX", (int)directory, path, path + directory) < 0)
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

int outfile_open(const char *path, struct outfile *ret_file, struct lifecycle_error *error)
{
	struct outfile file = { .path = path };
	int fd;

	if (check_target(path, error) < 0)
		return -1;
	file.temporary = temporary_name(path);
	if (file.temporary == NULL)
		return error_no_memory(error);
	fd = mkostemp(file.temporary, O_CLOEXEC);
	if (fd < 0) {
		(void)error_errno(error, errno, "cannot write '%s'", path);
		free(file.temporary);
		return -1;
	}
	file.stream = fdopen(fd, "w");
	if (file.stream == NULL) {
		(void)close(fd);
		outfile_discard(&file);
		return error_no_memory(error);
	}
	*ret_file = file;
	return 0;
}

static int write_all(FILE *stream)
{
	if (ferror(stream) != 0) {
		errno = EIO; /* why it failed is not kept */
		return -1;
	}
	if (fflush(stream) != 0 || fchmod(fileno(stream), 0644) < 0)
		return -1;
	return fsync(fileno(stream));
}

int outfile_commit(struct outfile *file, struct lifecycle_error *error)
{
	int result = write_all(file->stream);

	if (fclose(file->stream) != 0)
		result = -1;
	file->stream = NULL;
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
	if (file->stream != NULL)
		(void)fclose(file->stream);
	if (file->temporary[0] != '\0')
		(void)unlink(file->temporary);
	free(file->temporary);
}
