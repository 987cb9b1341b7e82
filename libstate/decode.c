/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "codec.h"
#include "json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- decoding ---- */

static int decode_object(const struct record_layout *layout, json_t *json, void *object,
	struct lifecycle_error *error);

static int bad_value(
	const struct record_field *field, const char *expected, struct lifecycle_error *error)
{
	return error_set(error, LIFECYCLE_ERROR_CORRUPT, "'%s' is not %s", field->key, expected);
}

static int decode_text(
	const struct record_field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	if (!json_is_string(json))
		return bad_value(field, "a string", error);
	return record_set_text(at, json_string_value(json), error);
}

static int decode_texts(
	const struct record_field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	const char *texts[DEFAULTS_MAX_ARGUMENTS + 1] = { NULL };
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return bad_value(field, "an array", error);
	json_array_foreach(json, index, item) {
		if (!json_is_string(item))
			return bad_value(field, "an array of strings", error);
		if (index < DEFAULTS_MAX_ARGUMENTS)
			texts[index] = json_string_value(item);
	}
	return record_set_texts(at, texts, error);
}

static int decode_integer(
	const struct record_field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	int64_t value = json_integer_value(json);

	if (!json_is_integer(json))
		return bad_value(field, "an integer", error);
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int decode_time(
	const struct record_field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	int64_t time;

	if (!json_is_string(json) || !lifecycle_time_parse(json_string_value(json), &time))
		return bad_value(field, "an RFC 3339 time", error);
	memcpy(at, &time, sizeof(time));
	return 0;
}

static int decode_name(
	const struct record_field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	int value = names_value(field->names, json_string_value(json));

	if (value == 0)
		return bad_value(field, "one of its words", error);
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int decode_flag(
	const struct record_field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	bool value = json_is_true(json);

	if (!json_is_boolean(json))
		return bad_value(field, "true or false", error);
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int decode_truth(
	const struct record_field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	enum lifecycle_truth value =
		json_is_true(json) ? LIFECYCLE_TRUTH_TRUE : LIFECYCLE_TRUTH_FALSE;

	if (!json_is_boolean(json))
		return bad_value(field, "true or false", error);
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int decode_array(const struct record_field *field, json_t *json,
	struct lifecycle_record *record, struct lifecycle_error *error)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return bad_value(field, "an array", error);
	json_array_foreach(json, index, item) {
		void *entry = record_array_add(field->array, record);

		if (decode_object(field->array->layout, item, entry, error) < 0)
			return error_wrap(error, "'%s'[%zu]", field->key, index);
	}
	return 0;
}

static int decode_annotations(const struct record_field *field, json_t *json,
	struct lifecycle_record *record, struct lifecycle_error *error)
{
	const char *key;
	json_t *value;

	if (!json_is_object(json))
		return bad_value(field, "an object", error);
	json_object_foreach(json, key, value) {
		if (!json_is_string(value))
			return bad_value(field, "an object of strings", error);
		if (record_set_annotation(record, key, json_string_value(value), error) < 0)
			return -1;
	}
	return 0;
}

static int decode_field(
	const struct record_field *field, json_t *json, void *object, struct lifecycle_error *error)
{
	void *at = (char *)object + field->offset;

	if (json_is_null(json))
		return 0;
	switch (field->kind) {
	case RECORD_FIELD_TEXT:
		return decode_text(field, json, at, error);
	case RECORD_FIELD_TEXTS:
		return decode_texts(field, json, at, error);
	case RECORD_FIELD_INTEGER:
		return decode_integer(field, json, at, error);
	case RECORD_FIELD_TIME:
		return decode_time(field, json, at, error);
	case RECORD_FIELD_NAME:
		return decode_name(field, json, at, error);
	case RECORD_FIELD_FLAG:
	case RECORD_FIELD_FLAG_ALWAYS:
		return decode_flag(field, json, at, error);
	case RECORD_FIELD_TRUTH:
		return decode_truth(field, json, at, error);
	case RECORD_FIELD_ARRAY:
		return decode_array(field, json, object, error);
	case RECORD_FIELD_ANNOTATIONS:
		return decode_annotations(field, json, object, error);
	case RECORD_FIELD_GROUP:
		break;
	}
	return 0;
}

static int keep_extra(const struct record_layout *layout, json_t *extra, void *object,
	struct lifecycle_error *error)
{
	const char **slot = (const char **)(void *)((char *)object + layout->extra_offset);
	char *text;
	size_t length;

	if (json_object_size(extra) == 0)
		return 0;
	if (json_write_text(extra, &text, &length, error) < 0)
		return -1;
	*slot = text;
	return 0;
}

static int decode_members(const struct record_layout *layout, json_t *json, void *object,
	json_t *extra, struct lifecycle_error *error)
{
	const char *key;
	json_t *value;

	json_object_foreach(json, key, value) {
		size_t offset;
		const struct record_field *field = record_find_field(layout, key, &offset);

		if (field == NULL) {
			if (json_object_set(extra, key, value) < 0)
				return error_no_memory(error);
		} else if (decode_field(field, value, (char *)object + offset, error) < 0) {
			return -1;
		}
	}
	return keep_extra(layout, extra, object, error);
}

static int decode_object(const struct record_layout *layout, json_t *json, void *object,
	struct lifecycle_error *error)
{
	json_t *extra;
	int result;

	if (!json_is_object(json))
		return error_set(error, LIFECYCLE_ERROR_CORRUPT, "not a JSON object");
	extra = json_object();
	if (extra == NULL)
		return error_no_memory(error);
	result = decode_members(layout, json, object, extra, error);
	json_decref(extra);
	return result;
}

static int check_version(const struct lifecycle_record *record, struct lifecycle_error *error)
{
	if (record->version == LIFECYCLE_UNKNOWN || record->version == RECORD_VERSION)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_CORRUPT, "version %lld is not %d",
		(long long)record->version, RECORD_VERSION);
}

/* Of which process it would be nobody could tell: a living one must not look stopped because of it. */
static int check_status(const struct lifecycle_record *record, struct lifecycle_error *error)
{
	if (record->current.status == LIFECYCLE_STATUS_NONE ||
		record->current.generation != LIFECYCLE_UNKNOWN)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_CORRUPT, "there is a status, but no generation");
}

int lifecycle_record_decode(const char *text, size_t length, struct lifecycle_record **ret_record,
	struct lifecycle_error *error)
{
	json_t *json = json_read_text(
		text, length, JSON_REJECT_DUPLICATES, LIFECYCLE_ERROR_CORRUPT, error);
	struct lifecycle_record *record = NULL;
	int result = -1;

	if (json == NULL)
		return -1;
	record = record_new();
	if (record == NULL)
		(void)error_no_memory(error);
	else
		result = decode_object(&record_layout, json, record, error);
	json_decref(json);
	if (result == 0)
		result = check_version(record, error);
	if (result == 0)
		result = check_status(record, error);
	if (result == 0)
		*ret_record = record;
	else
		lifecycle_record_free(record);
	return result;
}
