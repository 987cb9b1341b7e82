/* SPDX-License-Identifier: Apache-2.0 */
#include "container/rootfs.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DIRECTORY_MODE 0755

static int open_inside(int root, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

int rootfs_open_directory(const char *rootfs, const char *path)
{
	int root = open(rootfs, O_RDONLY | O_DIRECTORY | O_CLOEXEC), found, why;

	if (root < 0)
		return -1;
	found = open_inside(root, path, O_RDONLY | O_DIRECTORY);
	why = errno;
	(void)close(root);
	errno = why;
	return found;
}

/* The last name of `path`, which is cut off there while its parent is opened. */
static int make_last(int root, char *path)
{
	char *slash = strrchr(path, '/');
	int parent, result;

	*slash = '\0';
	parent = open_inside(root, path[0] != '\0' ? path : "/", O_PATH | O_DIRECTORY);
	*slash = '/';
	if (parent < 0)
		return -1;
	result = mkdirat(parent, slash + 1, DIRECTORY_MODE);
	(void)close(parent);
	return result;
}

static int make_unless_there(int root, char *path)
{
	int found = open_inside(root, path, O_PATH);

	if (found < 0)
		return errno == ENOENT ? make_last(root, path) : -1;
	(void)close(found);
	return 0;
}

static int make_all(int root, char *path)
{
	char *slash = path;
	int result;

	do {
		slash = strchr(slash + 1, '/');
		if (slash != NULL)
			*slash = '\0';
		result = make_unless_there(root, path);
		if (slash != NULL)
			*slash = '/';
	} while (result == 0 && slash != NULL);
	return result;
}

int rootfs_make_directory(const char *rootfs, const char *path, struct lifecycle_error *error)
{
	int root = open(rootfs, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = -1;
	char *copy = strdup(path);

	if (copy == NULL)
		result = error_no_memory(error);
	else if (root < 0 || copy[0] != '/' || make_all(root, copy) < 0)
		(void)error_errno(error, copy[0] != '/' ? EINVAL : errno,
			"cannot make '%s' in the container's root file system", path);
	else
		result = 0;
	free(copy);
	if (root >= 0)
		(void)close(root);
	return result;
}
