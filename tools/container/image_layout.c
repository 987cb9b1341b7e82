/* SPDX-License-Identifier: Apache-2.0 */
#include "container/image_layout.h"
#include "base/error.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TAG_KEY    "org.opencontainers.image.ref.name"
#define INDEX_NAME "index.json"
#define HEX_DIGITS 64

/* ---- JSON files ---- */

static json_t *load(const char *directory, const char *name, struct lifecycle_error *error)
{
	json_error_t why;
	json_t *value = NULL;
	char *path;

	if (asprintf(&path, "%s/%s", directory, name) < 0) {
		(void)error_no_memory(error);
		return NULL;
	}
	if (access(path, R_OK) < 0)
		(void)(errno == ENOENT ? error_set(error, LIFECYCLE_ERROR_NOT_FOUND,
						 "'%s' is not there", path)
				       : error_errno(error, errno, "cannot read '%s'", path));
	else if ((value = json_load_file(path, JSON_REJECT_DUPLICATES, &why)) == NULL)
		(void)error_set(error, LIFECYCLE_ERROR_SYSTEM, "'%s' is bad: %s", path, why.text);
	free(path);
	return value;
}

static int write_text(const char *path, const char *text, struct lifecycle_error *error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int result;

	if (fd < 0)
		return error_errno(error, errno, "cannot write '%s'", path);
	result = io_write_all(fd, text, strlen(text));
	if (result == 0)
		result = fsync(fd);
	if (close(fd) < 0 || result < 0)
		return error_errno(error, errno, "cannot write '%s'", path);
	return 0;
}

/* DIRECTORY/NAME becomes OTHER/NAME. */
static int take_over(const char *directory, const char *name, const char *other,
	const char *new_name, struct lifecycle_error *error)
{
	char *from = NULL, *to = NULL;
	int result = 0;

	if (asprintf(&from, "%s/%s", directory, name) < 0 ||
		asprintf(&to, "%s/%s", other, new_name) < 0)
		result = error_no_memory(error);
	else if (rename(from, to) < 0)
		result = error_errno(error, errno, "cannot write '%s'", to);
	free(from);
	free(to);
	return result;
}

static int save_index(const char *layout, const json_t *index, struct lifecycle_error *error)
{
	char *text = json_dumps(index, JSON_COMPACT), *path;
	int result = -1;

	if (text == NULL)
		return error_no_memory(error);
	if (asprintf(&path, "%s/." INDEX_NAME, layout) < 0) {
		free(text);
		return error_no_memory(error);
	}
	if (write_text(path, text, error) == 0)
		result = take_over(layout, "." INDEX_NAME, layout, INDEX_NAME, error);
	free(path);
	free(text);
	return result;
}

/* ---- the lines ---- */

const char *image_layout_note(const json_t *line, const char *key)
{
	return json_string_value(json_object_get(json_object_get(line, "annotations"), key));
}

static bool has_tag(const json_t *line, const char *tag)
{
	const char *own = image_layout_note(line, TAG_KEY);

	return own != NULL && strcmp(own, tag) == 0;
}

json_t *image_layout_find(const char *layout, const char *tag, struct lifecycle_error *error)
{
	json_t *index = load(layout, INDEX_NAME, error), *line, *found = NULL;
	size_t i;

	if (index == NULL)
		return NULL;
	json_array_foreach(json_object_get(index, "manifests"), i, line)
		if (has_tag(line, tag))
			found = line;
	json_incref(found);
	json_decref(index);
	if (found == NULL)
		(void)error_set(
			error, LIFECYCLE_ERROR_NOT_FOUND, "'%s' has no image '%s'", layout, tag);
	return found;
}

void image_layout_each(const char *layout, void (*each)(const char *name, void *arg), void *arg)
{
	json_t *index = load(layout, INDEX_NAME, NULL), *line;
	size_t i;

	json_array_foreach(json_object_get(index, "manifests"), i, line) {
		const char *name = image_layout_note(line, IMAGE_LAYOUT_NAME_KEY);

		if (name != NULL)
			each(name, arg);
	}
	json_decref(index);
}

