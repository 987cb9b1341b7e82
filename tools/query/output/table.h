/* SPDX-License-Identifier: Apache-2.0 */
/* table: cells under headings, by libsmartcols. */
#ifndef TABLE_H
#define TABLE_H

#include "libstate.h"
#include "query/output/fit.h"

#include <stdbool.h>
#include <stddef.h>

struct table;

struct table_heading {
	const char *text;
	bool right;
	/* To fit a width. */
	enum fit_yields yields;
	unsigned leaves;
};

struct table_style {
	bool headings;
	bool colours;
	size_t width; /* SIZE_MAX: as wide as it is */
};

int table_new(const struct table_heading *headings, size_t count, const struct table_style *style,
	struct table **ret_table, struct lifecycle_error *error);
void table_free(struct table *table);

/* The texts are escaped already. `brief` has others, for a table that has to fit; NULL: the same. `colour` is a name that
 * libsmartcols knows, or NULL. */
int table_add(struct table *table, char *const *cells, char *const *brief, const char *colour,
	struct lifecycle_error *error);

/* To the standard output. */
int table_print(struct table *table, struct lifecycle_error *error);

#endif
