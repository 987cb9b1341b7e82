/* SPDX-License-Identifier: Apache-2.0 */
/* table: cells under headings, by libsmartcols. On a terminal it fits its width. */
#ifndef TABLE_H
#define TABLE_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>

struct table;

struct table_heading {
	const char *text;
	bool right;
	double share; /* of a terminal's width, as long as others have more than theirs; 0: it is never cut */
};

int table_new(const struct table_heading *headings, size_t count, bool show_headings,
	struct table **ret_table, struct lifecycle_error *error);
void table_free(struct table *table);

/* The texts are escaped already. `colour` is a name that libsmartcols knows, or NULL. */
int table_add(struct table *table, char *const *cells, size_t count, const char *colour,
	struct lifecycle_error *error);

/* To the standard output. */
int table_print(struct table *table, struct lifecycle_error *error);

#endif
