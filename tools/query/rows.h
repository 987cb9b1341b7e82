/* SPDX-License-Identifier: Apache-2.0 */
/* rows: many containers, in one of the shapes of list's --format. */
#ifndef ROWS_H
#define ROWS_H

#include "columns.h"
#include "libstate.h"
#include "template.h"

#include <jansson.h>
#include <stdbool.h>

struct rows_shape {
	const char *word;          /* json, jsonl; NULL: the template */
	struct template *template; /* also of the usual table */
	struct columns_style style;
	bool headings;
};

/* `format`: a word, a template, or NULL for the usual table. */
int rows_shape_parse(
	const char *format, struct rows_shape *ret_shape, struct lifecycle_error *error);
void rows_shape_free(struct rows_shape *shape);

int rows_print(const json_t *views, const struct rows_shape *shape, struct lifecycle_error *error);

#endif
