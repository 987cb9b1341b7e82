/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "bound.h"
#include "codec.h"
#include "json.h"
#include "sized.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *encode_object(const struct record_layout *layout, const void *object);

static json_t *encode_integer(int64_t value)
{
	return value == LIFECYCLE_UNKNOWN ? json_null() : json_integer(value);
}

static json_t *encode_time(int64_t time)
{
	char text[LIFECYCLE_TIME_SIZE];

	lifecycle_time_format(time, text);
	return text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *encode_text(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *encode_truth(enum lifecycle_truth value)
{
	return value == LIFECYCLE_TRUTH_NONE ? json_null()
					     : json_boolean(value == LIFECYCLE_TRUTH_TRUE);
}

static json_t *encode_texts(const char *const *texts)
{
	json_t *array = texts != NULL ? json_array() : json_null();

	for (; texts != NULL && *texts != NULL && array != NULL; texts++) {
		if (json_array_append_new(array, json_string(*texts)) == 0)
			continue;
		json_decref(array);
		array = NULL;
	}
	return array;
}

static json_t *encode_array(const struct record_array *array, const struct lifecycle_record *record)
{
	size_t count = record_array_count(array, record);
	json_t *json = count > 0 ? json_array() : json_null();

	for (size_t i = 0; i < count && json != NULL; i++) {
		if (json_array_append_new(json, encode_object(array->layout,
							record_array_entry(array, record, i))) == 0)
			continue;
		json_decref(json);
		json = NULL;
	}
	return json;
}

static json_t *encode_annotations(const struct lifecycle_record *record)
{
	json_t *object = record->annotation_count > 0 ? json_object() : json_null();

	for (size_t i = 0; i < record->annotation_count && object != NULL; i++) {
		const struct record_annotation *annotation = &record->annotations[i];

		if (json_object_set_new(object, annotation->key, encode_text(annotation->value)) ==
			0)
			continue;
		json_decref(object);
		object = NULL;
	}
	return object;
}

/* null for what is unknown, NULL if memory is out. */
static json_t *encode_field(const struct record_field *field, const void *object)
{
	const void *at = (const char *)object + field->offset;

	switch (field->kind) {
	case RECORD_FIELD_TEXT:
		return encode_text(*(const char *const *)at);
	case RECORD_FIELD_TEXTS:
		return encode_texts(*(const char *const *const *)at);
	case RECORD_FIELD_INTEGER:
		return encode_integer(*(const int64_t *)at);
	case RECORD_FIELD_TIME:
		return encode_time(*(const int64_t *)at);
	case RECORD_FIELD_NAME:
		return encode_text(names_word(field->names, *(const int *)at));
	case RECORD_FIELD_FLAG:
		return *(const bool *)at ? json_true() : json_null();
	case RECORD_FIELD_FLAG_ALWAYS:
		return json_boolean(*(const bool *)at);
	case RECORD_FIELD_TRUTH:
		return encode_truth(*(const enum lifecycle_truth *)at);
	case RECORD_FIELD_ARRAY:
		return encode_array(field->array, object);
	case RECORD_FIELD_ANNOTATIONS:
		return encode_annotations(object);
	case RECORD_FIELD_GROUP:
		return encode_object(field->group, at);
	}
	return NULL;
}

static int put_member(json_t *json, const char *key, json_t *value)
{
	if (value == NULL)
		return -1;
	if (!json_is_null(value))
		return json_object_set_new(json, key, value);
	json_decref(value);
	return 0;
}

static int put_group(json_t *json, json_t *group)
{
	int result = group != NULL ? json_object_update(json, group) : -1;

	json_decref(group);
	return result;
}

/* json_object_update_missing() does not say when it fails. */
static int put_missing(json_t *json, json_t *extra)
{
	const char *key;
	json_t *value;

	json_object_foreach(extra, key, value)
		if (json_object_get(json, key) == NULL && json_object_set(json, key, value) < 0)
			return -1;
	return 0;
}

static int put_extra(json_t *json, const char *text)
{
	json_t *extra;
	int result;

	if (text == NULL)
		return 0;
	extra = json_read_text(text, strlen(text), 0, LIFECYCLE_ERROR_CORRUPT, NULL);
	result = extra != NULL ? put_missing(json, extra) : -1;
	json_decref(extra);
	return result;
}

static int put_fields(const struct record_layout *layout, const void *object, json_t *json)
{
	for (size_t i = 0; i < layout->field_count; i++) {
		const struct record_field *field = &layout->fields[i];
		json_t *value = encode_field(field, object);
		int result = field->kind == RECORD_FIELD_GROUP
				     ? put_group(json, value)
				     : put_member(json, field->key, value);

		if (result < 0)
			return -1;
	}
	if (layout->extra_offset == RECORD_NO_EXTRA)
		return 0;
	return put_extra(json,
		*(const char *const *)(const void *)((const char *)object + layout->extra_offset));
}

static json_t *encode_object(const struct record_layout *layout, const void *object)
{
	json_t *json = json_object();

	if (json != NULL && put_fields(layout, object, json) < 0) {
		json_decref(json);
		json = NULL;
	}
	return json;
}

/* Hardly any record is too long: so it is shortened, and written once more, only when that is seen. */
static int write_bounded(
	json_t *json, char **ret_text, size_t *ret_length, struct lifecycle_error *error)
{
	char *text;
	size_t length;

	if (json_write_text(json, &text, &length, error) < 0)
		return -1;
	if (length > LIFECYCLE_RECORD_LIMIT) {
		free(text);
		bound_apply(json);
		return json_write_text(json, ret_text, ret_length, error);
	}
	*ret_text = text;
	*ret_length = length;
	return 0;
}

int lifecycle_record_encode(const struct lifecycle_record *record,
	const struct lifecycle_observed *observed, char **ret_text, size_t *ret_length,
	struct lifecycle_error *error)
{
	struct lifecycle_observed full = { .size = sizeof(full),
		.started_at = LIFECYCLE_UNKNOWN,
		.pid = LIFECYCLE_UNKNOWN,
		.exit_code = LIFECYCLE_UNKNOWN,
		.exit_signal = LIFECYCLE_UNKNOWN };
	json_t *json;
	int result;

	if (observed != NULL &&
		sized_read(&full, observed, SIZED_FIRST(struct lifecycle_observed, create_error),
			error) < 0)
		return -1;
	json = encode_object(&record_layout, record);
	if (json == NULL ||
		(observed != NULL && json_object_set_new(json, "observed",
					     encode_object(&observed_layout, &full)) < 0))
		result = error_no_memory(error);
	else
		result = write_bounded(json, ret_text, ret_length, error);
	json_decref(json);
	return result;
}
