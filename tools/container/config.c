/* SPDX-License-Identifier: Apache-2.0 */
#include "container/config.h"
#include "base/error.h"
#include "base/io.h"
#include "container/config_text.h"
#include "container/settings.h"
#include "runtime/find.h"
#include "runtime/splice.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_NAME     "config.json"
#define TEMPORARY_NAME  ".config.json.tmp"
#define CONFIG_SIZE_MAX ((size_t)16 << 20)

/* Of our hooks, in seconds: their own deadline is shorter. conmon creates and starts apart, so no end of a hook is lost. */
#define HOOK_LIMIT_SECONDS 10

/* ---- loading ---- */

static int read_file(int fd, char **ret_text, size_t *ret_length, struct lifecycle_error *error)
{
	char *text = malloc(CONFIG_SIZE_MAX);
	ssize_t length;

	if (text == NULL)
		return error_no_memory(error);
	length = io_read_up_to(fd, text, CONFIG_SIZE_MAX);
	if (length < 0 || (size_t)length == CONFIG_SIZE_MAX) {
		free(text);
		if (length < 0)
			return error_errno(error, errno, "config.json cannot be read");
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "config.json is larger than 16 MiB");
	}
	text[length] = '\0';
	*ret_text = text;
	*ret_length = (size_t)length;
	return 0;
}

int config_load_held(int directory, json_t **ret_config, struct lifecycle_error *error)
{
	int fd = openat(directory, CONFIG_NAME, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *text = NULL;
	size_t length = 0;
	int result;

	if (fd < 0)
		return error_errno(error, errno, "config.json cannot be opened");
	result = read_file(fd, &text, &length, error);
	(void)close(fd);
	if (result == 0) {
		result = config_text_parse(text, length, ret_config, error);
		free(text);
	}
	return result;
}

/* What a bundle says relative to itself. Some runtimes lose their way in a root file system's path that has `..` in it. */
static int make_absolute(json_t *object, const char *key, const char *bundle)
{
	const char *path = json_string_value(json_object_get(object, key));
	char *joined, *real;
	int result;

	if (path == NULL || path[0] == '/')
		return 0;
	if (asprintf(&joined, "%s/%s", bundle, path) < 0)
		return -1;
	real = realpath(joined, NULL);
	result = json_object_set_new(object, key, json_string(real != NULL ? real : joined));
	free(real);
	free(joined);
	return result;
}

static bool is_bind_mount(const json_t *mount)
{
	const char *type = json_string_value(json_object_get(mount, "type"));
	const json_t *options = json_object_get(mount, "options"), *option;
	size_t i;

	if (type != NULL && strcmp(type, "bind") == 0)
		return true;
	json_array_foreach(options, i, option) {
		const char *word = json_string_value(option);

		if (word != NULL && (strcmp(word, "bind") == 0 || strcmp(word, "rbind") == 0))
			return true;
	}
	return false;
}

static int make_paths_absolute(json_t *config, const char *bundle, struct lifecycle_error *error)
{
	json_t *root = json_object_get(config, "root"), *mount;
	size_t i;

	if (json_string_value(json_object_get(root, "path")) == NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "it has no root.path");
	if (make_absolute(root, "path", bundle) < 0)
		return error_no_memory(error);
	json_array_foreach(json_object_get(config, "mounts"), i, mount)
		if (is_bind_mount(mount) && make_absolute(mount, "source", bundle) < 0)
			return error_no_memory(error);
	return 0;
}

static int load_absolute(const char *path, json_t **ret_config, struct lifecycle_error *error)
{
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	json_t *config;
	int result;

	if (directory < 0)
		return error_errno(error, errno, "it cannot be opened");
	result = config_load_held(directory, &config, error);
	(void)close(directory);
	if (result < 0)
		return -1;
	if (make_paths_absolute(config, path, error) < 0) {
		json_decref(config);
		return -1;
	}
	*ret_config = config;
	return 0;
}

int config_load(const char *bundle, json_t **ret_config, struct lifecycle_error *error)
{
	char *path = realpath(bundle, NULL);
	int result;

	if (path == NULL)
		return error_errno(error, errno, "the bundle '%s'", bundle);
	result = load_absolute(path, ret_config, error);
	if (result < 0)
		(void)error_wrap(error, "the bundle '%s'", bundle);
	free(path);
	return result;
}

/* ---- changing ---- */

static json_t *member(json_t *config, const char *name, json_t *(*make)(void))
{
	json_t *value = json_object_get(config, name);

	if (value == NULL && json_object_set_new(config, name, make()) == 0)
		value = json_object_get(config, name);
	return value;
}

static int set_command(json_t *process, const char *const *command)
{
	json_t *args;

	if (command == NULL || command[0] == NULL)
		return 0;
	args = json_array();
	for (size_t i = 0; command[i] != NULL; i++)
		if (json_array_append_new(args, json_string(command[i])) < 0) {
			json_decref(args);
			return -1;
		}
	return json_object_set_new(process, "args", args);
}

/* Takes the value of the same name out, and puts this one at the end. */
static int set_variable(json_t *list, const char *variable, size_t name_length)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		const char *old = json_string_value(json_array_get(list, i));

		if (old != NULL && strncmp(old, variable, name_length) == 0 &&
			old[name_length] == '=')
			(void)json_array_remove(list, i);
	}
	return json_array_append_new(list, json_string(variable));
}

