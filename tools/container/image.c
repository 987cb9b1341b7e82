/* SPDX-License-Identifier: Apache-2.0 */
#include "container/image.h"
#include "base/error.h"
#include "container/child.h"
#include "container/config.h"
#include "container/image_layout.h"
#include "container/image_name.h"
#include "container/image_pull.h"
#include "container/remove_tree.h"
#include "container/rootfs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SIGNAL_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"

/* ---- getting ---- */

static int name_it(const struct place *place, const char *reference, struct image *image,
	struct lifecycle_error *error)
{
	if (image_name_make(reference, &image->name, error) < 0 ||
		image_name_tag(image->name, &image->tag, error) < 0 ||
		place_directory(place, "images", NULL, &image->layout, error) < 0)
		return -1;
	if (strchr(image->layout, ':') != NULL)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"skopeo and umoci cannot work in '%s': there is a ':' in it",
			image->layout);
	return 0;
}

/* LIFECYCLE_ERROR_NOT_FOUND: it is not there. */
static int load(struct image *image, struct lifecycle_error *error)
{
	json_t *line = image_layout_find(image->layout, image->tag, error);
	const char *health;
	int result;

	if (line == NULL)
		return -1;
	health = image_layout_note(line, IMAGE_LAYOUT_HEALTH_KEY);
	result = image_layout_config(image->layout, line, &image->config, error);
	if (result == 0 && health != NULL)
		image->health = json_loads(health, 0, NULL);
	json_decref(line);
	/* a line without what it speaks of is not ours to mend */
	if (result < 0 && error->code == LIFECYCLE_ERROR_NOT_FOUND)
		error->code = LIFECYCLE_ERROR_SYSTEM;
	return result;
}

/* Another one may have pulled it while we waited for the lock. */
static int pull_held(
	struct image *image, const struct image_request *request, struct lifecycle_error *error)
{
	const struct image_source source = { image->name, image->tag, image->layout,
		request->tls_verify };

	if (request->pull == IMAGE_PULL_MISSING) {
		if (load(image, error) == 0)
			return 0;
		if (error->code != LIFECYCLE_ERROR_NOT_FOUND)
			return -1;
	}
	if (image_pull(&source, error) < 0)
		return -1;
	return load(image, error);
}

static int pull(
	struct image *image, const struct image_request *request, struct lifecycle_error *error)
{
	int lock = open(image->layout, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;

	if (lock < 0)
		return error_errno(error, errno, "cannot open '%s'", image->layout);
	while ((result = flock(lock, LOCK_EX)) < 0 && errno == EINTR)
		;
	if (result < 0)
		(void)error_errno(error, errno, "cannot lock '%s'", image->layout);
	else
		result = pull_held(image, request, error);
	(void)close(lock);
	return result;
}

static int get(
	struct image *image, const struct image_request *request, struct lifecycle_error *error)
{
	struct lifecycle_error why;

	if (request->pull == IMAGE_PULL_ALWAYS)
		return pull(image, request, error);
	if (load(image, &why) == 0)
		return 0;
	if (why.code != LIFECYCLE_ERROR_NOT_FOUND)
		return error_set(error, why.code, "%s", why.message);
	if (request->pull == IMAGE_PULL_NEVER)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"the image '%s' is not here, and is not to be pulled", image->name);
	return pull(image, request, error);
}

int image_get(const struct place *place, const struct image_request *request,
	struct image *ret_image, struct lifecycle_error *error)
{
	struct lifecycle_error why;
	struct image image = { 0 };

	if (name_it(place, request->reference, &image, &why) < 0 ||
		get(&image, request, &why) < 0) {
		image_free(&image);
		return error_set(error, why.code, "%s", why.message);
	}
	*ret_image = image;
	return 0;
}

void image_free(struct image *image)
{
	free(image->name);
	free(image->tag);
	free(image->layout);
	json_decref(image->config);
	json_decref(image->health);
}

void image_each(const struct place *place, void (*each)(const char *name, void *arg), void *arg)
{
	char *layout;

	if (asprintf(&layout, "%s/images", place->data_root) < 0)
		return;
	image_layout_each(layout, each, arg);
	free(layout);
}

/* ---- unpacking ---- */

static int call_umoci(const struct image *image, const char *umoci, const char *bundle,
	struct lifecycle_error *error)
{
	const struct child_files files = { .in = -1, .out = -1, .extra = -1 };
	char words[1024], *source;
	int status, result;

	if (asprintf(&source, "%s:%s", image->layout, image->tag) < 0)
		return error_no_memory(error);
	const char *const argv[] = { umoci, "unpack", "--image", source, bundle,
		geteuid() != 0 ? "--rootless" : NULL, NULL };

	result = child_run_apart(argv, &files, words, sizeof(words), &status, error);
	free(source);
	if (result < 0 || status == 0)
		return result;
	child_keep_last_line(words);
	return error_set(error, LIFECYCLE_ERROR_SYSTEM, "the image '%s' cannot be unpacked: %s",
		image->name, words);
}

