/* SPDX-License-Identifier: Apache-2.0 */
#include "container/place.h"
#include "base/error.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_DATA_ROOT "/var/lib/oci-lifecycle"
#define PARENT_MODE      0755
#define DATA_MODE        0700

/* ---- which ---- */

static int own_data_root(char **ret_path, struct lifecycle_error *error)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	int length;

	if (geteuid() == 0)
		length = asprintf(ret_path, "%s", SYSTEM_DATA_ROOT);
	else if (data != NULL && data[0] == '/')
		length = asprintf(ret_path, "%s/oci-lifecycle", data);
	else if (home != NULL && home[0] == '/')
		length = asprintf(ret_path, "%s/.local/share/oci-lifecycle", home);
	else
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"no place for containers: neither XDG_DATA_HOME nor HOME is set");
	return length < 0 ? error_no_memory(error) : 0;
}

int place_find_data_root(const char *data_root, char **ret_data_root, struct lifecycle_error *error)
{
	const char *variable = getenv("OCI_LIFECYCLE_DATA_ROOT");

	if (data_root == NULL && variable != NULL && variable[0] != '\0')
		data_root = variable;
	if (data_root == NULL)
		return own_data_root(ret_data_root, error);
	if (data_root[0] == '\0')
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "an empty path is no place for containers");
	return path_absolute(data_root, ret_data_root, error);
}

/* ---- making ---- */

static int make_directory(const char *path, mode_t mode, struct lifecycle_error *error)
{
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return error_errno(error, errno, "cannot make the directory '%s'", path);
	return 0;
}

static int make_parents(const char *path, struct lifecycle_error *error)
{
	char *copy = strdup(path);
	int result = 0;

	if (copy == NULL)
		return error_no_memory(error);
	for (char *slash = strchr(copy + 1, '/'); slash != NULL && result == 0;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		result = make_directory(copy, PARENT_MODE, error);
		*slash = '/';
	}
	free(copy);
	return result;
}

/* What others could write to would let them choose what is run as us. */
static int check_owner(int directory, const char *path, struct lifecycle_error *error)
{
	struct stat status;

	if (fstat(directory, &status) < 0)
		return error_errno(error, errno, "cannot look at '%s'", path);
	if (status.st_uid != geteuid() || (status.st_mode & 022) != 0)
		return error_set(error, LIFECYCLE_ERROR_UNSAFE,
			"'%s' is not safe: it must be yours, and nobody else may write to it",
			path);
	return 0;
}

static int open_own(const char *path, int *ret_directory, struct lifecycle_error *error)
{
	int directory;

	if (make_directory(path, DATA_MODE, error) < 0)
		return -1;
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return error_errno(error, errno, "cannot open '%s'", path);
	if (check_owner(directory, path, error) < 0) {
		(void)close(directory);
		return -1;
	}
	*ret_directory = directory;
	return 0;
}

static int check_own(const char *path, struct lifecycle_error *error)
{
	int directory;

	if (open_own(path, &directory, error) < 0)
		return -1;
	(void)close(directory);
	return 0;
}

int place_directory(const struct place *place, const char *what, const char *name, char **ret_path,
	struct lifecycle_error *error)
{
	char *parent, *path = NULL;
	int result;

	if (asprintf(&parent, "%s/%s", place->data_root, what) < 0)
		return error_no_memory(error);
	result = check_own(parent, error);
	if (result == 0 && name == NULL) {
		*ret_path = parent;
		return 0;
	}
	if (result == 0 && asprintf(&path, "%s/%s", parent, name) < 0)
		result = error_no_memory(error);
	free(parent);
	if (result == 0 && make_directory(path, PARENT_MODE, error) < 0) {
		free(path);
		result = -1;
	}
	if (result == 0)
		*ret_path = path;
	return result;
}

int place_container_path(
	const struct place *place, const char *id, char **ret_path, struct lifecycle_error *error)
{
	if (asprintf(ret_path, "%s/containers/%s", place->data_root, id) < 0)
		return error_no_memory(error);
	return 0;
}

/* ---- opening ---- */

static int copy_text(const char *text, char **ret_text, struct lifecycle_error *error)
{
	if (text == NULL)
		return 0;
	*ret_text = strdup(text);
	return *ret_text == NULL ? error_no_memory(error) : 0;
}

static int open_containers(
	struct place *place, const char *path, bool make, struct lifecycle_error *error)
{
	if (!make && access(path, F_OK) < 0)
		return 0;
	if (make_parents(place->data_root, error) < 0 || check_own(place->data_root, error) < 0)
		return -1;
	return open_own(path, &place->containers, error);
}

