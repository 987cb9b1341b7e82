/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/known.h"
#include "base/error.h"
#include "query/follow/event_key.h"

#include <stdlib.h>
#include <string.h>

/* ---- one container ---- */

static void free_container(struct known_container *container)
{
	for (size_t i = 0; i < container->count; i++)
		free(container->keys[i]);
	for (size_t i = 0; i < KNOWN_MOST_TOLD; i++)
		free(container->told[i]);
	held_close(&container->held);
	free(container->keys);
	free(container->instance);
	free(container->id);
}

static int copy_text(char **slot, const char *text)
{
	*slot = text != NULL ? strdup(text) : NULL;
	return text != NULL && *slot == NULL ? -1 : 0;
}

static int fill(struct known_container *container, const char *id, const struct events *events)
{
	container->id = strdup(id);
	container->keys = calloc(events->count + 1, sizeof(*container->keys));
	container->generation = LIFECYCLE_UNKNOWN;
	if (container->id == NULL || container->keys == NULL)
		return -1;
	for (; container->count < events->count; container->count++) {
		container->keys[container->count] = event_key(&events->items[container->count]);
		if (container->keys[container->count] == NULL)
			return -1;
	}
	if (events->count == 0)
		return 0;
	container->generation = events->items[events->count - 1].generation->generation;
	return copy_text(
		&container->instance, events->items[events->count - 1].generation->instance);
}

static bool has_told(const struct known_container *container, const char *key)
{
	for (size_t i = 0; i < KNOWN_MOST_TOLD; i++)
		if (container->told[i] != NULL && strcmp(container->told[i], key) == 0)
			return true;
	return false;
}

bool known_has_event(const struct known_container *container, const char *key)
{
	for (size_t i = 0; container != NULL && i < container->count; i++)
		if (strcmp(container->keys[i], key) == 0)
			return true;
	return container != NULL && has_told(container, key);
}

void known_add_told(struct known_container *container, char *key)
{
	char **told = container->told;

	free(told[KNOWN_MOST_TOLD - 1]);
	memmove(told + 1, told, (KNOWN_MOST_TOLD - 1) * sizeof(*told));
	told[0] = key;
}

/* What was told stays so, and what is held is still held. */
static void carry_over(struct known_container *from, struct known_container *to)
{
	memcpy(to->told, from->told, sizeof(to->told));
	memset(from->told, 0, sizeof(from->told));
	to->held = from->held;
	from->held = (struct held)HELD_NONE;
	/* who asks may have the ID from here */
	free(to->id);
	to->id = from->id;
	from->id = NULL;
}

static int add_seen(struct known_container *container, const struct events *events)
{
	for (size_t i = 0; i < events->count; i++) {
		char *key;

		if (!events->items[i].seen)
			continue;
		key = event_key(&events->items[i]);
		if (key == NULL)
			return -1;
		if (has_told(container, key))
			free(key);
		else
			known_add_told(container, key);
	}
	return 0;
}

/* ---- all of them ---- */

/* Where it is, or would have to be. */
static size_t place_of(const struct known *known, const char *id)
{
	size_t from = 0;
	size_t to = known->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(known->containers[middle].id, id) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool is_at(const struct known *known, size_t place, const char *id)
{
	return place < known->count && strcmp(known->containers[place].id, id) == 0;
}

struct known_container *known_find(const struct known *known, const char *id)
{
	size_t place = place_of(known, id);

	return is_at(known, place, id) ? &known->containers[place] : NULL;
}

/* Makes room for one at `place`. */
static int insert(struct known *known, size_t place)
{
	struct known_container *containers =
		reallocarray(known->containers, known->count + 1, sizeof(*known->containers));

	if (containers == NULL)
		return -1;
	memmove(containers + place + 1, containers + place,
		(known->count - place) * sizeof(*containers));
	known->containers = containers;
	known->count++;
	return 0;
}

int known_set(struct known *known, const char *id, const struct events *events,
	struct lifecycle_error *error)
{
	struct known_container container = { .held = HELD_NONE };
	size_t place = place_of(known, id);
	bool is_new = !is_at(known, place, id);

	if (fill(&container, id, events) < 0 || (is_new && insert(known, place) < 0)) {
		free_container(&container);
		return error_no_memory(error);
	}
	if (!is_new) {
		carry_over(&known->containers[place], &container);
		free_container(&known->containers[place]);
	}
	known->containers[place] = container;
	return add_seen(&known->containers[place], events) == 0 ? 0 : error_no_memory(error);
}

void known_forget(struct known *known, const char *id)
{
	size_t place = place_of(known, id);

	if (!is_at(known, place, id))
		return;
	free_container(&known->containers[place]);
	known->count--;
	memmove(known->containers + place, known->containers + place + 1,
		(known->count - place) * sizeof(*known->containers));
}

void known_free(struct known *known)
{
	for (size_t i = 0; i < known->count; i++)
		free_container(&known->containers[i]);
	free(known->containers);
}
