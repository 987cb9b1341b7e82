/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/template_functions.h"
#include "base/error.h"
#include "base/text_stream.h"
#include "cli/format.h"
#include "query/output/json_output.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ANY_NUMBER ((size_t)-1)
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))

/* ---- values ---- */

bool template_functions_is_true(const json_t *value)
{
	switch (value != NULL ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		return json_string_length(value) > 0;
	case JSON_INTEGER:
		return json_integer_value(value) != 0;
	case JSON_ARRAY:
		return json_array_size(value) > 0;
	case JSON_OBJECT:
		return json_object_size(value) > 0;
	case JSON_NULL:
	case JSON_FALSE:
		return false;
	default:
		return true;
	}
}

int template_functions_write(const json_t *value, const struct template_values *style, FILE *out)
{
	size_t flags = JSON_COMPACT | (style->ascii ? JSON_ENSURE_ASCII : 0);

	if (value == NULL || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return json_output_print(value, flags, out, style->error);
	if (style->escape)
		format_escaped(out, json_string_value(value));
	else
		fputs(json_string_value(value), out);
	return 0;
}

static int wrong(const struct template_values *values, const char *function, const char *wants)
{
	return error_set(values->error, LIFECYCLE_ERROR_INVALID,
		"the template's function '%s' takes %s", function, wants);
}

static int give(const struct template_values *values, json_t *result, json_t **ret_result)
{
	*ret_result = result;
	return result != NULL ? 0 : error_no_memory(values->error);
}

/* Of a text that is known; "" of one that is not. NULL: it is none. */
static const char *text_at(const struct template_values *values, size_t index)
{
	const json_t *value = values->items[index];

	return json_is_null(value) ? "" : json_string_value(value);
}

/* ---- a text from values ---- */

struct writer {
	char *text;
	size_t size;
	FILE *out;
};

static int writer_open(struct writer *writer, const struct template_values *values)
{
	*writer = (struct writer){ 0 };
	writer->out = text_stream_open(&writer->text, &writer->size);
	return writer->out != NULL ? 0 : error_no_memory(values->error);
}

static int writer_give(struct writer *writer, const struct template_values *values, int result,
	json_t **ret_result)
{
	if (fclose(writer->out) != 0 && result == 0)
		result = error_no_memory(values->error);
	if (result == 0)
		result = give(values, json_stringn(writer->text, writer->size), ret_result);
	free(writer->text);
	return result;
}

static int call_json(const struct template_values *values, json_t **ret_result)
{
	char *text = json_output_text(
		values->items[0], JSON_COMPACT | (values->ascii ? JSON_ENSURE_ASCII : 0));
	int result = give(values, text != NULL ? json_string(text) : NULL, ret_result);

	free(text);
	return result;
}

/* Go puts a blank between two of which neither is a text. */
static int call_print(const struct template_values *values, json_t **ret_result)
{
	struct writer writer;
	int result = 0;

	if (writer_open(&writer, values) < 0)
		return -1;
	for (size_t i = 0; i < values->count && result == 0; i++) {
		if (i > 0 && !json_is_string(values->items[i]) &&
			!json_is_string(values->items[i - 1]))
			putc(' ', writer.out);
		result = template_functions_write(values->items[i], values, writer.out);
	}
	return writer_give(&writer, values, result, ret_result);
}

static int call_println(const struct template_values *values, json_t **ret_result)
{
	struct writer writer;
	int result = 0;

	if (writer_open(&writer, values) < 0)
		return -1;
	for (size_t i = 0; i < values->count && result == 0; i++) {
		fputs(i > 0 ? " " : "", writer.out);
		result = template_functions_write(values->items[i], values, writer.out);
	}
	putc('\n', writer.out);
	return writer_give(&writer, values, result, ret_result);
}

/* It may be a value, too, which must not steer a terminal; but the ends of lines and cells that were typed stay. */
static void put_separator(const char *text, bool escape, FILE *out)
{
	size_t size;

	for (; escape && *text != '\0'; text += size) {
		size_t steering = *text != '\n' && *text != '\t' ? format_steering(text) : 0;
		char one[8] = "";

		size = steering > 0 ? steering : 1;
		memcpy(one, text, size);
		if (steering > 0)
			format_escaped(out, one);
		else
			fputs(one, out);
	}
	fputs(text, out);
}

static int call_join(const struct template_values *values, json_t **ret_result)
{
	const json_t *list = values->items[0];
	const char *separator = text_at(values, 1);
	struct writer writer;
	int result = 0;

	if ((!json_is_array(list) && !json_is_null(list)) || separator == NULL)
		return wrong(values, "join", "a list and a text");
	if (writer_open(&writer, values) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list) && result == 0; i++) {
		put_separator(i > 0 ? separator : "", values->escape, writer.out);
		result = template_functions_write(json_array_get(list, i), values, writer.out);
	}
	return writer_give(&writer, values, result, ret_result);
}

