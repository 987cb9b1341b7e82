/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"
#include "cli.h"
#include "format.h"
#include "table.h"
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- JSON ---- */

static int print_json(const json_t *views, struct lifecycle_error *error)
{
	json_t *rows = json_array();
	const json_t *view;
	json_t *row;
	size_t i;
	int result = rows != NULL ? 0 : cli_no_memory(error);

	json_array_foreach(views, i, view) {
		if (result == 0)
			result = columns_row(view, &row, error);
		if (result == 0 && json_array_append_new(rows, row) != 0)
			result = cli_no_memory(error);
	}
	if (result == 0)
		result = view_print(rows, JSON_INDENT(2), stdout, error);
	putchar('\n');
	json_decref(rows);
	return result;
}

static int print_jsonl(const json_t *views, struct lifecycle_error *error)
{
	const json_t *view;
	json_t *row;
	size_t i;
	int result = 0;

	json_array_foreach(views, i, view) {
		if (result != 0 || columns_row(view, &row, error) != 0)
			return -1;
		result = view_print(row, JSON_COMPACT, stdout, error);
		putchar('\n');
		json_decref(row);
	}
	return result;
}

/* ---- lines of a template ---- */

static int print_line(
	const struct rows_shape *shape, const json_t *view, struct lifecycle_error *error)
{
	struct template_scope scope = { .escape = isatty(STDOUT_FILENO) };
	json_t *row;
	int result;

	if (columns_row(view, &row, error) != 0)
		return -1;
	scope.tree = row;
	result = template_print(shape->template, &scope, stdout, error);
	putchar('\n');
	json_decref(row);
	return result;
}

static int print_lines(
	const json_t *views, const struct rows_shape *shape, struct lifecycle_error *error)
{
	const json_t *view;
	size_t i;
	int result = 0;

	json_array_foreach(views, i, view) {
		if (result == 0)
			result = print_line(shape, view, error);
	}
	return result;
}

/* ---- tables: a template whose cells end at a tab ---- */

#define MAX_CELLS 64

struct table_line {
	const struct rows_shape *shape;
	const json_t *view; /* NULL: the headings */
	char *text;
	size_t count;
	char *cells[MAX_CELLS]; /* in text */
};

static int print_escaped(const struct table_line *line, const struct column *column, FILE *out)
{
	char *text = NULL;
	size_t size;
	FILE *raw = open_memstream(&text, &size);

	if (raw == NULL)
		return -1;
	column_print(column, line->view, &line->shape->style, raw);
	if (fclose(raw) == 0)
		format_escaped(out, text);
	free(text);
	return 0;
}

static bool print_cell(const char *key, void *arg, FILE *out)
{
	const struct table_line *line = arg;
	const struct column *column = column_find(key);

	if (column == NULL)
		return false;
	if (line->view != NULL)
		return print_escaped(line, column, out) == 0;
	fputs(column->header, out);
	return true;
}

static void split(struct table_line *line)
{
	char *rest = line->text;

	while (rest != NULL && line->count < MAX_CELLS)
		line->cells[line->count++] = strsep(&rest, "\t");
}

static int render(struct table_line *line, const json_t *row, struct lifecycle_error *error)
{
	struct template_scope scope = {
		.tree = row, .escape = true, .print = print_cell, .arg = line
	};
	size_t size;
	FILE *out = open_memstream(&line->text, &size);
	int result;

	if (out == NULL)
		return cli_no_memory(error);
	result = template_print(line->shape->template, &scope, out, error);
	if (fclose(out) != 0 || line->text == NULL)
		return cli_no_memory(error);
	split(line);
	return result;
}

/* What went wrong gives way to names, and both to what is true now: 80 columns hold that, and half a name. */
static double keeps(const struct column *column)
{
	if ((column->flags & COLUMN_SHRINKS_FIRST) != 0)
		return 0.01;
	if ((column->flags & COLUMN_SHRINKS) != 0)
		return 0.18;
	return (column->flags & COLUMN_SHRINKS_LAST) != 0 ? 0.3 : 0;
}

static struct table_heading heading_of(const struct rows_shape *shape, const char *text)
{
	const struct column *column = column_of_header(text);

