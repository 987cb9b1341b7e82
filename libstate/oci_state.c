/* SPDX-License-Identifier: Apache-2.0 */
#include "oci_state.h"
#include "base/defaults.h"
#include "base/error.h"
#include "json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct oci_state {
	json_t *json;
};

enum state_type {
	STATE_STRING,
	STATE_INTEGER,
	STATE_STRINGS, /* an object of strings */
};

static const struct {
	const char *key;
	enum state_type type;
	const char *expected;
} state_keys[] = {
	{ "ociVersion", STATE_STRING, "a string" },
	{ "id", STATE_STRING, "a string" },
	{ "status", STATE_STRING, "a string" },
	{ "pid", STATE_INTEGER, "an integer" },
	{ "bundle", STATE_STRING, "a string" },
	{ "annotations", STATE_STRINGS, "an object of strings" },
};

/* Numbers are read as reals, because one in a key that we do not know may be larger than an integer. */
static bool is_integer(const json_t *json)
{
	double value = json_real_value(json);

	return json_is_real(json) && value >= -2147483648.0 && value <= 2147483647.0 &&
	       value == (double)(int64_t)value;
}

static bool is_object_of_strings(json_t *json)
{
	const char *key;
	json_t *value;

	if (!json_is_object(json))
		return false;
	json_object_foreach(json, key, value) {
		(void)key;
		if (!json_is_string(value))
			return false;
	}
	return true;
}

static bool has_type(json_t *json, enum state_type type)
{
	switch (type) {
	case STATE_STRING:
		return json_is_string(json);
	case STATE_INTEGER:
		return is_integer(json);
	case STATE_STRINGS:
		return is_object_of_strings(json);
	}
	return false;
}

static int check_types(const json_t *json, struct lifecycle_error *error)
{
	for (size_t i = 0; i < sizeof(state_keys) / sizeof(state_keys[0]); i++) {
		json_t *value = json_object_get(json, state_keys[i].key);

		if (value != NULL && !json_is_null(value) && !has_type(value, state_keys[i].type))
			return error_set(error, LIFECYCLE_ERROR_INVALID, "'%s' is not %s",
				state_keys[i].key, state_keys[i].expected);
	}
	return 0;
}

static int check_id(const json_t *json, struct lifecycle_error *error)
{
	const char *id = json_string_value(json_object_get(json, "id"));

	if (id == NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "'id' is missing");
	if (!lifecycle_id_valid(id))
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "'%.64s' is not a container ID", id);
	return 0;
}

static int check(const json_t *json, struct lifecycle_error *error)
{
	if (!json_is_object(json))
		return error_set(error, LIFECYCLE_ERROR_INVALID, "not a JSON object");
	if (check_types(json, error) < 0)
		return -1;
	return check_id(json, error);
}

static json_t *read_text(
	const char *bytes, size_t length, size_t flags, struct lifecycle_error *error)
{
	return json_read_text(
		bytes, length, flags | JSON_DECODE_INT_AS_REAL, LIFECYCLE_ERROR_INVALID, error);
}

/* Reads it without what stands between the braces of the annotations. */
static bool is_good_without_annotations(
	const char *bytes, size_t length, size_t open, size_t close, struct lifecycle_error *error)
{
	char *rest = malloc(length);
	json_t *json;

	if (rest == NULL) {
		(void)error_no_memory(error);
		return false;
	}
	memcpy(rest, bytes, length);
	memset(rest + open + 1, ' ', close - open - 1);
	json = read_text(rest, length, JSON_REJECT_DUPLICATES, error);
	free(rest);
	json_decref(json);
	return json != NULL;
}

/* crun hands on an annotation that stands twice in config.json: the last one counts, as everywhere in Go. */
static json_t *load_with_duplicates(const char *bytes, size_t length, struct lifecycle_error *error)
{
	size_t open, close;

	if (!json_find_object(bytes, length, "annotations", &open, &close) ||
		!is_good_without_annotations(bytes, length, open, close, error))
		return NULL;
	return read_text(bytes, length, 0, error);
}

/* Of two members of one name nobody can tell which one is meant: but for the annotations, that is not a state. */
static json_t *load(const char *bytes, size_t length, struct lifecycle_error *error)
{
	json_t *json;

	if (length > DEFAULTS_STATE_LIMIT) {
		(void)error_set(error, LIFECYCLE_ERROR_INVALID, "it is over %zu bytes",
			DEFAULTS_STATE_LIMIT);
		return NULL;
	}
	json = read_text(bytes, length, JSON_REJECT_DUPLICATES, error);
	return json != NULL ? json : load_with_duplicates(bytes, length, error);
}

int oci_state_parse(const char *bytes, size_t length, struct oci_state **ret_state,
	struct lifecycle_error *error)
{
	json_t *json = load(bytes, length, error);
	struct oci_state *state = NULL;

	if (json == NULL || check(json, error) < 0)
		goto failed;
	state = malloc(sizeof(*state));
	if (state == NULL) {
		(void)error_no_memory(error);
		goto failed;
	}
	state->json = json;
	*ret_state = state;
	return 0;
failed:
	json_decref(json);
	return error_wrap(error, "bad OCI state");
}

void oci_state_free(struct oci_state *state)
{
	if (state == NULL)
		return;
	json_decref(state->json);
	free(state);
}

static const char *get_string(const struct oci_state *state, const char *key)
{
	return json_string_value(json_object_get(state->json, key));
}

const char *oci_state_id(const struct oci_state *state)
{
	return get_string(state, "id");
}

const char *oci_state_status(const struct oci_state *state)
{
	return get_string(state, "status");
}

const char *oci_state_bundle(const struct oci_state *state)
{
	return get_string(state, "bundle");
}

const char *oci_state_version(const struct oci_state *state)
{
	return get_string(state, "ociVersion");
}

const char *oci_state_annotation(const struct oci_state *state, const char *key)
{
	return json_string_value(json_object_get(json_object_get(state->json, "annotations"), key));
}

int64_t oci_state_pid(const struct oci_state *state)
{
	const json_t *pid = json_object_get(state->json, "pid");

	return json_is_real(pid) ? (int64_t)json_real_value(pid) : LIFECYCLE_UNKNOWN;
}
