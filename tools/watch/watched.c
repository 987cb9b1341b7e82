/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/watched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct watched **bucket_of(struct watched_set *set, int64_t pid)
{
	return &set->buckets[(uint64_t)pid % WATCHED_BUCKETS];
}

struct watched *watched_add(struct watched_set *set, struct root *root, const char *id,
	const struct lifecycle_generation *generation)
{
	struct watched *watched = calloc(1, sizeof(*watched));
	struct watched **bucket = bucket_of(set, generation->pid);

	if (watched != NULL)
		watched->id = strdup(id);
	if (watched == NULL || watched->id == NULL) {
		free(watched);
		return NULL;
	}
	snprintf(watched->instance, sizeof(watched->instance), "%s", generation->instance);
	watched->root = root;
	watched->pid = generation->pid;
	watched->start_ticks = generation->pid_start_ticks;
	watched->life = life_unknown();
	watched->pidfd = -1;
	watched->oom = -1;
	watched->oom_before = LIFECYCLE_UNKNOWN;
	watched->failing_since = LIFECYCLE_UNKNOWN;
	watched->next = *bucket;
	*bucket = watched;
	set->count++;
	return watched;
}

bool watched_has(const struct watched_set *set, const struct lifecycle_generation *generation)
{
	const struct watched *watched = NULL;

	while ((watched = watched_of_pid(set, generation->pid, watched)) != NULL)
		if (strcmp(watched->instance, generation->instance) == 0)
			return true;
	return false;
}

struct watched *watched_of_pid(
	const struct watched_set *set, int64_t pid, const struct watched *last)
{
	struct watched *watched =
		last != NULL ? last->next : set->buckets[(uint64_t)pid % WATCHED_BUCKETS];

	while (watched != NULL && watched->pid != pid)
		watched = watched->next;
	return watched;
}

bool watched_is_shared(const struct watched_set *set, const struct watched *watched)
{
	const struct watched *other = NULL;

	while ((other = watched_of_pid(set, watched->pid, other)) != NULL)
		if (other != watched && other->start_ticks == watched->start_ticks)
			return true;
	return false;
}

static void release(struct watched *watched)
{
	if (watched->pidfd >= 0)
		(void)close(watched->pidfd);
	if (watched->oom >= 0)
		(void)close(watched->oom);
	free(watched->id);
	free(watched);
}

void watched_remove(struct watched_set *set, struct watched *watched)
{
	struct watched **place = bucket_of(set, watched->pid);

	while (*place != watched)
		place = &(*place)->next;
	*place = watched->next;
	set->count--;
	release(watched);
}

void watched_for_each(
	struct watched_set *set, void (*each)(struct watched *watched, void *arg), void *arg)
{
	for (size_t i = 0; i < WATCHED_BUCKETS; i++)
		for (struct watched *watched = set->buckets[i]; watched != NULL;
			watched = watched->next)
			each(watched, arg);
}

void watched_free(struct watched_set *set)
{
	struct watched *watched;

	for (size_t i = 0; i < WATCHED_BUCKETS; i++)
		while ((watched = set->buckets[i]) != NULL) {
			set->buckets[i] = watched->next;
			set->count--;
			release(watched);
		}
}
