/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/event_key.h"

#include <stdio.h>

static const char *or_none(const char *text)
{
	return text != NULL ? text : "";
}

/* FNV-1a, which is enough to tell the commands of a point's hooks apart. */
static uint64_t add_to_hash(uint64_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_command(const char *command, int64_t index)
{
	char number[32];

	snprintf(number, sizeof(number), "/%lld", (long long)index);
	return add_to_hash(add_to_hash(UINT64_C(0xcbf29ce484222325), or_none(command)), number);
}

/* Neither what was said nor how long it took: that may be known later. */
static char *key_of_call(
	const struct event *event, enum lifecycle_point point, const char *command, int64_t index)
{
	char *key;
	int length = asprintf(&key, "%s:%s:%s:%lld:%llx", or_none(event->generation->instance),
		event_kind_name(event->kind), or_none(lifecycle_point_name(point)),
		(long long)event->time, (unsigned long long)hash_command(command, index));

	return length >= 0 ? key : NULL;
}

static char *key_of_generation(const char *instance, const char *name)
{
	char *key;

	return asprintf(&key, "%s:%s", or_none(instance), name) >= 0 ? key : NULL;
}

char *event_end_key(const char *instance)
{
	return key_of_generation(instance, event_kind_name(EVENT_STOPPED));
}

char *event_removal_key(const char *instance)
{
	return key_of_generation(instance, event_kind_name(EVENT_REMOVED));
}

char *event_key(const struct event *event)
{
	const struct lifecycle_hook *hook = event->hook;
	const struct lifecycle_failure *failure = event->failure;

	if (hook != NULL)
		return key_of_call(event, hook->point, hook->command, hook->index);
	if (failure != NULL)
		return key_of_call(event, failure->point, failure->command, failure->index);
	return key_of_generation(event->generation->instance, event_kind_name(event->kind));
}
