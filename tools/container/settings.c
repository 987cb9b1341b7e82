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

static json_t *text_of_length(int64_t length)
{
	return json_sprintf("%.3fs", (double)length / 1e9);
}

/* Each is read as what it is: the bytes of another kind may be no bool. */
static bool is_known(const struct setting *setting, const void *slot)
{
	switch (setting->kind) {
	case TEXT:
		return *(const char *const *)slot != NULL;
	case LENGTH:
		return *(const int64_t *)slot != LIFECYCLE_UNKNOWN;
	case TRUTH:
		return *(const bool *)slot;
	case VALUE:
		return *(json_t *const *)slot != NULL;
	}
	return false;
}

/* Of what is known; NULL if memory is out, or if it is no UTF-8. */
static json_t *annotation_of(const struct setting *setting, const void *slot)
{
	switch (setting->kind) {
	case TEXT:
		return json_string(*(const char *const *)slot);
	case LENGTH:
		return text_of_length(*(const int64_t *)slot);
	case TRUTH:
		return json_string("true");
	case VALUE:
		return text_of_value(*(json_t *const *)slot);
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
		const void *slot = (const char *)settings + table[i].offset;

		if (!is_known(&table[i], slot))
			(void)json_object_del(annotations, table[i].key);
		else if (json_object_set_new(
				 annotations, table[i].key, annotation_of(&table[i], slot)) < 0)
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
