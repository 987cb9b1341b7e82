/* SPDX-License-Identifier: Apache-2.0 */
#include "bound.h"
#include "record.h"

#include <jansson.h>
#include <string.h>

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

/* All at once: there may be more of them than there is time for. */
static bool drop_unknown(json_t *json)
{
	const char *key;
	json_t *value;
	void *next;
	size_t offset;
	bool dropped = false;

	json_object_foreach_safe(json, next, key, value) {
		(void)value;
		if (record_find_field(&record_layout, key, &offset) != NULL ||
			strcmp(key, "observed") == 0)
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

void bound_apply(json_t *json)
{
	while (encoded_size(json) > LIFECYCLE_RECORD_LIMIT && drop_one(json))
		;
}
