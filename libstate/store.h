/* SPDX-License-Identifier: Apache-2.0 */
/* store: the containers' directories, their locks, and their records. The public functions are in libstate.h. */
#ifndef STORE_H
#define STORE_H

#include "container.h"

/* The files of a container's directory that are ours. */
#define STORE_RECORD    LIFECYCLE_RECORD_FILE
#define STORE_TEMPORARY LIFECYCLE_TEMPORARY_FILE
#define STORE_CORRUPT   LIFECYCLE_CORRUPT_FILE

/* Made when a container whose end nobody saw is first found stopped: its time is what counts. */
#define STORE_SEEN_STOPPED LIFECYCLE_SEEN_STOPPED_FILE

/* In the root itself: its time is that of the last sweep. */
#define STORE_SWEPT LIFECYCLE_SWEPT_FILE

/* Whether it may go; `why` says why there is no record, if that is NULL. Without such a function it may. */
typedef bool store_permit_fn(
	const struct lifecycle_record *record, const struct lifecycle_error *why, void *arg);

/* lifecycle_store_delete() of what may come back after a power cut, because it would be removed again. */
int store_remove(struct lifecycle_store *store, const char *id, int64_t deadline,
	store_permit_fn *permit, void *arg, struct lifecycle_error *error);

#endif
