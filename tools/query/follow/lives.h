/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lives: containers whose lives are waited for to end, each as its record was last read: so that a life can be told though its record
 * is gone, or another's, by then.
 */
#ifndef LIVES_H
#define LIVES_H

#include "query/follow/held.h"
#include "records/view.h"

/* As many generations as a record has, twice. */
#define LIVES_MOST_TOLD 18

struct life {
	char *id;
	char *text; /* the record, when it was last read */
	size_t length;
	char instance[LIFECYCLE_INSTANCE_SIZE]; /* its current generation's */
	struct held held;
	int64_t ended_at; /* when the process that was held ended; 0: it has not, or nobody saw it */
	int64_t due; /* on the monotonic clock: then it is told, if nothing has changed; 0: it has not ended */
	char told[LIVES_MOST_TOLD][LIFECYCLE_INSTANCE_SIZE];
};

struct lives {
	size_t count;
	struct life *items;
	/* What is told: a generation that has ended, of a record that may be the store's by now or not. */
	int (*tell)(const struct view *view, const struct lifecycle_generation *generation,
		int64_t ended_at, void *arg);
	void *arg;
	bool holds; /* the processes that live; else each end that is known is told at once */
};

/* The container's record, read again. -1 if memory is out, or what tell() returned. */
int lives_take_record(struct lives *lives, const char *id, const struct view *view);

/* The container's record is gone. */
int lives_take_removal(struct lives *lives, const char *id);

/* The process that is held of one has ended: its record is to be read once more. */
void lives_take_end(struct life *life);

/* Tells what is due. */
int lives_tell_due(struct lives *lives);

/* How long until something is due, in milliseconds; -1 for ever. */
int lives_patience(const struct lives *lives);

void lives_free(struct lives *lives);

#endif