/* ---- a text from a text ---- */

static int change(const struct template_values *values, const char *name,
	void (*each)(char *text, size_t at), json_t **ret_result)
{
	const char *text = text_at(values, 0);
	char *copy;
	int result;

	if (text == NULL)
		return wrong(values, name, "a text");
	copy = strdup(text);
	for (size_t i = 0; copy != NULL && copy[i] != '\0'; i++)
		each(copy, i);
	result = give(values, copy != NULL ? json_string(copy) : NULL, ret_result);
	free(copy);
	return result;
}

static void raise_letter(char *text, size_t at)
{
	text[at] = (char)toupper((unsigned char)text[at]);
}

static void lower_letter(char *text, size_t at)
{
	text[at] = (char)tolower((unsigned char)text[at]);
}

static void raise_first_letter(char *text, size_t at)
{
	if (at == 0 || text[at - 1] == ' ')
		raise_letter(text, at);
}

static int call_upper(const struct template_values *values, json_t **ret_result)
{
	return change(values, "upper", raise_letter, ret_result);
}

static int call_lower(const struct template_values *values, json_t **ret_result)
{
	return change(values, "lower", lower_letter, ret_result);
}

static int call_title(const struct template_values *values, json_t **ret_result)
{
	return change(values, "title", raise_first_letter, ret_result);
}

/* From `first` to before `last`; what would be half a character is left out. */
static int give_part(const struct template_values *values, const char *text, size_t first,
	size_t last, json_t **ret_result)
{
	while (first < last && ((unsigned char)text[first] & 0xc0) == 0x80)
		first++;
	while (last > first && ((unsigned char)text[last] & 0xc0) == 0x80)
		last--;
	return give(values, json_stringn(text + first, last - first), ret_result);
}

static int call_truncate(const struct template_values *values, json_t **ret_result)
{
	const char *text = text_at(values, 0);
	json_int_t most = json_integer_value(values->items[1]);

	if (text == NULL || !json_is_integer(values->items[1]) || most < 0)
		return wrong(values, "truncate", "a text and a number");
	return give_part(values, text, 0, strnlen(text, (size_t)most), ret_result);
}

static int call_slice(const struct template_values *values, json_t **ret_result)
{
	const char *text = text_at(values, 0);
	json_int_t length = text != NULL ? (json_int_t)strlen(text) : 0;
	json_int_t bounds[] = { 0, length };

	for (size_t i = 1; i < values->count; i++) {
		if (!json_is_integer(values->items[i]))
			text = NULL;
		bounds[i - 1] = json_integer_value(values->items[i]);
	}
	if (text != NULL && text[0] == '\0')
		return give(values, json_string(""), ret_result);
	if (text == NULL || bounds[0] < 0 || bounds[0] > bounds[1] || bounds[1] > length)
		return wrong(values, "slice", "a text and where its part begins and ends");
	return give_part(values, text, (size_t)bounds[0], (size_t)bounds[1], ret_result);
}

