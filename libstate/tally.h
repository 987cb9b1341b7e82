/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally: what of a record counts once and for all, whatever becomes of the record: each process that there was, each
 * wrapped command that came back, each failure. Pure.
 */
#ifndef TALLY_H
#define TALLY_H

#include "record.h"

/* Of a command's path so much is a label. */
#define TALLY_COMMAND_SIZE 128

enum tally_kind {
	TALLY_GENERATION,
	TALLY_HOOK,
	TALLY_FAILURE,
};

struct tally_entry {
	/* Which of all that ever was it is: that of an instance, a UUID. Two are not the same by chance. */
	uint64_t identity;
	enum tally_kind kind;
	/* of hooks and failures */
	enum lifecycle_point point;
	int64_t index;
	char command[TALLY_COMMAND_SIZE]; /* "" for a runtime's own */
	int64_t duration_ns;              /* of hooks */
	/* of generations: may become true as long as the record has it */
	bool create_error;
	bool oom_killed;
};

struct tally {
	size_t count;
	struct tally_entry *entries;
};

/* Of generations that say of no instance nothing counts: it could not be told from others. */
int tally_of(const struct lifecycle_record *record, struct tally *ret_tally,
	struct lifecycle_error *error);
void tally_free(struct tally *tally);

bool tally_has(const struct tally *tally, uint64_t identity);

#endif
