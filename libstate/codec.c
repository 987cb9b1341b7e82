/* SPDX-License-Identifier: Apache-2.0 */
#include "codec.h"
#include "error.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- parsing ---- */

#define OPENING "[\""
#define MIDDLE  "\","
#define CLOSING "]"

/* No string, number or word of the text is longer, with its quotes. */
static size_t longest_token(const char *text, size_t length)
{
	size_t longest = 0;
	size_t from = 0;
	bool in_string = false;

	for (size_t i = 0; i < length; i++) {
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (!in_string && strchr(" \t\r\n{}[],:", text[i]) != NULL)
			from = i;
		if (i - from > longest)
			longest = i - from;
	}
	return longest + 2;
}

/*
 * jansson 2.14 keeps the token that it reads in a buffer that grows, and goes on when that fails: a byte is lost, in
 * silence, and if that is the quote at the end it reads and writes past its memory. So the text is put behind a string
 * that is longer than any token in it: what grows grows there, where it is seen, and never at its last quote (the
 * buffer is full at 15, 31, 63 bytes).
 */
static size_t padding_for(const char *text, size_t length)
{
	return (longest_token(text, length) | 15) + 9;
}

static char *with_padding(const char *text, size_t length, size_t padding, size_t *ret_length)
{
	size_t all = strlen(OPENING MIDDLE CLOSING) + padding + length;
	char *padded = malloc(all + 1);
	char *at = padded;

	if (padded == NULL)
		return NULL;
	at = mempcpy(at, OPENING, strlen(OPENING));
	at = (char *)memset(at, ' ', padding) + padding;
	at = mempcpy(at, MIDDLE, strlen(MIDDLE));
	at = mempcpy(at, text, length);
	(void)strcpy(at, CLOSING);
	*ret_length = all;
	return padded;
}

static void say_no(const json_error_t *problem, size_t before, size_t length,
	enum lifecycle_error_code bad, struct lifecycle_error *error)
{
	size_t at = problem->position > 0 ? (size_t)problem->position : 0;

	at = at > before ? at - before : 0;
	(void)error_set(error, bad, "%s near byte %zu", problem->text, at < length ? at : length);
}

/* What stands behind the padding. */
static json_t *take_second(
	json_t *both, size_t padding, enum lifecycle_error_code bad, struct lifecycle_error *error)
{
	json_t *json = NULL;

	if (json_string_length(json_array_get(both, 0)) != padding)
		(void)error_no_memory(error);
	else if (json_array_size(both) != 2)
		(void)error_set(error, bad, "more than one value");
	else
		json = json_incref(json_array_get(both, 1));
	json_decref(both);
	return json;
}

json_t *codec_parse(const char *text, size_t length, size_t flags, enum lifecycle_error_code bad,
	struct lifecycle_error *error)
{
	size_t padding = padding_for(text, length);
	size_t padded_length;
	char *padded = with_padding(text, length, padding, &padded_length);
	json_error_t problem;
	json_t *both = NULL;
	bool no_memory = padded == NULL;

	if (padded != NULL) {
		errno = 0;
		both = json_loadb(padded, padded_length, flags | JSON_REJECT_DUPLICATES, &problem);
		/* jansson says nothing of that, or that the syntax is bad */
		no_memory = both == NULL && errno == ENOMEM;
		free(padded);
	}
	if (both != NULL)
		return take_second(both, padding, bad, error);
	if (no_memory)
		(void)error_no_memory(error);
	else
		say_no(&problem, strlen(OPENING MIDDLE) + padding, length, bad, error);
	return NULL;
}

/* ---- writing JSON ---- */

struct buffer {
	char *bytes;
	size_t length;
	size_t capacity;
	bool failed;
};

/* jansson goes on after a failed callback at times, and says that it succeeded: so it is sticky. */
static int append(const char *bytes, size_t length, void *data)
{
	struct buffer *buffer = data;

	if (!buffer->failed && length >= buffer->capacity - buffer->length) {
		size_t capacity = (buffer->length + length + 1) * 2;
		char *larger = realloc(buffer->bytes, capacity);

		buffer->failed = larger == NULL;
		if (larger != NULL) {
			buffer->bytes = larger;
			buffer->capacity = capacity;
		}
	}
	if (buffer->failed)
		return -1;
	memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
	return 0;
}