static int call_split(const struct template_values *values, json_t **ret_result)
{
	const char *text = text_at(values, 0);
	const char *separator = text_at(values, 1);
	json_t *list;

	if (text == NULL || separator == NULL || separator[0] == '\0')
		return wrong(values, "split", "two texts");
	list = json_array();
	for (const char *end; list != NULL && (end = strstr(text, separator)) != NULL;
		text = end + strlen(separator))
		(void)json_array_append_new(list, json_stringn(text, (size_t)(end - text)));
	(void)json_array_append_new(list, json_string(text));
	return give(values, list, ret_result);
}

/* ---- what is in a value ---- */

static int call_len(const struct template_values *values, json_t **ret_result)
{
	const json_t *value = values->items[0];
	size_t length;

	if (json_is_array(value))
		length = json_array_size(value);
	else if (json_is_object(value))
		length = json_object_size(value);
	else if (json_is_string(value) || json_is_null(value))
		length = json_string_length(value);
	else
		return wrong(values, "len", "a text, a list or an object");
	return give(values, json_integer((json_int_t)length), ret_result);
}

static json_t *element(const json_t *value, const json_t *key)
{
	char number[24];

	if (json_is_array(value))
		return json_is_integer(key) && json_integer_value(key) >= 0
			       ? json_array_get(value, (size_t)json_integer_value(key))
			       : NULL;
	if (json_is_string(key))
		return json_object_get(value, json_string_value(key));
	snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(key));
	return json_is_integer(key) ? json_object_get(value, number) : NULL;
}

static int call_index(const struct template_values *values, json_t **ret_result)
{
	json_t *value = values->items[0];

	for (size_t i = 1; i < values->count; i++)
		value = element(value, values->items[i]);
	*ret_result = value != NULL ? json_incref(value) : json_null();
	return 0;
}

/* ---- the table ---- */

static const struct template_function functions[] = {
	{ "json", 1, 1, .call = call_json },
	{ "index", 1, ANY_NUMBER, .call = call_index },
	{ "len", 1, 1, .call = call_len },
	{ "upper", 1, 1, .call = call_upper },
	{ "lower", 1, 1, .call = call_lower },
	{ "title", 1, 1, .call = call_title },
	{ "truncate", 2, 2, .call = call_truncate },
	{ "slice", 1, 3, .call = call_slice },
	{ "split", 2, 2, .call = call_split },
	{ "join", 2, 2, true, call_join },
	{ "print", 0, ANY_NUMBER, true, call_print },
	{ "println", 0, ANY_NUMBER, true, call_println },
	{ "printf", 1, ANY_NUMBER, true, template_printf },
	{ "and", 1, ANY_NUMBER, .call = template_and },
	{ "or", 1, ANY_NUMBER, .call = template_or },
	{ "not", 1, 1, .call = template_not },
	{ "eq", 2, ANY_NUMBER, .call = template_eq },
	{ "ne", 2, 2, .call = template_ne },
	{ "lt", 2, 2, .call = template_lt },
	{ "le", 2, 2, .call = template_le },
	{ "gt", 2, 2, .call = template_gt },
	{ "ge", 2, 2, .call = template_ge },
};

const struct template_function *template_functions_find(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT(functions); i++)
		if (strlen(functions[i].name) == length &&
			strncmp(functions[i].name, name, length) == 0)
			return &functions[i];
	return NULL;
}

int template_functions_refuse(const char *name, size_t length, struct lifecycle_error *error)
{
	char known[256] = "";

	for (size_t i = 0; i < COUNT(functions); i++) {
		strcat(known, i > 0 ? ", " : "");
		strcat(known, functions[i].name);
	}
	return error_set(error, LIFECYCLE_ERROR_INVALID,
		"'%.*s' in the template is neither a key, which begins with a dot, nor a function: "
		"known are %s",
		(int)length, name, known);
}

int template_functions_call(const struct template_function *function,
	const struct template_values *values, json_t **ret_result)
{
	if (values->count < function->least || values->count > function->most)
		return error_set(values->error, LIFECYCLE_ERROR_INVALID,
			"the template's function '%s' takes another number of values than %zu",
			function->name, values->count);
	return function->call(values, ret_result);
}