/* ---- what they speak of ---- */

/* A digest comes from who made the image: no path is made of anything else. */
static bool is_digest(const char *digest)
{
	static const char algorithm[] = "sha256:";

	return digest != NULL && strncmp(digest, algorithm, sizeof(algorithm) - 1) == 0 &&
	       strlen(digest) == sizeof(algorithm) - 1 + HEX_DIGITS &&
	       strspn(digest + sizeof(algorithm) - 1, "0123456789abcdef") == HEX_DIGITS;
}

static json_t *load_blob(
	const char *layout, const json_t *descriptor, struct lifecycle_error *error)
{
	const char *digest = json_string_value(json_object_get(descriptor, "digest"));
	char name[sizeof("blobs/sha256/") + HEX_DIGITS];

	if (!is_digest(digest)) {
		(void)error_set(
			error, LIFECYCLE_ERROR_SYSTEM, "an image in '%s' is no OCI image", layout);
		return NULL;
	}
	snprintf(name, sizeof(name), "blobs/sha256/%s", strchr(digest, ':') + 1);
	return load(layout, name, error);
}

int image_layout_config(
	const char *layout, const json_t *line, json_t **ret_config, struct lifecycle_error *error)
{
	json_t *manifest = load_blob(layout, line, error), *whole, *config;

	if (manifest == NULL)
		return -1;
	whole = load_blob(layout, json_object_get(manifest, "config"), error);
	json_decref(manifest);
	if (whole == NULL)
		return -1;
	config = json_object_get(whole, "config");
	*ret_config = json_is_object(config) ? json_incref(config) : json_object();
	json_decref(whole);
	return 0;
}

/* ---- adding ---- */

static json_t *load_or_make_index(const char *layout, struct lifecycle_error *error)
{
	struct lifecycle_error why;
	json_t *index = load(layout, INDEX_NAME, &why);

	if (index != NULL)
		return index;
	if (why.code != LIFECYCLE_ERROR_NOT_FOUND) {
		(void)error_set(error, why.code, "%s", why.message);
		return NULL;
	}
	index = json_pack("{s:i, s:[]}", "schemaVersion", 2, "manifests");
	if (index == NULL)
		(void)error_no_memory(error);
	return index;
}

static int put_line(json_t *index, json_t *line)
{
	json_t *lines = json_object_get(index, "manifests");
	const char *tag = image_layout_note(line, TAG_KEY);

	for (size_t i = json_array_size(lines); i-- > 0;)
		if (has_tag(json_array_get(lines, i), tag))
			(void)json_array_remove(lines, i);
	return json_array_append(lines, line);
}

static int add_line(const char *layout, json_t *line, json_t *notes, struct lifecycle_error *error)
{
	json_t *index;
	int result;

	if (image_layout_note(line, TAG_KEY) == NULL ||
		json_object_update(json_object_get(line, "annotations"), notes) < 0)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM, "skopeo has left no image");
	index = load_or_make_index(layout, error);
	if (index == NULL)
		return -1;
	if (put_line(index, line) < 0)
		result = error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"'%s/" INDEX_NAME "' is not as OCI has it", layout);
	else
		result = save_index(layout, index, error);
	json_decref(index);
	return result;
}

int image_layout_add(
	const char *layout, const char *incoming, json_t *notes, struct lifecycle_error *error)
{
	json_t *index = load(incoming, INDEX_NAME, error);
	int result;

	if (index == NULL)
		return -1;
	result = take_over(incoming, "oci-layout", layout, "oci-layout", error);
	if (result == 0)
		result = add_line(layout, json_array_get(json_object_get(index, "manifests"), 0),
			notes, error);
	json_decref(index);
	return result;
}