static bool reads_back(const struct buffer *buffer, json_t *json)
{
	json_t *again =
		codec_parse(buffer->bytes, buffer->length, 0, LIFECYCLE_ERROR_CORRUPT, NULL);
	bool equal = again != NULL && json_equal(again, json);

	json_decref(again);
	return equal;
}

static int write_text(
	json_t *json, char **ret_text, size_t *ret_length, struct lifecycle_error *error)
{
	struct buffer buffer = { .capacity = 4096 };

	buffer.bytes = malloc(buffer.capacity);
	if (buffer.bytes == NULL)
		return error_no_memory(error);
	if (json_dump_callback(json, append, &buffer, JSON_COMPACT) < 0 || buffer.failed ||
		!reads_back(&buffer, json)) {
		free(buffer.bytes);
		return error_no_memory(error);
	}
	*ret_text = buffer.bytes;
	*ret_length = buffer.length;
	return 0;
}

/* ---- decoding ---- */

static int decode_object(
	const struct shape *shape, json_t *json, void *object, struct lifecycle_error *error);

static int bad_value(const struct field *field, const char *expected, struct lifecycle_error *error)
{
	return error_set(error, LIFECYCLE_ERROR_CORRUPT, "'%s' is not %s", field->key, expected);
}

static int decode_text(
	const struct field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	if (!json_is_string(json))
		return bad_value(field, "a string", error);
	return record_set_text(at, json_string_value(json), error);
}

