/* SPDX-License-Identifier: Apache-2.0 */
/* teller: tells what is new of containers, as lines of JSON: each event once, whoever knows it first. */
#ifndef TELLER_H
#define TELLER_H

#include "query/follow/known.h"
#include "query/follow/lines.h"
#include "query/follow/origin.h"

struct teller {
	int64_t since;      /* what was before is not told; 0 for all */
	int64_t goes_on_at; /* of records that were written before only what they do not have is told */
	struct origin origin;
	bool holds; /* the processes that live, so that their ends are told */
	struct lines lines;
	struct known known;
	struct lifecycle_error error;
};

/* It lived when it was looked at, and cannot be held by now: it is to be read and looked at once more. */
#define TELLER_ENDED_MEANWHILE 1

/*
 * The container's record, read again, and what was seen of its process then or before. `written_at`, or later: when that
 * record was written; INT64_MAX where it is no matter.
 */
int teller_take_record(
	struct teller *teller, const char *id, const struct view *view, int64_t written_at);

/* The process that is held of a container has ended; `record` is NULL if there is none any more. */
int teller_take_end(struct teller *teller, struct known_container *container,
	const struct lifecycle_record *record);

/* The container's record is gone. */
int teller_take_removal(struct teller *teller, const char *id);

void teller_free(struct teller *teller);

#endif
