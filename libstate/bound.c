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

/* The newest stays: it is of the hook that writes. */
static bool drop_oldest_hook(json_t *json)
{
	return json_array_size(json_object_get(json, "hooks")) > 1 && drop_oldest(json, "hooks");
}

static bool is_known(const struct record_layout *layout, const char *key)
{
	size_t offset;

	return record_find_field(layout, key, &offset) != NULL ||
	       (layout == &record_layout && strcmp(key, "observed") == 0);
}

/* All at once: there may be more of them than there is time for. */
static bool drop_unknown_of(json_t *object, const struct record_layout *layout)
{
	const char *key;
	json_t *value;
	void *next;
	bool dropped = false;

	json_object_foreach_safe(object, next, key, value) {
		(void)value;
		if (!is_known(layout, key))
			dropped = json_object_del(object, key) == 0;
	}
	return dropped;
}

/* By now one hook is left at most. */
static bool drop_unknown(json_t *json)
{
	json_t *hook = json_array_get(json_object_get(json, "hooks"), 0);
	bool dropped = drop_unknown_of(json, &record_layout);

	return drop_unknown_of(hook, record_hooks.layout) || dropped;
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
	return drop_stderr(json) || drop_oldest_hook(json) || drop_oldest(json, "previous") ||
	       drop_oldest(json, "errors") || drop_unknown(json) || drop_key(json);
}

void bound_apply(json_t *json)
{
	while (encoded_size(json) > LIFECYCLE_RECORD_LIMIT && drop_one(json))
		;
}