/*
 * umoci makes a bundle, beside the container's own, which is none before it has its config.json. Of that bundle's
 * configuration only what the image says is taken: the rest is ours for every container. The image's labels, which umoci
 * makes annotations, are not: some annotations have a runtime write to a path of the host.
 */
static int take_process(const char *bundle, json_t *config, struct lifecycle_error *error)
{
	static const char *const keys[] = { "user", "env", "cwd" };
	json_t *unpacked, *from, *to = json_object_get(config, "process");

	if (config_load(bundle, &unpacked, error) < 0)
		return -1;
	from = json_object_get(unpacked, "process");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(from, keys[i]) != NULL)
			(void)json_object_set(to, keys[i], json_object_get(from, keys[i]));
	json_decref(unpacked);
	return 0;
}

static int take_rootfs(const struct hold *hold, struct lifecycle_error *error)
{
	if (renameat(hold->directory, "image/rootfs", hold->directory, "rootfs") < 0)
		return error_errno(error, errno, "cannot make '%s/rootfs'", hold->path);
	return 0;
}

/* An image's VOLUME is a directory of the container's own, which goes with it: to outlive it takes --volume. */
static int make_volumes(
	const struct image *image, const struct hold *hold, struct lifecycle_error *error)
{
	json_t *volumes = json_object_get(image->config, "Volumes"), *ignored;
	const char *path;
	char *rootfs;
	int result = 0;

	if (asprintf(&rootfs, "%s/rootfs", hold->path) < 0)
		return error_no_memory(error);
	json_object_foreach(volumes, path, ignored)
		if (result == 0)
			result = rootfs_make_directory(rootfs, path, error);
	free(rootfs);
	return result;
}

static int unpack_into(const struct image *image, const struct hold *hold, json_t *config,
	struct lifecycle_error *error)
{
	char *umoci, *bundle;
	int result;

	if (child_find("umoci", NULL, "umoci", &umoci, error) < 0)
		return -1;
	if (asprintf(&bundle, "%s/image", hold->path) < 0) {
		free(umoci);
		return error_no_memory(error);
	}
	result = call_umoci(image, umoci, bundle, error);
	if (result == 0)
		result = take_process(bundle, config, error);
	if (result == 0)
		result = take_rootfs(hold, error);
	if (result == 0)
		result = make_volumes(image, hold, error);
	if (result == 0)
		result = remove_tree(bundle, error);
	free(bundle);
	free(umoci);
	return result;
}

/* ---- what is run ---- */

static int extend(json_t *words, const json_t *more)
{
	return json_is_array(more) ? json_array_extend(words, (json_t *)(uintptr_t)more) : 0;
}

static int extend_by_command(json_t *words, const char *const *command)
{
	for (; *command != NULL; command++)
		if (json_array_append_new(words, json_string(*command)) < 0)
			return -1;
	return 0;
}

static int set_program(const struct image *image, const char *const *command, json_t *config,
	struct lifecycle_error *error)
{
	bool has_command = command != NULL && command[0] != NULL;
	json_t *words = json_array();

	if (extend(words, json_object_get(image->config, "Entrypoint")) < 0 ||
		(has_command ? extend_by_command(words, command)
			     : extend(words, json_object_get(image->config, "Cmd"))) < 0) {
		json_decref(words);
		return error_set(error, LIFECYCLE_ERROR_INVALID, "the command is no UTF-8");
	}
	if (json_array_size(words) == 0) {
		json_decref(words);
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"the image '%s' does not say what to run: a command is missing",
			image->name);
	}
	return json_object_set_new(json_object_get(config, "process"), "args", words) < 0
		       ? error_no_memory(error)
		       : 0;
}

int image_unpack(const struct image *image, const struct hold *hold, const char *const *command,
	json_t **ret_config, struct lifecycle_error *error)
{
	json_t *config = config_default(error);

	if (config == NULL)
		return -1;
	if (set_program(image, command, config, error) < 0 ||
		unpack_into(image, hold, config, error) < 0) {
		json_decref(config);
		return -1;
	}
	*ret_config = config;
	return 0;
}

/* ---- settings ---- */

/* It becomes a word on the runtime's command line, and an option is none. */
static bool is_signal(const char *text)
{
	return isalnum((unsigned char)text[0]) && strspn(text, SIGNAL_LETTERS) == strlen(text);
}

int image_settle(
	const struct image *image, struct settings *settings, struct lifecycle_error *error)
{
	const char *signal = json_string_value(json_object_get(image->config, "StopSignal"));

	if (signal != NULL && signal[0] == '\0')
		signal = NULL;
	if (settings->stop_signal == NULL && signal != NULL) {
		if (!is_signal(signal))
			return error_set(error, LIFECYCLE_ERROR_SYSTEM,
				"the image '%s' has no signal as its stop signal", image->name);
		settings->stop_signal = signal;
	}
	settings->image = image->name;
	return 0;
}
