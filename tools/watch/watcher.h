/* SPDX-License-Identifier: Apache-2.0 */
/* watcher: all that lifecycle-watch has, and how it says a fault. */
#ifndef WATCHER_H
#define WATCHER_H

#include "watch/clocks.h"
#include "watch/connector.h"
#include "watch/watched.h"

/* A store. */
struct root {
	char *path;
	struct lifecycle_watch *watch;
	struct lifecycle_store *store; /* NULL while nothing is asked of it: see registry_store() */
	int64_t drained_at;            /* when its changes were last asked for; a time */
	bool failing;                  /* which has been said */
	bool has_failed;               /* ever */
};

struct watcher {
	struct root *roots;
	size_t root_count;
	struct watched_set set;
	struct watched *active;
	int epoll;
	int signals;
	int connector; /* CONNECTOR_CLOSED: nobody tells of an exec, and ends are seen by pidfds alone */
	struct connector_batch batch;
	bool congested;    /* the kernel keeps nothing for us until all is read */
	bool was_stopped;  /* by SIGSTOP, since the last round */
	bool is_full;      /* which has been said */
	int64_t woke_at;   /* for this round: all that had ended by then is in it */
	int64_t looked_at; /* the same of the round before: what is new has ended since */
};

/* One line on stderr. */
void watcher_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* It is to be looked at in this round, or the next. */
void watcher_activate(struct watcher *watcher, struct watched *watched);

#endif
