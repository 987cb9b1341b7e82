/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_text: the ledger's lines as the text of a file, and what such a text says. Pure. */
#ifndef LEDGER_TEXT_H
#define LEDGER_TEXT_H

#include "ledger_line.h"

/* One that grows. */
struct ledger_text {
	char *bytes;
	size_t length;
	size_t capacity;
	bool failed; /* memory is out */
};

void ledger_text_add(struct ledger_text *text, const char *bytes, size_t length);
void ledger_text_add_entry(
	struct ledger_text *text, int64_t time, const char *id, const struct tally_entry *tally);
/* `base`: how long all the entries are that stay. */
void ledger_text_add_totals(struct ledger_text *text, int64_t base, const struct totals *totals);

struct ledger_content {
	struct totals totals;
	size_t count;
	struct ledger_entry *entries; /* as they stand there */
};

/* What a text says: it is cut in pieces. A NUL follows its end. */
int ledger_text_parse(char *text, size_t length, struct ledger_content **ret_content,
	struct lifecycle_error *error);
void ledger_text_free_content(struct ledger_content *content);

typedef int ledger_entry_fn(const struct ledger_entry *entry, void *arg);

/* Calls each() once for each identity, with the last entry that has it, until it returns anything but 0. */
int ledger_text_for_each(const struct ledger_content *content, ledger_entry_fn *each, void *arg,
	struct lifecycle_error *error);

#endif
