/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/docker_config.h"
#include "base/error.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The word after the option, or after its `=`. */
static const char *argument(const json_t *arguments, const char *option)
{
	size_t length = strlen(option);

	for (size_t i = 0; i < json_array_size(arguments); i++) {
		const char *word = json_string_value(json_array_get(arguments, i));

		if (word == NULL || strncmp(word, option, length) != 0)
			continue;
		if (word[length] == '=')
			return word + length + 1;
		if (word[length] == '\0')
			return json_string_value(json_array_get(arguments, i + 1));
	}
	return NULL;
}

/* A copy; NULL stays NULL. -1 if memory is out. */
static int copy(const char *text, char **ret_text)
{
	*ret_text = text != NULL ? strdup(text) : NULL;
	return text != NULL && *ret_text == NULL ? -1 : 0;
}

static int add_runtime(struct docker_config *config, const char *name, const json_t *value)
{
	const json_t *arguments = json_object_get(value, "runtimeArgs");
	struct docker_runtime *runtimes, *runtime;

	if (json_string_value(json_object_get(value, "path")) == NULL)
		return 0;
	runtimes = reallocarray(config->runtimes, config->count + 1, sizeof(*runtimes));
	if (runtimes == NULL)
		return -1;
	config->runtimes = runtimes;
	runtime = &runtimes[config->count++];
	*runtime = (struct docker_runtime){ .name = NULL };
	if (copy(name, &runtime->name) < 0 ||
		copy(json_string_value(json_object_get(value, "path")), &runtime->path) < 0 ||
		copy(argument(arguments, "--lifecycle-runtime"), &runtime->real) < 0)
		return -1;
	return copy(argument(arguments, "--lifecycle-root"), &runtime->root);
}

static int read_tree(json_t *tree, struct docker_config *config)
{
	const char *name;
	json_t *value;

	if (copy(json_string_value(json_object_get(tree, "default-runtime")),
		    &config->default_runtime) < 0)
		return -1;
	json_object_foreach(json_object_get(tree, "runtimes"), name, value)
		if (add_runtime(config, name, value) < 0)
			return -1;
	return 0;
}

static bool begins_with_json(const char *text)
{
	json_t *tree = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
	bool result = tree != NULL;

	json_decref(tree);
	return result;
}

int docker_config_read(
	const char *text, struct docker_config *ret_config, struct lifecycle_error *error)
{
	json_error_t fault;
	json_t *tree = json_loads(text, 0, &fault);
	int result;

	*ret_config = (struct docker_config){ .count = 0 };
	if (tree == NULL) {
		ret_config->is_more_than_one = begins_with_json(text);
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "line %d: %s", fault.line, fault.text);
	}
	result = read_tree(tree, ret_config);
	json_decref(tree);
	return result < 0 ? error_no_memory(error) : 0;
}

void docker_config_free(struct docker_config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		free(config->runtimes[i].name);
		free(config->runtimes[i].path);
		free(config->runtimes[i].real);
		free(config->runtimes[i].root);
	}
	free(config->runtimes);
	free(config->default_runtime);
	*config = (struct docker_config){ .count = 0 };
}
