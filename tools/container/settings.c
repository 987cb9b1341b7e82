/* SPDX-License-Identifier: Apache-2.0 */
#include "container/settings.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "oci-lifecycle."

enum kind { TEXT, LENGTH, TRUTH, VALUE };

struct setting {
	const char *key;
	enum kind kind;
	size_t offset;
};

static const struct setting table[] = {
	{ SETTINGS_NAME_KEY, TEXT, offsetof(struct settings, name) },
	{ PREFIX "runtime", TEXT, offsetof(struct settings, runtime) },
	{ PREFIX "runtime-args", VALUE, offsetof(struct settings, runtime_args) },
	{ PREFIX "image", TEXT, offsetof(struct settings, image) },
	{ PREFIX "stop-signal", TEXT, offsetof(struct settings, stop_signal) },
	{ PREFIX "stop-timeout", LENGTH, offsetof(struct settings, stop_timeout) },
	{ PREFIX "remove", TRUTH, offsetof(struct settings, remove) },
	{ PREFIX "health", VALUE, offsetof(struct settings, health) },
};

#define COUNT (sizeof(table) / sizeof(table[0]))

/* ---- writing ---- */

static json_t *text_of_value(const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);
	json_t *string = json_string(text);

	free(text);
	return string;
}

/* NULL if it is unknown, or if memory runs out; the second is found by the caller. */
static json_t *annotation_of(
	const struct setting *setting, const struct settings *settings, bool *ret_known)
{
	const void *slot = (const char *)settings + setting->offset;
	const char *text = *(const char *const *)slot;
	int64_t length = *(const int64_t *)slot;
	bool truth = *(const bool *)slot;

	switch (setting->kind) {
	case TEXT:
		*ret_known = text != NULL;
		return *ret_known ? json_string(text) : NULL;
	case LENGTH:
		*ret_known = length != LIFECYCLE_UNKNOWN;
		return *ret_known ? json_sprintf("%.3fs", (double)length / 1e9) : NULL;
	case TRUTH:
		*ret_known = truth;
		return *ret_known ? json_string("true") : NULL;
	case VALUE:
		*ret_known = *(json_t *const *)slot != NULL;
		return *ret_known ? text_of_value(*(json_t *const *)slot) : NULL;
	}
	return NULL;
}

int settings_write(json_t *config, const struct settings *settings, struct lifecycle_error *error)
{
	json_t *annotations = json_object_get(config, "annotations");

	if (!json_is_object(annotations)) {
		annotations = json_object();
		if (json_object_set_new(config, "annotations", annotations) < 0)
			return error_no_memory(error);
	}
	for (size_t i = 0; i < COUNT; i++) {
		bool known;
		json_t *value = annotation_of(&table[i], settings, &known);

		if (!known)
			(void)json_object_del(annotations, table[i].key);
		else if (json_object_set_new(annotations, table[i].key, value) < 0)
			return error_set(error, LIFECYCLE_ERROR_INVALID,
				"'%s' cannot be kept: it is no UTF-8", table[i].key);
	}
	return 0;
}

/* ---- reading ---- */

static bool read_one(const struct setting *setting, const char *text, struct settings *settings)
{
	void *slot = (char *)settings + setting->offset;
	json_t *value;

	switch (setting->kind) {
	case TEXT:
		*(const char **)slot = text;
		return true;
	case LENGTH:
		return lifecycle_duration_parse(text, slot);
	case TRUTH:
		*(bool *)slot = strcmp(text, "true") == 0;
		return true;
	case VALUE:
		value = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		*(json_t **)slot = value;
		return value != NULL;
	}
	return false;
}

int settings_read(
	const json_t *config, struct settings *ret_settings, struct lifecycle_error *error)
{
	struct settings settings = { .stop_timeout = LIFECYCLE_UNKNOWN };
	const json_t *annotations = json_object_get(config, "annotations");

	for (size_t i = 0; i < COUNT; i++) {
		const char *text = json_string_value(json_object_get(annotations, table[i].key));

		if (text == NULL || read_one(&table[i], text, &settings))
			continue;
		settings_free(&settings);
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "its annotation '%s' is bad", table[i].key);
	}
	*ret_settings = settings;
	return 0;
}

void settings_free(struct settings *settings)
{
	json_decref(settings->runtime_args);
	json_decref(settings->health);
}
