/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: what changes in a store, by inotify. From watch_open() on no change is missed, so whoever reads the
 * store after it, and again what watch_read() names, knows all. The store need not be there yet, and may go
 * and come back.
 */
#ifndef WATCH_H
#define WATCH_H

#include "records/records.h"

struct watch;

int watch_open(
	const struct records *records, struct watch **ret_watch, struct lifecycle_error *error);
void watch_close(struct watch *watch);

/* Readable when watch_read() has something to tell. */
int watch_fd(const struct watch *watch);

enum watch_change {
	WATCH_RECORD,   /* the container's record was written, or its directory has come */
	WATCH_REMOVED,  /* its directory is gone */
	WATCH_ANYTHING, /* anything may have happened to any: `id` is NULL */
};

/* Calls changed() for each change so far, and does not wait. 0, or the first non-zero of changed(). */
typedef int watch_changed_fn(enum watch_change change, const char *id, void *arg);
int watch_read(
	struct watch *watch, watch_changed_fn *changed, void *arg, struct lifecycle_error *error);

#endif
