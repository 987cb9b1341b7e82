/* SPDX-License-Identifier: Apache-2.0 */
/* registry: from what the stores say to the processes that are watched. */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "watch/watcher.h"

/* Begins to watch a store, which need not be there yet, and all that lives in it. */
int registry_open(struct watcher *watcher, struct root *root, struct lifecycle_error *error);

void registry_close(struct root *root);

/*
 * The store, opened if it is not; NULL if it cannot be. No store is held open longer than a round: nobody would be told
 * that a directory is gone which somebody still holds.
 */
struct lifecycle_store *registry_store(struct root *root, struct lifecycle_error *error);
void registry_release(struct root *root);

/* What has changed in the store since; what is new is watched. */
void registry_drain(struct watcher *watcher, struct root *root);

/* All that the store has, as if it had just come. */
void registry_list(struct watcher *watcher, struct root *root);

/* Says what failed with the store, once until something is written to it; that it is not there is no fault. */
void registry_say_fault(struct root *root, const struct lifecycle_error *error);

#endif
