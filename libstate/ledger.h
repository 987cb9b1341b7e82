/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger: a file in a store's root that counts what is in no record any more.
 *
 * Two files cannot be replaced at once, and a writer may be killed between any two steps. So what is about to leave a record
 * is first written here, each entry with its identity; and an entry counts here only as long as no record has it. Whoever is
 * killed in between has changed no sum. Later the entries are merged into totals, by a replacement of the whole file: those
 * alone that no record has, and only when they have been here for a while, so that who reads the records and then this
 * file finds in one of the two all that was in either, and knows what it found in both.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "totals.h"

#define LEDGER_TEMPORARY LIFECYCLE_COUNTS_FILE ".tmp"

/* So long, at least, may the reading of a whole store take. */
#define LEDGER_STAY_NS (INT64_C(30) * 1000000000)

/* Whether the container's record has the entry. */
typedef bool ledger_live_fn(void *arg, const char *id, uint64_t identity);

/*
 * Writes down the entries of a container that `kept` (NULL for none) has not. `root` is open, and its lock is waited for until the
 * deadline. LIFECYCLE_ERROR_TIMEOUT, or _SYSTEM: they are not written down.
 */
int ledger_write_down(int root, const char *id, const struct tally *tally, const struct tally *kept,
	int64_t deadline, ledger_live_fn *is_live, void *arg, struct lifecycle_error *error);

/* Adds all that counts here to the totals; nothing if there is no such file. */
int ledger_read(int root, ledger_live_fn *is_live, void *arg, struct totals *totals,
	struct lifecycle_error *error);

#endif
