/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/table.h"
#include "base/error.h"
#include "cli/format.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

struct table {
	struct libscols_table *table;
	size_t columns;
};

static int add_heading(struct libscols_table *table, const struct table_heading *heading)
{
	int flags = heading->right ? SCOLS_FL_RIGHT : 0;

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
		if (add_heading(table, &headings[i]) < 0)
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
	if (table->table == NULL || prepare(table->table, headings, count, show_headings) < 0) {
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

/* ---- what gives way ---- */

static size_t width_of(const char *text)
{
	wchar_t wide[1024];
	const size_t room = sizeof(wide) / sizeof(wide[0]);
	size_t length;
	int width;

	if (text == NULL)
		return 0;
	length = mbstowcs(wide, text, room);
	width = length < room ? wcswidth(wide, length) : -1;
	/* what is too long to be counted gives way in any case */
	return width >= 0 ? (size_t)width : strlen(text);
}

/* The widest of its heading and its cells. */
static size_t column_width(const struct table *table, size_t index)
{
	struct libscols_column *column = scols_table_get_column(table->table, index);
	struct libscols_iter *iterator = scols_new_iter(SCOLS_ITER_FORWARD);
	size_t widest = width_of(scols_cell_get_data(scols_column_get_header(column)));
	struct libscols_line *line;

	while (iterator != NULL && scols_table_next_line(table->table, iterator, &line) == 0) {
		size_t width = width_of(scols_cell_get_data(scols_line_get_cell(line, index)));

		widest = width > widest ? width : widest;
	}
	scols_free_iter(iterator);
	return widest;
}

/* Of the columns that may be cut and are not yet, the one with the least share; table->columns if there is none. */
static size_t next_to_cut(const struct table *table)
{
	size_t next = table->columns;
	double least = 1;

	for (size_t i = 0; i < table->columns; i++) {
		struct libscols_column *column = scols_table_get_column(table->table, i);
		double share = scols_column_get_whint(column);

		if (share > 0 && share < least && !scols_column_is_trunc(column)) {
			next = i;
			least = share;
		}
	}
	return next;
}

/*
 * No more columns may be cut than has to be: of those that may, each version of the library cuts others, the newer
 * ones by how much their cells differ.
 */
static void permit_cuts(struct table *table)
{
	size_t room = scols_table_get_termwidth(table->table);
	size_t total = table->columns - 1;
	size_t next;

	for (size_t i = 0; i < table->columns; i++)
		total += column_width(table, i);
	while (total > room && (next = next_to_cut(table)) < table->columns) {
		struct libscols_column *column = scols_table_get_column(table->table, next);

		total -= column_width(table, next);
		total += width_of(scols_cell_get_data(scols_column_get_header(column)));
		(void)scols_column_set_flags(
			column, scols_column_get_flags(column) | SCOLS_FL_TRUNC);
	}
}

/* ---- printing ---- */

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
	if (isatty(STDOUT_FILENO))
		permit_cuts(table);
	if (scols_print_table(table->table) != 0)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM, "cannot print the table");
	return 0;
}
