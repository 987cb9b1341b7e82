/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/table.h"
#include "base/error.h"
#include "cli/format.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>

struct table {
	struct libscols_table *table;
	size_t columns;
};

static int add_heading(struct libscols_table *table, const struct table_heading *heading)
{
	int flags =
		(heading->right ? SCOLS_FL_RIGHT : 0) | (heading->share > 0 ? SCOLS_FL_TRUNC : 0);

	return scols_table_new_column(table, heading->text, heading->share, flags) != NULL ? 0 : -1;
}

/* What the cells hold is escaped before they get it, so the library need not. */
static int prepare(struct libscols_table *table, const struct table_heading *headings, size_t count,
	bool show_headings)
{
	if (scols_table_enable_noencoding(table, 1) != 0 ||
		scols_table_enable_noheadings(table, !show_headings) != 0 ||
		scols_table_enable_colors(table, format_colours(stdout)) != 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (add_heading(table, &headings[i]) != 0)
			return -1;
	return 0;
}

int table_new(const struct table_heading *headings, size_t count, bool show_headings,
	struct table **ret_table, struct lifecycle_error *error)
{
	struct table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return error_no_memory(error);
	table->columns = count;
	table->table = scols_new_table();
	if (table->table == NULL || prepare(table->table, headings, count, show_headings) != 0) {
		table_free(table);
		return error_no_memory(error);
	}
	*ret_table = table;
	return 0;
}

void table_free(struct table *table)
{
	if (table == NULL)
		return;
	scols_unref_table(table->table);
	free(table);
}

int table_add(struct table *table, char *const *cells, size_t count, const char *colour,
	struct lifecycle_error *error)
{
	struct libscols_line *line = scols_table_new_line(table->table, NULL);

	if (line == NULL || (colour != NULL && scols_line_set_color(line, colour) != 0))
		return error_no_memory(error);
	for (size_t i = 0; i < count && i < table->columns; i++)
		if (scols_line_set_data(line, i, cells[i]) != 0)
			return error_no_memory(error);
	return 0;
}

/* The library prints nothing at all of a table without lines. */
static int print_headings(const struct table *table)
{
	struct libscols_iter *iterator = scols_new_iter(SCOLS_ITER_FORWARD);
	const char *separator = "";
	struct libscols_column *column;

	if (iterator == NULL)
		return -1;
	while (scols_table_next_column(table->table, iterator, &column) == 0) {
		struct libscols_cell *heading = scols_column_get_header(column);

		printf("%s%s", separator, scols_cell_get_data(heading));
		separator = " ";
	}
	putchar('\n');
	scols_free_iter(iterator);
	return 0;
}

int table_print(struct table *table, struct lifecycle_error *error)
{
	if (scols_table_get_nlines(table->table) == 0 && !scols_table_is_noheadings(table->table))
		return print_headings(table) == 0 ? 0 : error_no_memory(error);
	if (scols_print_table(table->table) != 0)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM, "cannot print the table");
	return 0;
}
