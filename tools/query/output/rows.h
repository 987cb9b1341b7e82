/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: many containers, in one of the formats of list's --format. A container is rendered to a line, which is printed at
 * once or kept until its turn comes: no record is kept.
 */
#ifndef ROWS_H
#define ROWS_H

#include "query/output/columns.h"
#include "query/output/json_output.h"
#include "query/output/table.h"
#include "query/output/template.h"

#include <stdbool.h>

enum rows_format {
	ROWS_TABLE,
	ROWS_JSON,
	ROWS_JSONL,
	ROWS_TEMPLATE,
	ROWS_IDS,
};

/* One of a table: a column alone, or a template. */
struct rows_cell {
	const struct column *column;
	struct template *template;
};

struct rows {
	enum rows_format format;
	bool is_usual; /* the table that nobody has described */
	struct columns_style style;
	struct table_style table_style;
	struct template *template; /* ROWS_TEMPLATE */
	size_t cell_count;         /* ROWS_TABLE */
	struct rows_cell *cells;
	struct table *table;
	struct json_output_array array; /* ROWS_JSON */
};

/* A container, rendered. */
struct rows_line {
	char *text;         /* all but ROWS_TABLE */
	char **cells;       /* ROWS_TABLE */
	char **brief;       /* the same, if the table has to fit */
	const char *colour; /* NULL for none */
};

/* `text`: a word, a template, or NULL for the usual table. Fills in the format, and what belongs to it. */
int rows_parse_format(const char *text, struct rows *rows, struct lifecycle_error *error);
void rows_free(struct rows *rows);

int rows_begin(struct rows *rows, struct lifecycle_error *error);
int rows_render(const struct rows *rows, const struct view *view, struct rows_line *ret_line,
	struct lifecycle_error *error);
int rows_print(struct rows *rows, const struct rows_line *line, struct lifecycle_error *error);
int rows_end(struct rows *rows, struct lifecycle_error *error);

void rows_line_free(const struct rows *rows, struct rows_line *line);

#endif
