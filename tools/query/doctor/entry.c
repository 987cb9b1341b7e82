/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/entry.h"
#include "base/error.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const struct entry_point entry_points[ENTRY_POINTS] = {
	{ "prestart", "lifecycle-prestart", "00-oci-lifecycle-0-prestart.json" },
	{ "createRuntime", "lifecycle-create-runtime", "00-oci-lifecycle-create-runtime.json" },
	{ "poststart", "lifecycle-poststart", "00-oci-lifecycle-poststart.json" },
	{ "poststop", "lifecycle-poststop", "zz-oci-lifecycle-poststop.json" },
};

/* A copy of the text, NULL for no text. -1 if memory is out. */
static int copy_text(const json_t *value, char **ret_text)
{
	const char *text = json_string_value(value);

	*ret_text = text != NULL ? strdup(text) : NULL;
	return text != NULL && *ret_text == NULL ? -1 : 0;
}

static const json_t *root_argument(const json_t *arguments)
{
	const json_t *root = NULL;
	const char *word;

	for (size_t i = 0; i < json_array_size(arguments); i++) {
		word = json_string_value(json_array_get(arguments, i));
		if (word == NULL || strcmp(word, "--") == 0)
			break;
		if (strcmp(word, "--root") == 0)
			root = json_array_get(arguments, i + 1);
	}
	return root;
}

static void read_stages(const json_t *stages, struct entry *entry)
{
	for (size_t i = 0; i < json_array_size(stages); i++) {
		const char *stage = json_string_value(json_array_get(stages, i));

		for (size_t point = 0; stage != NULL && point < ENTRY_POINTS; point++)
			if (strcmp(stage, entry_points[point].point) == 0)
				entry->stages[point] = true;
	}
}

static int read_entry(const json_t *tree, struct entry *entry)
{
	const json_t *hook = json_object_get(tree, "hook");

	entry->is_always = json_is_true(json_object_get(json_object_get(tree, "when"), "always"));
	read_stages(json_object_get(tree, "stages"), entry);
	if (copy_text(json_object_get(hook, "path"), &entry->program) < 0)
		return -1;
	return copy_text(root_argument(json_object_get(hook, "args")), &entry->root);
}

int entry_parse(const char *text, struct entry *ret_entry, struct lifecycle_error *error)
{
	struct entry entry = { .program = NULL };
	json_error_t fault;
	json_t *tree = json_loads(text, 0, &fault);
	int result;

	if (tree == NULL)
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "line %d: %s", fault.line, fault.text);
	if (!json_is_object(tree)) {
		json_decref(tree);
		return error_set(error, LIFECYCLE_ERROR_INVALID, "it is no object");
	}
	result = read_entry(tree, &entry);
	json_decref(tree);
	if (result < 0) {
		entry_free(&entry);
		return error_no_memory(error);
	}
	*ret_entry = entry;
	return 0;
}

void entry_free(struct entry *entry)
{
	free(entry->program);
	free(entry->root);
	entry->program = NULL;
	entry->root = NULL;
}

bool entry_is_ours(const struct entry *entry, size_t point)
{
	const char *slash = entry->program != NULL ? strrchr(entry->program, '/') : NULL;

	return entry->stages[point] && slash != NULL &&
	       strcmp(slash + 1, entry_points[point].program) == 0;
}
