/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/otlp_value.h"

#include <stdio.h>

/* 64 bits are more than a number of JSON is sure to keep: they are strings. */
static json_t *integer(int64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	return json_string(text);
}

int otlp_set_time(json_t *object, const char *key, int64_t time)
{
	return json_object_set_new(object, key, integer(time));
}

/* The value is taken. */
static int add(json_t *attributes, const char *key, const char *type, json_t *value)
{
	json_t *attribute = json_pack("{s:s, s:{s:o}}", "key", key, "value", type, value);

	return json_array_append_new(attributes, attribute);
}

int otlp_add_text(json_t *attributes, const char *key, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return 0;
	return add(attributes, key, "stringValue", json_string(text));
}

int otlp_add_integer(json_t *attributes, const char *key, int64_t number)
{
	if (number == LIFECYCLE_UNKNOWN)
		return 0;
	return add(attributes, key, "intValue", integer(number));
}

int otlp_add_flag(json_t *attributes, const char *key, bool flag)
{
	return add(attributes, key, "boolValue", json_boolean(flag));
}

int otlp_add_texts(json_t *attributes, const char *key, const char *const *texts)
{
	json_t *values = json_array();

	if (texts == NULL || texts[0] == NULL) {
		json_decref(values);
		return 0;
	}
	for (; *texts != NULL; texts++)
		if (json_array_append_new(values, json_pack("{s:s}", "stringValue", *texts)) < 0) {
			json_decref(values);
			return -1;
		}
	return add(attributes, key, "arrayValue", json_pack("{s:o}", "values", values));
}

json_t *otlp_event(const char *name, int64_t time, json_t *attributes)
{
	json_t *event = json_pack("{s:s, s:o}", "name", name, "attributes", attributes);

	if (event != NULL && otlp_set_time(event, "timeUnixNano", time) < 0) {
		json_decref(event);
		return NULL;
	}
	return event;
}
