/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns: what `list` can say of a container. One table drives its table, its JSON, the keys of its
 * templates, --sort and its help.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "query/output/cells.h"
#include "records/view.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum column_flags {
	COLUMN_USUAL = 1, /* in the table that is printed if nothing else is asked for */
	COLUMN_RIGHT = 2, /* aligned */
	/* To fit a terminal; some before the others, or after them. */
	COLUMN_SHRINKS = 4,
	COLUMN_SHRINKS_FIRST = 8,
	COLUMN_SHRINKS_LAST = 16,
	/* Is left out of a terminal that has no room for what went wrong: later, or before others. */
	COLUMN_LEAVES = 32,
	COLUMN_LEAVES_FIRST = 64,
};

enum column_kind {
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_TIME,
	COLUMN_FLAG,
	COLUMN_ERRORS,
	COLUMN_ANNOTATIONS,
	COLUMN_FOR_TABLES, /* it has no value, and is not in JSON */
};

struct column {
	const char *key;    /* in JSON; in templates it is in CamelCase */
	const char *header; /* in tables */
	unsigned flags;
	enum column_kind kind;
	/* Its value: of COLUMN_TEXT, and of numbers, times and flags. */
	const char *(*text)(const struct view *view);
	int64_t (*number)(const struct view *view);
	/* Writes it for people, or nothing and returns false if it is unknown; NULL: as it is. */
	cell_fn *print;
	const char *help;
};

extern const struct column columns[];
extern const size_t columns_count;

/* By key, in any case, with or without underscores; NULL if there is none. */
const struct column *column_find(const char *name);

/* Its value as JSON: null if it is unknown, NULL if memory is out. */
json_t *column_json(const struct column *column, const struct view *view);

/* A container's row: the keys that are known of it. */
int columns_row(const struct view *view, json_t **ret_row, struct lifecycle_error *error);

/* Every key that a row can have, with null; those of tables too, if so. */
int columns_known(bool of_tables, json_t **ret_known, struct lifecycle_error *error);

/* Writes what a table shows of a container there: "-" for unknown. */
void column_print(const struct column *column, const struct view *view,
	const struct columns_style *style, FILE *out);

/* Whether that container is in trouble: it was not created, or its end was not seen, or it failed. */
bool columns_trouble(const struct view *view);

void columns_print_help(void);

#endif