static int find_containers(struct place *place, bool make, struct lifecycle_error *error)
{
	char *path;
	int result;

	if (asprintf(&path, "%s/containers", place->data_root) < 0)
		return error_no_memory(error);
	result = open_containers(place, path, make, error);
	free(path);
	return result;
}

static int open_store(
	struct place *place, enum lifecycle_access access, struct lifecycle_error *error)
{
	struct lifecycle_error why;

	if (lifecycle_store_open(place->store_root, access, &place->store, &why) == 0 ||
		(access != LIFECYCLE_ACCESS_WRITE && why.code == LIFECYCLE_ERROR_NOT_FOUND))
		return 0;
	return error_set(error, why.code, "%s", why.message);
}

int place_make_store(struct place *place, struct lifecycle_error *error)
{
	return place->store != NULL ? 0 : open_store(place, LIFECYCLE_ACCESS_WRITE, error);
}

static int fill(
	struct place *place, const struct place_options *options, struct lifecycle_error *error)
{
	if (place_find_data_root(options->data_root, &place->data_root, error) < 0 ||
		copy_text(options->hooks_dir != NULL ? options->hooks_dir : HOOKS_DIR,
			&place->hooks_dir, error) < 0 ||
		copy_text(options->store_root, &place->store_root, error) < 0 ||
		copy_text(options->cleaner, &place->cleaner, error) < 0)
		return -1;
	if (find_containers(place, options->access == LIFECYCLE_ACCESS_WRITE, error) < 0)
		return -1;
	return place->containers < 0 ? 0 : open_store(place, options->access, error);
}

int place_open(const struct place_options *options, struct place **ret_place,
	struct lifecycle_error *error)
{
	struct place *place = calloc(1, sizeof(*place));

	if (place == NULL)
		return error_no_memory(error);
	place->containers = -1;
	if (fill(place, options, error) < 0) {
		place_close(place);
		return -1;
	}
	*ret_place = place;
	return 0;
}

void place_close(struct place *place)
{
	if (place == NULL)
		return;
	if (place->containers >= 0)
		(void)close(place->containers);
	if (place->store != NULL)
		lifecycle_store_close(place->store);
	free(place->data_root);
	free(place->hooks_dir);
	free(place->store_root);
	free(place->cleaner);
	free(place);
}

/* ---- listing ---- */

int place_look(
	const struct place *place, const char *id, bool *ret_has, struct lifecycle_error *error)
{
	char path[NAME_MAX + sizeof("/config.json")];
	struct stat status = { 0 };

	*ret_has = false;
	if (place->containers < 0 || !lifecycle_id_valid(id))
		return 0;
	snprintf(path, sizeof(path), "%s/config.json", id);
	if (fstatat(place->containers, path, &status, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT &&
		errno != ENOTDIR)
		return error_errno(
			error, errno, "cannot look at '%s/containers/%s'", place->data_root, path);
	*ret_has = S_ISREG(status.st_mode);
	return 0;
}

bool place_has(const struct place *place, const char *id)
{
	bool has = false;

	return place_look(place, id, &has, NULL) == 0 && has;
}

static int add_name(
	struct lifecycle_strings *names, const char *name, struct lifecycle_error *error)
{
	char **items = reallocarray(names->items, names->count + 1, sizeof(*items));

	if (items == NULL)
		return error_no_memory(error);
	names->items = items;
	items[names->count] = strdup(name);
	if (items[names->count] == NULL)
		return error_no_memory(error);
	names->count++;
	return 0;
}

static int compare_names(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static int read_containers(const struct place *place, DIR *directory,
	struct lifecycle_strings *names, struct lifecycle_error *error)
{
	const struct dirent *entry;

	while ((entry = readdir(directory)) != NULL)
		if (place_has(place, entry->d_name) && add_name(names, entry->d_name, error) < 0)
			return -1;
	if (names->count > 0)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return 0;
}

int place_list(
	const struct place *place, struct lifecycle_strings *ret_ids, struct lifecycle_error *error)
{
	int again = openat(place->containers, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = again < 0 ? NULL : fdopendir(again);
	struct lifecycle_strings ids = { 0 };
	int result;

	if (place->containers < 0) {
		*ret_ids = ids;
		return 0;
	}
	if (directory == NULL) {
		if (again >= 0)
			(void)close(again);
		return error_errno(error, errno, "cannot list '%s/containers'", place->data_root);
	}
	result = read_containers(place, directory, &ids, error);
	(void)closedir(directory);
	if (result < 0)
		lifecycle_strings_free(&ids);
	else
		*ret_ids = ids;
	return result;
}
