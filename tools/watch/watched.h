/* SPDX-License-Identifier: Apache-2.0 */
/* watched: the processes of containers that are watched, found by pid: one for each life of a container. */
#ifndef WATCHED_H
#define WATCHED_H

#include "libstate.h"
#include "watch/life.h"

/* No more than so many at once: each takes two descriptors. */
#define WATCHED_MOST 16384

#define WATCHED_BUCKETS 1024

struct root;

struct watched {
	struct watched *next;        /* in its bucket */
	struct watched *next_active; /* there is something to be seen of it */
	bool active;
	struct root *root;
	char *id;
	char instance[LIFECYCLE_INSTANCE_SIZE];
	int64_t pid;
	int64_t start_ticks;
	int64_t since;
	struct life life;
	int pidfd; /* -1: it was gone already */
	int oom;   /* -1: nothing counts for it */
	int64_t oom_before;
	bool exec_told;
	int64_t failing_since; /* it could not be recorded what became of it */
	int64_t try_at;
};

struct watched_set {
	struct watched *buckets[WATCHED_BUCKETS];
	size_t count;
};

/* NULL if memory is out. The set owns it; the descriptors are none. */
struct watched *watched_add(struct watched_set *set, struct root *root, const char *id,
	const struct lifecycle_generation *generation);

bool watched_has(const struct watched_set *set, const struct lifecycle_generation *generation);

/* The next one with this pid after `last`; the first for NULL. */
struct watched *watched_of_pid(
	const struct watched_set *set, int64_t pid, const struct watched *last);

/* Whether another container is told to have the same process: a sandbox. */
bool watched_is_shared(const struct watched_set *set, const struct watched *watched);

/* Takes it out, closes its descriptors, frees it. */
void watched_remove(struct watched_set *set, struct watched *watched);

void watched_for_each(
	struct watched_set *set, void (*each)(struct watched *watched, void *arg), void *arg);

void watched_free(struct watched_set *set);

#endif
