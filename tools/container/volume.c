/* SPDX-License-Identifier: Apache-2.0 */
#include "container/volume.h"
#include "base/error.h"
#include "container/child.h"
#include "container/name.h"
#include "container/remove_tree.h"
#include "container/rootfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY_MODE 0755

/* ---- what is asked for ---- */

static int parse_mode(const char *mode, struct volume *volume)
{
	volume->read_only = mode != NULL && strcmp(mode, "ro") == 0;
	return mode == NULL || volume->read_only || strcmp(mode, "rw") == 0 ? 0 : -1;
}

static char *cut_at_colon(char *text)
{
	char *colon = text != NULL ? strchr(text, ':') : NULL;

	if (colon == NULL)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

static int parse(const char *text, struct volume *volume, struct lifecycle_error *error)
{
	char *destination = cut_at_colon(volume->source);
	char *mode = cut_at_colon(destination);

	volume->destination = destination;
	volume->is_name = volume->source[0] != '/';
	if (destination == NULL || destination[0] != '/' || destination[1] == '\0' ||
		parse_mode(mode, volume) < 0)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no volume: NAME:/PATH or /ABSOLUTE:/PATH, then :ro for a "
			"read-only one",
			text);
	return volume->is_name ? name_check(volume->source, error) : 0;
}

int volume_parse(const char *text, struct volume *ret_volume, struct lifecycle_error *error)
{
	struct volume volume = { .source = strdup(text) };

	if (volume.source == NULL)
		return error_no_memory(error);
	if (parse(text, &volume, error) < 0) {
		free(volume.source);
		return -1;
	}
	*ret_volume = volume;
	return 0;
}

/* ---- a new one ---- */

static int copy_content(int from, const char *target, struct lifecycle_error *error)
{
	const struct child_files files = { .in = -1, .out = -1, .extra = from };
	char words[1024], *cp;
	int status, result;

	if (child_find("cp", NULL, "coreutils", &cp, error) < 0)
		return -1;
	const char *const argv[] = { cp, "-a", "--", "/proc/self/fd/3/.", target, NULL };

	result = child_run_apart(argv, &files, words, sizeof(words), &status, error);
	free(cp);
	if (result < 0 || status == 0)
		return result;
	child_keep_last_line(words);
	return error_set(error, LIFECYCLE_ERROR_SYSTEM, "cannot fill '%s': %s", target, words);
}

/* Filled under another name, so that no half of one is a volume. */
static int make_and_fill(
	const char *path, const char *draft, int content, struct lifecycle_error *error)
{
	if (remove_tree(draft, error) < 0)
		return -1;
	if (mkdir(draft, DIRECTORY_MODE) < 0)
		return error_errno(error, errno, "cannot make '%s'", draft);
	if (content >= 0 && copy_content(content, draft, error) < 0)
		return -1;
	if (rename(draft, path) < 0)
		return error_errno(error, errno, "cannot make '%s'", path);
	return 0;
}

static int make_held(const char *volumes, const char *path, const struct volume *volume,
	const char *rootfs, struct lifecycle_error *error)
{
	int content, result;
	char *draft;

	if (access(path, F_OK) == 0)
		return 0;
	/* a name begins with a letter or a digit */
	if (asprintf(&draft, "%s/.new", volumes) < 0)
		return error_no_memory(error);
	content = rootfs_open_directory(rootfs, volume->destination);
	result = make_and_fill(path, draft, content, error);
	if (content >= 0)
		(void)close(content);
	free(draft);
	return result;
}

static int make(const char *volumes, const char *path, const struct volume *volume,
	const char *rootfs, struct lifecycle_error *error)
{
	int lock = open(volumes, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;

	if (lock < 0)
		return error_errno(error, errno, "cannot open '%s'", volumes);
	while ((result = flock(lock, LOCK_EX)) < 0 && errno == EINTR)
		;
	if (result < 0)
		(void)error_errno(error, errno, "cannot lock '%s'", volumes);
	else
		result = make_held(volumes, path, volume, rootfs, error);
	(void)close(lock);
	return result;
}

static int find_or_make(const struct place *place, const struct volume *volume, const char *rootfs,
	char **ret_path, struct lifecycle_error *error)
{
	char *volumes, *path = NULL;
	int result;

	if (place_directory(place, "volumes", NULL, &volumes, error) < 0)
		return -1;
	if (asprintf(&path, "%s/%s", volumes, volume->source) < 0)
		result = error_no_memory(error);
	else
		result = make(volumes, path, volume, rootfs, error);
	free(volumes);
	if (result == 0)
		*ret_path = path;
	else
		free(path);
	return result;
}

/* ---- mounts ---- */

static int find_source(const struct place *place, const struct volume *volume, const char *rootfs,
	char **ret_path, struct lifecycle_error *error)
{
	if (volume->is_name)
		return find_or_make(place, volume, rootfs, ret_path, error);
	if (access(volume->source, F_OK) < 0)
		return error_errno(error, errno, "cannot mount '%s'", volume->source);
	*ret_path = strdup(volume->source);
	return *ret_path == NULL ? error_no_memory(error) : 0;
}

static int add_mount(const struct place *place, const char *text, const char *rootfs,
	json_t *mounts, struct lifecycle_error *error)
{
	struct volume volume;
	char *source = NULL;
	int result;

	if (volume_parse(text, &volume, error) < 0)
		return -1;
	result = find_source(place, &volume, rootfs, &source, error);
	if (result == 0 &&
		json_array_append_new(mounts,
			json_pack("{s:s, s:s, s:s, s:[s, s, s]}", "destination", volume.destination,
				"type", "bind", "source", source, "options", "rbind", "rprivate",
				volume.read_only ? "ro" : "rw")) < 0)
		result = error_set(error, LIFECYCLE_ERROR_INVALID, "'%s' is no UTF-8", text);
	free(source);
	free(volume.source);
	return result;
}

int volume_mounts(const struct place *place, const char *const *texts, const char *rootfs,
	json_t **ret_mounts, struct lifecycle_error *error)
{
	json_t *mounts = json_array();

	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
		if (add_mount(place, texts[i], rootfs, mounts, error) == 0)
			continue;
		json_decref(mounts);
		return -1;
	}
	*ret_mounts = mounts;
	return 0;
}

/* ---- listing ---- */

void volume_each(const struct place *place, void (*each)(const char *name, void *arg), void *arg)
{
	const struct dirent *entry;
	DIR *directory;
	char *path;

	if (asprintf(&path, "%s/volumes", place->data_root) < 0)
		return;
	directory = opendir(path);
	free(path);
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (name_check(entry->d_name, NULL) == 0)
			each(entry->d_name, arg);
	if (directory != NULL)
		(void)closedir(directory);
}
