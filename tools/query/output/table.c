/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/table.h"
#include "base/error.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
	char **cells;
	char **brief; /* NULL: the same */
	const char *colour;
};

struct table {
	struct table_style style;
	size_t columns;
	struct table_heading *headings; /* their texts are the table's */
	struct fit_column *fit;
	size_t count;
	struct row *rows;
};

/* ---- texts ---- */

static void free_texts(char **texts, size_t count)
{
	for (size_t i = 0; texts != NULL && i < count; i++)
		free(texts[i]);
	free(texts);
}

static char **copy_texts(char *const *texts, size_t count)
{
	char **copy = calloc(count, sizeof(*copy));

	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		copy[i] = strdup(texts[i]);
		if (copy[i] == NULL) {
			free_texts(copy, count);
			return NULL;
		}
	}
	return copy;
}

/* ---- a table ---- */

static int add_heading(struct table *table, const struct table_heading *heading)
{
	struct table_heading *copy = &table->headings[table->columns];

	*copy = *heading;
	copy->text = strdup(heading->text);
	if (copy->text == NULL)
		return -1;
	table->fit[table->columns++] = (struct fit_column){ .yields = heading->yields,
		.leaves = heading->leaves,
		.heading = table->style.headings ? fit_width(heading->text) : 1 };
	return 0;
}

static int add_headings(struct table *table, const struct table_heading *headings, size_t count)
{
	table->headings = calloc(count, sizeof(*table->headings));
	table->fit = calloc(count, sizeof(*table->fit));
	if (table->headings == NULL || table->fit == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (add_heading(table, &headings[i]) < 0)
			return -1;
	return 0;
}

int table_new(const struct table_heading *headings, size_t count, const struct table_style *style,
	struct table **ret_table, struct lifecycle_error *error)
{
	struct table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return error_no_memory(error);
	table->style = *style;
	if (add_headings(table, headings, count) < 0) {
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
	for (size_t i = 0; i < table->count; i++) {
		free_texts(table->rows[i].cells, table->columns);
		free_texts(table->rows[i].brief, table->columns);
	}
	for (size_t i = 0; i < table->columns; i++)
		free((char *)(uintptr_t)table->headings[i].text);
	free(table->rows);
	free(table->headings);
	free(table->fit);
	free(table);
}

static void widen(struct table *table, const struct row *row)
{
	for (size_t i = 0; i < table->columns; i++) {
		struct fit_column *fit = &table->fit[i];
		size_t usual = fit_width(row->cells[i]);
		size_t brief = row->brief != NULL ? fit_width(row->brief[i]) : usual;

		fit->usual = usual > fit->usual ? usual : fit->usual;
		fit->brief = brief > fit->brief ? brief : fit->brief;
	}
}

/* Capacities are powers of two, so that the count tells when one is full. */
static int make_room(struct table *table)
{
	size_t capacity = table->count == 0 ? 1 : table->count * 2;
	struct row *rows;

	if ((table->count & (table->count - 1)) != 0)
		return 0;
	rows = reallocarray(table->rows, capacity, sizeof(*rows));
	if (rows == NULL)
		return -1;
	table->rows = rows;
	return 0;
}

int table_add(struct table *table, char *const *cells, char *const *brief, const char *colour,
	struct lifecycle_error *error)
{
	struct row row = { .cells = copy_texts(cells, table->columns),
		.brief = brief != NULL ? copy_texts(brief, table->columns) : NULL,
		.colour = colour };

	if (row.cells == NULL || (brief != NULL && row.brief == NULL) || make_room(table) < 0) {
		free_texts(row.cells, table->columns);
		free_texts(row.brief, table->columns);
		return error_no_memory(error);
	}
	widen(table, &row);
	table->rows[table->count++] = row;
	return 0;
}

/* ---- printing ---- */

/* The library prints nothing at all of a table without lines. */
static void print_headings(const struct table *table)
{
	for (size_t i = 0; i < table->columns; i++)
		printf("%s%s", i > 0 ? " " : "", table->headings[i].text);
	putchar('\n');
}

static int add_columns(const struct table *table, struct libscols_table *printed)
{
	for (size_t i = 0; i < table->columns; i++) {
		const struct table_heading *heading = &table->headings[i];

		if (!table->fit[i].is_left_out &&
			scols_table_new_column(printed, heading->text, 0,
				heading->right ? SCOLS_FL_RIGHT : 0) == NULL)
			return -1;
	}
	return 0;
}

static int add_line(const struct table *table, const struct row *row, bool brief,
	struct libscols_table *printed)
{
	struct libscols_line *line = scols_table_new_line(printed, NULL);
	char *const *cells = brief && row->brief != NULL ? row->brief : row->cells;
	size_t at = 0;

	if (line == NULL || (row->colour != NULL && scols_line_set_color(line, row->colour) != 0))
		return -1;
	for (size_t i = 0; i < table->columns; i++) {
		char *text;

		if (table->fit[i].is_left_out)
			continue;
		text = fit_cut(cells[i], table->fit[i].width);
		if (text == NULL || scols_line_refer_data(line, at++, text) != 0) {
			free(text);
			return -1;
		}
	}
	return 0;
}

/* What the cells hold is escaped, and fits, before the library gets it, so it need not do either. */
static int fill(struct table *table, struct libscols_table *printed)
{
	bool brief = fit_columns(table->fit, table->columns, table->style.width);

	if (scols_table_enable_noencoding(printed, 1) != 0 ||
		scols_table_enable_noheadings(printed, !table->style.headings) != 0 ||
		scols_table_enable_colors(printed, table->style.colours) != 0 ||
		scols_table_set_termforce(printed, SCOLS_TERMFORCE_NEVER) != 0 ||
		add_columns(table, printed) < 0)
		return -1;
	for (size_t i = 0; i < table->count; i++)
		if (add_line(table, &table->rows[i], brief, printed) < 0)
			return -1;
	return 0;
}

int table_print(struct table *table, struct lifecycle_error *error)
{
	struct libscols_table *printed;
	int result;

	if (table->count == 0) {
		if (table->style.headings)
			print_headings(table);
		return 0;
	}
	printed = scols_new_table();
	if (printed == NULL || fill(table, printed) < 0) {
		scols_unref_table(printed);
		return error_no_memory(error);
	}
	result = scols_print_table(printed);
	scols_unref_table(printed);
	return result == 0 ? 0 : error_set(error, LIFECYCLE_ERROR_SYSTEM, "cannot print the table");
}