/* K alone takes the caller's value; if there is none, nothing is set. */
static int add_variable(json_t *list, const char *variable)
{
	const char *value = getenv(variable);
	char *whole;
	int result;

	if (strchr(variable, '=') != NULL)
		return set_variable(list, variable, strcspn(variable, "="));
	if (value == NULL)
		return 0;
	if (asprintf(&whole, "%s=%s", variable, value) < 0)
		return -1;
	result = set_variable(list, whole, strlen(variable));
	free(whole);
	return result;
}

static int set_environment(json_t *process, const char *const *environment)
{
	json_t *list = member(process, "env", json_array);

	for (size_t i = 0; environment != NULL && environment[i] != NULL; i++)
		if (add_variable(list, environment[i]) < 0)
			return -1;
	return 0;
}

int config_change(json_t *config, const struct config_change *change, struct lifecycle_error *error)
{
	json_t *process = member(config, "process", json_object);

	if (!json_is_object(process))
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "its 'process' is not as OCI has it");
	if (json_object_set_new(process, "terminal", json_false()) < 0 ||
		set_command(process, change->command) < 0 ||
		set_environment(process, change->environment) < 0 ||
		(change->rootfs != NULL && json_object_set_new(member(config, "root", json_object),
						   "path", json_string(change->rootfs)) < 0) ||
		(change->hostname != NULL && json_object_set_new(config, "hostname",
						     json_string(change->hostname)) < 0) ||
		(change->mounts != NULL && json_array_extend(member(config, "mounts", json_array),
						   change->mounts) < 0))
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"a command, variable or path is no UTF-8, or config.json has something "
			"else in the place of one");
	return 0;
}

/* ---- saving ---- */

static int write_file(int directory, const char *text, size_t length, struct lifecycle_error *error)
{
	int fd = openat(directory, TEMPORARY_NAME,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int result;

	if (fd < 0)
		return error_errno(error, errno, "config.json cannot be written");
	result = io_write_all(fd, text, length);
	if (close(fd) < 0)
		result = -1;
	if (result == 0)
		result = renameat(directory, TEMPORARY_NAME, directory, CONFIG_NAME);
	return result < 0 ? error_errno(error, errno, "config.json cannot be written") : 0;
}

static int add_hooks(char **text, size_t *length, const struct place *place,
	const struct hold *hold, struct lifecycle_error *error)
{
	static const char *const name_annotations[] = { SETTINGS_NAME_KEY, NULL };
	const char *missing = runtime_missing_hook(place->hooks_dir), *why;
	char exit_directory[PATH_MAX], *spliced;
	const struct splice_plan plan = {
		.hooks_dir = place->hooks_dir,
		.installed_dir = HOOKS_DIR,
		.root = lifecycle_store_root(place->store),
		.exit_dir = exit_directory,
		.name_annotations = name_annotations,
		.limit = HOOK_LIMIT_SECONDS,
	};

	if (missing != NULL)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM, "our hook '%s/%s' cannot be run",
			place->hooks_dir, missing);
	snprintf(exit_directory, sizeof(exit_directory), "%s/exit", hold->path);
	if (splice_hooks(*text, *length, &plan, &spliced, length, &why) < 0)
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "no hooks can be put into it: %s", why);
	if (spliced != NULL) {
		free(*text);
		*text = spliced;
	}
	return 0;
}

int config_save(const json_t *config, const struct place *place, const struct hold *hold,
	struct lifecycle_error *error)
{
	char *text;
	size_t length;
	int result;

	if (config_text_make(config, &text, &length, error) < 0)
		return -1;
	result = add_hooks(&text, &length, place, hold, error);
	if (result == 0)
		result = write_file(hold->directory, text, length, error);
	free(text);
	return result;
}