	if (column == NULL)
		return (struct table_heading){ .text = text };
	return (struct table_heading){ .text = text,
		.right = (column->flags & COLUMN_RIGHT) != 0,
		.keeps = shape->style.whole ? 0 : keeps(column) };
}

static int make_table(
	const struct rows_shape *shape, struct table **ret_table, struct lifecycle_error *error)
{
	struct table_line line = { .shape = shape };
	struct table_heading headings[MAX_CELLS];
	int result = render(&line, NULL, error);

	for (size_t i = 0; i < line.count; i++)
		headings[i] = heading_of(shape, line.cells[i]);
	if (result == 0)
		result = table_new(headings, line.count, shape->headings, ret_table, error);
	free(line.text);
	return result;
}

static const char *colour_of(const json_t *view)
{
	if (columns_trouble(view))
		return "red";
	return view_is(view, LIFECYCLE_STATUS_RUNNING) ? "green" : NULL;
}

static int add_line(struct table *table, const struct rows_shape *shape, const json_t *view,
	struct lifecycle_error *error)
{
	struct table_line line = { .shape = shape, .view = view };
	json_t *row;
	int result;

	if (columns_row(view, &row, error) != 0)
		return -1;
	result = render(&line, row, error);
	json_decref(row);
	if (result == 0)
		result = table_add(table, line.cells, line.count, colour_of(view), error);
	free(line.text);
	return result;
}

static int print_table(
	const json_t *views, const struct rows_shape *shape, struct lifecycle_error *error)
{
	struct table *table;
	const json_t *view;
	size_t i;
	int result;

	if (make_table(shape, &table, error) != 0)
		return -1;
	result = 0;
	json_array_foreach(views, i, view) {
		if (result == 0)
			result = add_line(table, shape, view, error);
	}
	if (result == 0)
		result = table_print(table, error);
	table_free(table);
	return result;
}

/* ---- the shape ---- */

/* "table {{.ID}}\t{{.Name}}...": the usual columns. */
static char *usual_table(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *separator = "table ";

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < columns_count; i++) {
		if ((columns[i].flags & COLUMN_USUAL) == 0)
			continue;
		fprintf(out, "%s{{.%s}}", separator, columns[i].key);
		separator = "\t";
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* In a table there are more keys than in JSON. */
static int known_keys(bool table, json_t **ret_known, struct lifecycle_error *error)
{
	if (columns_known(ret_known, error) != 0)
		return -1;
	for (size_t i = 0; table && i < columns_count; i++)
		if (json_object_set_new(*ret_known, columns[i].key, json_null()) != 0) {
			json_decref(*ret_known);
			return cli_no_memory(error);
		}
	return 0;
}

static int parse_template(
	const char *text, struct template **ret_template, struct lifecycle_error *error)
{
	struct template *template;
	json_t *known;
	int result;

	if (template_parse(text, &template, error) != 0)
		return -1;
	result = known_keys(template_is_table(template), &known, error);
	if (result == 0) {
		result = template_check(template, known, error);
		json_decref(known);
	}
	if (result != 0)
		template_free(template);
	else
		*ret_template = template;
	return result;
}

static int use_usual_table(struct rows_shape *shape, struct lifecycle_error *error)
{
	char *text = usual_table();
	int result =
		text != NULL ? parse_template(text, &shape->template, error) : cli_no_memory(error);

	free(text);
	return result;
}

int rows_shape_parse(
	const char *format, struct rows_shape *ret_shape, struct lifecycle_error *error)
{
	if (format == NULL || strcmp(format, "table") == 0)
		return use_usual_table(ret_shape, error);
	if (strcmp(format, "json") == 0 || strcmp(format, "jsonl") == 0) {
		ret_shape->word = format;
		return 0;
	}
	if (strstr(format, "{{") == NULL)
		return cli_error(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no format: it is table, json, jsonl or a template such as "
			"'{{.ID}}'",
			format);
	return parse_template(format, &ret_shape->template, error);
}

void rows_shape_free(struct rows_shape *shape)
{
	template_free(shape->template);
}

int rows_print(const json_t *views, const struct rows_shape *shape, struct lifecycle_error *error)
{
	if (shape->word == NULL)
		return template_is_table(shape->template) ? print_table(views, shape, error)
							  : print_lines(views, shape, error);
	return strcmp(shape->word, "json") == 0 ? print_json(views, error)
						: print_jsonl(views, error);
}
