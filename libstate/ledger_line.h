/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_line: the lines of the ledger, as text and as values. Pure. */
#ifndef LEDGER_LINE_H
#define LEDGER_LINE_H

#include "totals.h"

#define LEDGER_LINE_ID_SIZE 256

/* Room for each line of ours. */
#define LEDGER_LINE_SIZE 1024

enum ledger_line_kind {
	LEDGER_LINE_NONE,   /* none of ours, or one that was not written to its end */
	LEDGER_LINE_BASE,   /* how long the file was when its entries were merged */
	LEDGER_LINE_SUMS,   /* the totals that have no labels */
	LEDGER_LINE_SERIES, /* one of the totals' series */
	LEDGER_LINE_ENTRY,
};

struct ledger_entry {
	int64_t time; /* since the boot */
	char id[LEDGER_LINE_ID_SIZE];
	struct tally_entry tally;
};

/* As its kind is. */
struct ledger_line {
	enum ledger_line_kind kind;
	int64_t base;
	struct totals_sums sums;
	struct totals_series series;
	struct ledger_entry entry;
};

/* The text is without its newline, and is cut in pieces. */
void ledger_line_parse(char *text, struct ledger_line *ret);

/* As one line, with its newline: how long it is. */
size_t ledger_line_of_base(int64_t base, char buffer[LEDGER_LINE_SIZE]);
size_t ledger_line_of_sums(const struct totals_sums *sums, char buffer[LEDGER_LINE_SIZE]);
size_t ledger_line_of_series(const struct totals_series *series, char buffer[LEDGER_LINE_SIZE]);
size_t ledger_line_of_entry(int64_t time, const char *id, const struct tally_entry *tally,
	char buffer[LEDGER_LINE_SIZE]);

#endif