static int decode_integer(
	const struct field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	int64_t value = json_integer_value(json);

	if (!json_is_integer(json))
		return bad_value(field, "an integer", error);
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int decode_time(
	const struct field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	int64_t time;

	if (!json_is_string(json) || !lifecycle_time_parse(json_string_value(json), &time))
		return bad_value(field, "an RFC 3339 time", error);
	memcpy(at, &time, sizeof(time));
	return 0;
}

static int decode_name(
	const struct field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	int value = names_value(field->names, json_string_value(json));

	if (value == 0)
		return bad_value(field, "one of its words", error);
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int decode_flag(
	const struct field *field, json_t *json, void *at, struct lifecycle_error *error)
{
	bool value = json_is_true(json);

	if (!json_is_boolean(json))
		return bad_value(field, "true or false", error);
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int decode_list(const struct field *field, json_t *json, struct lifecycle_record *record,
	struct lifecycle_error *error)
{
	size_t index;
	json_t *item;

	if (!json_is_array(json))
		return bad_value(field, "an array", error);
	json_array_foreach(json, index, item) {
		void *entry = list_add(field->list, record);

		if (decode_object(field->list->shape, item, entry, error) < 0)
			return error_wrap(error, "'%s'[%zu]", field->key, index);
	}
	return 0;
}

static int decode_annotations(const struct field *field, json_t *json,
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
	const struct field *field, json_t *json, void *object, struct lifecycle_error *error)
{
	void *at = (char *)object + field->offset;

	if (json_is_null(json))
		return 0;
	switch (field->kind) {
	case FIELD_TEXT:
		return decode_text(field, json, at, error);
	case FIELD_INTEGER:
		return decode_integer(field, json, at, error);
	case FIELD_TIME:
		return decode_time(field, json, at, error);
	case FIELD_NAME:
		return decode_name(field, json, at, error);
	case FIELD_FLAG:
	case FIELD_FLAG_ALWAYS:
		return decode_flag(field, json, at, error);
	case FIELD_LIST:
		return decode_list(field, json, object, error);
	case FIELD_ANNOTATIONS:
		return decode_annotations(field, json, object, error);
	case FIELD_GROUP:
		break;
	}
	return 0;
}

/* The field of a key, and the object that it is in: a group's fields are among its shape's. */
static const struct field *find_field(const struct shape *shape, const char *key, void **object)
{
	for (size_t i = 0; i < shape->field_count; i++) {
		const struct field *field = &shape->fields[i];

		if (field->kind == FIELD_GROUP) {
			void *group = (char *)*object + field->offset;
			const struct field *found = find_field(field->group, key, &group);

			if (found != NULL) {
				*object = group;
				return found;
			}
		} else if (strcmp(field->key, key) == 0) {
			return field;
		}
	}
	return NULL;
}

static int keep_extra(
	const struct shape *shape, json_t *extra, void *object, struct lifecycle_error *error)
{
	const char **slot = (const char **)(void *)((char *)object + shape->extra_offset);
	char *text;
	size_t length;

	if (json_object_size(extra) == 0)
		return 0;
	if (write_text(extra, &text, &length, error) < 0)
		return -1;
	*slot = text;
	return 0;
}

static int decode_members(const struct shape *shape, json_t *json, void *object, json_t *extra,
	struct lifecycle_error *error)
{
	const char *key;
	json_t *value;

	json_object_foreach(json, key, value) {
		void *holder = object;
		const struct field *field = find_field(shape, key, &holder);

		if (field == NULL) {
			if (json_object_set(extra, key, value) < 0)
				return error_no_memory(error);
		} else if (decode_field(field, value, holder, error) < 0) {
			return -1;
		}
	}
	return keep_extra(shape, extra, object, error);
}

static int decode_object(
	const struct shape *shape, json_t *json, void *object, struct lifecycle_error *error)
{
	json_t *extra;
	int result;

	if (!json_is_object(json))
		return error_set(error, LIFECYCLE_ERROR_CORRUPT, "not a JSON object");
	extra = json_object();
	if (extra == NULL)
		return error_no_memory(error);
	result = decode_members(shape, json, object, extra, error);
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

int lifecycle_record_decode(const char *text, size_t length, struct lifecycle_record **ret_record,
	struct lifecycle_error *error)
{
	json_t *json = codec_parse(text, length, 0, LIFECYCLE_ERROR_CORRUPT, error);
	struct lifecycle_record *record = NULL;
	int result = -1;

	if (json == NULL)
		return -1;
	record = record_new();
	if (record == NULL)
		(void)error_no_memory(error);
	else
		result = decode_object(&record_shape, json, record, error);
	json_decref(json);
	if (result == 0)
		result = check_version(record, error);
	if (result == 0)
		*ret_record = record;
	else
		lifecycle_record_free(record);
	return result;
}

/* ---- encoding ---- */

static json_t *encode_object(const struct shape *shape, const void *object);

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

static json_t *encode_list(const struct list *list, const struct lifecycle_record *record)
{
	size_t count = list_count(list, record);
	json_t *array = count > 0 ? json_array() : json_null();

	for (size_t i = 0; i < count && array != NULL; i++) {
		if (json_array_append_new(
			    array, encode_object(list->shape, list_entry(list, record, i))) == 0)
			continue;
		json_decref(array);
		array = NULL;
	}
	return array;
}

static json_t *encode_annotations(const struct lifecycle_record *record)
{
	json_t *object = record->annotation_count > 0 ? json_object() : json_null();

	for (size_t i = 0; i < record->annotation_count && object != NULL; i++) {
		const struct annotation *annotation = &record->annotations[i];

		if (json_object_set_new(object, annotation->key, encode_text(annotation->value)) ==
			0)
			continue;
		json_decref(object);
		object = NULL;
	}
	return object;
}

/* null for what is unknown, NULL if memory is out. */
static json_t *encode_field(const struct field *field, const void *object)
{
	const void *at = (const char *)object + field->offset;

	switch (field->kind) {
	case FIELD_TEXT:
		return encode_text(*(const char *const *)at);
	case FIELD_INTEGER:
		return encode_integer(*(const int64_t *)at);
	case FIELD_TIME:
		return encode_time(*(const int64_t *)at);
	case FIELD_NAME:
		return encode_text(names_word(field->names, *(const int *)at));
	case FIELD_FLAG:
		return *(const bool *)at ? json_true() : json_null();
	case FIELD_FLAG_ALWAYS:
		return json_boolean(*(const bool *)at);
	case FIELD_LIST:
		return encode_list(field->list, object);
	case FIELD_ANNOTATIONS:
		return encode_annotations(object);
	case FIELD_GROUP:
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
	extra = codec_parse(text, strlen(text), 0, LIFECYCLE_ERROR_CORRUPT, NULL);
	result = extra != NULL ? put_missing(json, extra) : -1;
	json_decref(extra);
	return result;
}

static int put_fields(const struct shape *shape, const void *object, json_t *json)
{
	for (size_t i = 0; i < shape->field_count; i++) {
		const struct field *field = &shape->fields[i];
		json_t *value = encode_field(field, object);
		int result = field->kind == FIELD_GROUP ? put_group(json, value)
							: put_member(json, field->key, value);

		if (result < 0)
			return -1;
	}
	if (shape->extra_offset == SHAPE_NO_EXTRA)
		return 0;
	return put_extra(json,
		*(const char *const *)(const void *)((const char *)object + shape->extra_offset));
}

static json_t *encode_object(const struct shape *shape, const void *object)
{
	json_t *json = json_object();

	if (json != NULL && put_fields(shape, object, json) < 0) {
		json_decref(json);
		json = NULL;
	}
	return json;
}

static int put_observed(json_t *json, const struct lifecycle_observed *observed)
{
	json_t *object;

	if (observed == NULL)
		return 0;
	object = json_object();
	if (object == NULL || put_member(object, "looked", json_boolean(observed->looked)) < 0 ||
		put_member(object, "status", encode_text(lifecycle_status_name(observed->status))) <
			0 ||
		put_member(object, "reason", encode_text(lifecycle_reason_name(observed->reason))) <
			0 ||
		put_member(object, "create_error", json_boolean(observed->create_error)) < 0) {
		json_decref(object);
		return -1;
	}
	return json_object_set_new(json, "observed", object);
}

/* ---- the bound ---- */

static size_t encoded_size(const json_t *json)
{
	return json_dumpb(json, NULL, 0, JSON_COMPACT);
}

static bool drop_stderr(json_t *json)
{
	size_t index;
	json_t *failure;

	json_array_foreach(json_object_get(json, "errors"), index, failure)
		if (json_object_del(failure, "stderr") == 0)
			return true;
	return false;
}

static bool drop_oldest(json_t *json, const char *key)
{
	return json_array_remove(json_object_get(json, key), 0) == 0;
}

static bool has_field(const struct shape *shape, const char *key)
{
	for (size_t i = 0; i < shape->field_count; i++) {
		const struct field *field = &shape->fields[i];

		if (field->kind == FIELD_GROUP ? has_field(field->group, key)
					       : strcmp(field->key, key) == 0)
			return true;
	}
	return false;
}

/* All at once: there may be more of them than there is time for. */
static bool drop_unknown(json_t *json)
{
	const char *key;
	json_t *value;
	void *next;
	bool dropped = false;

	json_object_foreach_safe(json, next, key, value) {
		(void)value;
		if (has_field(&record_shape, key) || strcmp(key, "observed") == 0)
			continue;
		dropped = json_object_del(json, key) == 0;
	}
	return dropped;
}

static bool drop_key(json_t *json)
{
	static const char *const keys[] = { "annotations", "oci_version", "bundle", "name" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_del(json, keys[i]) == 0)
			return true;
	return false;
}

static bool drop_one(json_t *json)
{
	return drop_stderr(json) || drop_oldest(json, "hooks") || drop_oldest(json, "previous") ||
	       drop_oldest(json, "errors") || drop_unknown(json) || drop_key(json);
}

static void apply_bound(json_t *json)
{
	while (encoded_size(json) > RECORD_WRITE_LIMIT && drop_one(json))
		;
}

int lifecycle_record_encode(const struct lifecycle_record *record,
	const struct lifecycle_observed *observed, char **ret_text, size_t *ret_length,
	struct lifecycle_error *error)
{
	json_t *json = encode_object(&record_shape, record);
	int result;

	if (json == NULL || put_observed(json, observed) < 0) {
		result = error_no_memory(error);
	} else {
		apply_bound(json);
		result = write_text(json, ret_text, ret_length, error);
	}
	json_decref(json);
	return result;
}
