/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/json_output.h"
#include "base/error.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* The FIFO lies beside the record, and its start is the record's before a hook comes and writes the start down. */
static int set_start_of_fifo(json_t *tree, const struct view *view)
{
	if (view->observed.started_at_source != LIFECYCLE_SOURCE_EXEC_FIFO ||
		view->shown != view->current)
		return 0;
	if (json_object_set_new(tree, "started_at", json_output_time(view->observed.started_at)) <
		0)
		return -1;
	return json_object_set_new(tree, "started_at_source",
		json_string(lifecycle_source_name(LIFECYCLE_SOURCE_EXEC_FIFO)));
}

int json_output_of_view(const struct view *view, json_t **ret_tree, struct lifecycle_error *error)
{
	json_error_t why;
	char *text;
	size_t length;
	json_t *tree;

	if (lifecycle_record_encode(view->record, &view->observed, &text, &length, error) < 0)
		return -1;
	tree = json_loadb(text, length, JSON_ALLOW_NUL, &why);
	free(text);
	if (tree == NULL)
		return error_set(
			error, LIFECYCLE_ERROR_NO_MEMORY, "cannot look at a record: %s", why.text);
	if (set_start_of_fifo(tree, view) < 0) {
		json_decref(tree);
		return error_no_memory(error);
	}
	*ret_tree = tree;
	return 0;
}

/* ---- values ---- */

json_t *json_output_string(const char *text)
{
	return text != NULL ? json_string(text) : json_null();
}

json_t *json_output_integer(int64_t number)
{
	return number != LIFECYCLE_UNKNOWN ? json_integer(number) : json_null();
}

json_t *json_output_time(int64_t time)
{
	char text[LIFECYCLE_TIME_SIZE];

	lifecycle_time_format(time, text);
	return text[0] != '\0' ? json_string(text) : json_null();
}

json_t *json_output_strings(const char *const *texts)
{
	json_t *array = texts != NULL ? json_array() : json_null();

	for (; texts != NULL && *texts != NULL; texts++) {
		if (json_array_append_new(array, json_string(*texts)) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

int json_output_set(json_t *object, const char *key, json_t *value)
{
	if (!json_is_null(value))
		return json_object_set_new(object, key, value);
	json_decref(value);
	return 0;
}

/* ---- text ---- */

#define LONGEST_CHARACTER 4

/* jansson leaves some of what steers a terminal as it is. It stands in strings only, so there an escape says the same. */
static size_t count_steering(const char *text)
{
	uint32_t code_point;
	size_t count = 0;

	while (*text != '\0') {
		size_t size = (unsigned char)*text < 0x7f
				      ? 1
				      : utf8_character(text, strnlen(text, LONGEST_CHARACTER),
						&code_point);

		if ((unsigned char)*text >= 0x7f && size > 0 && utf8_steers_terminal(code_point))
			count++;
		text += size > 0 ? size : 1;
	}
	return count;
}

#define ESCAPE_SIZE 6 /* \uNNNN */

static char *escape(const char *text, size_t count)
{
	char *escaped = malloc(strlen(text) + count * ESCAPE_SIZE + 1);
	char *out = escaped;
	uint32_t code_point;

	while (escaped != NULL && *text != '\0') {
		size_t size = utf8_character(text, strnlen(text, LONGEST_CHARACTER), &code_point);

		if (size > 0 && code_point >= 0x7f && utf8_steers_terminal(code_point))
			out += sprintf(out, "\\u%04x", (unsigned)code_point);
		else
			out = mempcpy(out, text, size > 0 ? size : 1);
		text += size > 0 ? size : 1;
	}
	if (escaped != NULL)
		*out = '\0';
	return escaped;
}

#define DEEPEST_INDENTED 8 /* our own records are half as deep */

static bool is_deeper(const json_t *tree, size_t levels)
{
	const char *key;
	size_t index;
	json_t *value;

	if (!json_is_object(tree) && !json_is_array(tree))
		return false;
	if (levels == 0)
		return true;
	json_object_foreach((json_t *)(uintptr_t)tree, key, value)
		if (is_deeper(value, levels - 1))
			return true;
	json_array_foreach((json_t *)(uintptr_t)tree, index, value)
		if (is_deeper(value, levels - 1))
			return true;
	return false;
}

/* What somebody else put into a record may be nested a thousand times: indented, its 60 KB would be 100 MB. */
static size_t without_deep_indent(const json_t *tree, size_t flags)
{
	return is_deeper(tree, DEEPEST_INDENTED) ? flags & ~(size_t)JSON_MAX_INDENT : flags;
}

char *json_output_text(const json_t *tree, size_t flags)
{
	char *text = json_dumps(tree, without_deep_indent(tree, flags) | JSON_ENCODE_ANY);
	size_t count = text != NULL ? count_steering(text) : 0;
	char *escaped;

	if (count == 0)
		return text;
	escaped = escape(text, count);
	free(text);
	return escaped;
}

int json_output_print(const json_t *tree, size_t flags, FILE *out, struct lifecycle_error *error)
{
	char *text = json_output_text(tree, flags);

	if (text == NULL)
		return error_no_memory(error);
	fputs(text, out);
	free(text);
	return 0;
}

/* ---- an array ---- */

void json_output_array_add(struct json_output_array *array, const char *text)
{
	fputs(array->has_elements ? ",\n" : "[\n", array->out);
	array->has_elements = true;
	/* a line's end in a string is escaped, so those that are not are the indent's */
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		fprintf(array->out, "  %.*s", (int)length, text);
		if (text[length] == '\n')
			putc(text[length++], array->out);
		text += length;
	}
}

void json_output_array_end(const struct json_output_array *array)
{
	fputs(array->has_elements ? "\n]\n" : "[]\n", array->out);
}
