/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/find.h"
#include "runtime/splice_name.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_RUNTIME "runc"
#define DEFAULT_PATH    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static bool is_program(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return false;
	if (!S_ISREG(status.st_mode)) {
		errno = EACCES;
		return false;
	}
	return access(path, X_OK) == 0;
}

static bool join(char path[PATH_MAX], const char *directory, size_t length, const char *name)
{
	return (size_t)snprintf(path, PATH_MAX, "%.*s/%s", (int)length, directory, name) < PATH_MAX;
}

static int find_in(const char *list, const char *name, char ret_path[PATH_MAX])
{
	for (;;) {
		size_t length = strcspn(list, ":");

		/* an empty or relative entry means the current directory, which may be a bundle's: not for us */
		if (list[0] == '/' && join(ret_path, list, length, name) && is_program(ret_path))
			return 0;
		if (list[length] == '\0')
			break;
		list += length + 1;
	}
	errno = ENOENT;
	return -1;
}

static bool is_ourselves(const char *path)
{
	struct stat ours, other;

	return stat("/proc/self/exe", &ours) == 0 && stat(path, &other) == 0 &&
	       ours.st_dev == other.st_dev && ours.st_ino == other.st_ino;
}

int runtime_find_program(const char *name, char ret_path[PATH_MAX])
{
	const char *list = getenv("PATH");

	if (strchr(name, '/') == NULL)
		return find_in(list != NULL && *list != '\0' ? list : DEFAULT_PATH, name, ret_path);
	if (!is_program(name))
		return -1;
	/* what could be looked at is no longer than that */
	snprintf(ret_path, PATH_MAX, "%s", name);
	return 0;
}

int runtime_find(const char *name, char ret_path[PATH_MAX])
{
	if (runtime_find_program(name != NULL ? name : DEFAULT_RUNTIME, ret_path) < 0)
		return -1;
	if (is_ourselves(ret_path)) {
		errno = ELOOP;
		return -1;
	}
	return 0;
}

const char *runtime_missing_hook(const char *hooks_dir)
{
	const char *name;

	for (size_t i = 0; (name = splice_name_at(i)) != NULL; i++) {
		char path[PATH_MAX];

		if (!join(path, hooks_dir, strlen(hooks_dir), name) || !is_program(path))
			return name;
	}
	return NULL;
}
