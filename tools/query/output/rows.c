/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/rows.h"
#include "base/error.h"
#include "cli/format.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the format ---- */

static int add_cell(struct rows *rows, struct rows_cell cell, struct lifecycle_error *error)
{
	struct rows_cell *cells = reallocarray(rows->cells, rows->cell_count + 1, sizeof(*cells));

	if (cells == NULL)
		return error_no_memory(error);
	cells[rows->cell_count++] = cell;
	rows->cells = cells;
	return 0;
}

static int use_usual_table(struct rows *rows, struct lifecycle_error *error)
{
	for (size_t i = 0; i < columns_count; i++)
		if ((columns[i].flags & COLUMN_USUAL) != 0 &&
			add_cell(rows, (struct rows_cell){ .column = &columns[i] }, error) < 0)
			return -1;
	return 0;
}

static int parse_template(const char *text, bool of_table, struct template **ret_template,
	struct lifecycle_error *error)
{
	struct template *template;
	json_t *known;
	int result;

	if (template_parse(text, &template, error) < 0)
		return -1;
	result = columns_known(of_table, &known, error);
	if (result == 0) {
		result = template_check(template, known, error);
		json_decref(known);
	}
	if (result < 0)
		template_free(template);
	else
		*ret_template = template;
	return result;
}

static int parse_cell(
	const char *text, size_t length, struct rows *rows, struct lifecycle_error *error)
{
	char *part = strndup(text, length);
	struct rows_cell cell = { NULL, NULL };
	const char *key;

	if (part == NULL)
		return error_no_memory(error);
	if (parse_template(part, true, &cell.template, error) < 0) {
		free(part);
		return -1;
	}
	free(part);
	key = template_only_key(cell.template);
	cell.column = key != NULL ? column_find(key) : NULL;
	if (add_cell(rows, cell, error) == 0)
		return 0;
	template_free(cell.template);
	return -1;
}

static int parse_cells(const char *text, struct rows *rows, struct lifecycle_error *error)
{
	const char *next;

	for (; text != NULL; text = next) {
		size_t length = template_cell(text, &next);

		if (parse_cell(text, length, rows, error) < 0)
			return -1;
	}
	return 0;
}

int rows_parse_format(const char *text, struct rows *rows, struct lifecycle_error *error)
{
	static const char table[] = "table ";

	rows->format = ROWS_TABLE;
	if (text == NULL || strcmp(text, "table") == 0)
		return use_usual_table(rows, error);
	if (strncmp(text, table, strlen(table)) == 0 && strstr(text, "{{") != NULL)
		return parse_cells(text + strlen(table), rows, error);
	if (strcmp(text, "json") == 0 || strcmp(text, "jsonl") == 0) {
		rows->format = text[strlen("json")] == 'l' ? ROWS_JSONL : ROWS_JSON;
		return 0;
	}
	if (strstr(text, "{{") == NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no format: it is table, json, jsonl or a template such as "
			"'{{.ID}}'",
			text);
	rows->format = ROWS_TEMPLATE;
	return parse_template(text, false, &rows->template, error);
}

void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->cell_count; i++)
		template_free(rows->cells[i].template);
	free(rows->cells);
	template_free(rows->template);
	table_free(rows->table);
}

/* ---- a cell ---- */

/* Of which container a template's cell is rendered. */
struct scene {
	const struct rows *rows;
	const struct view *view; /* NULL: the headings */
};

static int print_column_escaped(const struct scene *scene, const struct column *column, FILE *out)
{
	char *text = NULL;
	size_t size;
	FILE *raw = open_memstream(&text, &size);

	if (raw == NULL)
		return -1;
	column_print(column, scene->view, &scene->rows->style, raw);
	if (fclose(raw) == 0)
		format_escaped(out, text);
	free(text);
	return 0;
}

/* A template_print_fn: what a table shows of a column is for people. */
static bool print_key(const char *key, void *arg, FILE *out)
{
	const struct scene *scene = arg;
	const struct column *column = column_find(key);

	if (column == NULL)
		return false;
	if (scene->view != NULL)
		return print_column_escaped(scene, column, out) == 0;
	fputs(column->header, out);
	return true;
}

static int print_template(const struct scene *scene, const struct template *template, FILE *out,
	struct lifecycle_error *error)
{
	struct template_scope scope = {
		.escape = true, .print = print_key, .arg = (void *)(uintptr_t)scene
	};
	json_t *row = NULL;
	int result;

	if (scene->view != NULL && columns_row(scene->view, &row, error) < 0)
		return -1;
	scope.tree = row;
	result = template_print(template, &scope, out, error);
	json_decref(row);
	return result;
}

static int print_cell(const struct scene *scene, const struct rows_cell *cell, FILE *out,
	struct lifecycle_error *error)
{
	if (cell->column == NULL)
		return print_template(scene, cell->template, out, error);
	if (scene->view != NULL)
		return print_column_escaped(scene, cell->column, out) == 0 ? 0
									   : error_no_memory(error);
	fputs(cell->column->header, out);
	return 0;
}

static int render_cell(const struct scene *scene, const struct rows_cell *cell, char **ret_text,
	struct lifecycle_error *error)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int result;

	if (out == NULL)
		return error_no_memory(error);
	result = print_cell(scene, cell, out, error);
	if (fclose(out) != 0 && result == 0)
		result = error_no_memory(error);
	if (result < 0)
		free(text);
	else
		*ret_text = text;
	return result;
}

static void free_cells(const struct rows *rows, char **cells)
{
	for (size_t i = 0; cells != NULL && i < rows->cell_count; i++)
		free(cells[i]);
	free(cells);
}

static int render_cells(const struct scene *scene, char ***ret_cells, struct lifecycle_error *error)
{
	const struct rows *rows = scene->rows;
	char **cells = calloc(rows->cell_count, sizeof(*cells));

	if (cells == NULL)
		return error_no_memory(error);
	for (size_t i = 0; i < rows->cell_count; i++)
		if (render_cell(scene, &rows->cells[i], &cells[i], error) < 0) {
			free_cells(rows, cells);
			return -1;
		}
	*ret_cells = cells;
	return 0;
}

/* ---- a table ---- */

/* What went wrong gives way to names, and both to what is true now: 80 columns hold that, and half a name. */
static double share_of_width(const struct column *column)
{
	if ((column->flags & COLUMN_SHRINKS_FIRST) != 0)
		return 0.01;
	if ((column->flags & COLUMN_SHRINKS) != 0)
		return 0.18;
	return (column->flags & COLUMN_SHRINKS_LAST) != 0 ? 0.3 : 0;
}

static struct table_heading heading_of(const struct rows *rows, size_t index, const char *text)
{
	const struct column *column = rows->cells[index].column;
	struct table_heading heading = { .text = text };

	if (column != NULL) {
		heading.right = (column->flags & COLUMN_RIGHT) != 0;
		heading.share = rows->style.whole ? 0 : share_of_width(column);
	}
	return heading;
}

static int make_table(struct rows *rows, char **texts, struct lifecycle_error *error)
{
	struct table_heading *headings = calloc(rows->cell_count, sizeof(*headings));
	int result;

	if (headings == NULL)
		return error_no_memory(error);
	for (size_t i = 0; i < rows->cell_count; i++)
		headings[i] = heading_of(rows, i, texts[i]);
	result = table_new(headings, rows->cell_count, rows->headings, &rows->table, error);
	free(headings);
	return result;
}

static const char *colour_of(const struct view *view)
{
	if (columns_trouble(view))
		return "red";
	return view_is(view, LIFECYCLE_STATUS_RUNNING) ? "green" : NULL;
}

/* ---- a line ---- */

static int render_template(
	const struct rows *rows, const json_t *row, char **ret_text, struct lifecycle_error *error)
{
	const struct template_scope scope = { .tree = row, .escape = isatty(STDOUT_FILENO) };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int result;

	if (out == NULL)
		return error_no_memory(error);
	result = template_print(rows->template, &scope, out, error);
	if (fclose(out) != 0 && result == 0)
		result = error_no_memory(error);
	if (result < 0)
		free(text);
	else
		*ret_text = text;
	return result;
}

static int render_json(
	const json_t *row, size_t flags, char **ret_text, struct lifecycle_error *error)
{
	char *text = json_output_text(row, flags);

	if (text == NULL)
		return error_no_memory(error);
	*ret_text = text;
	return 0;
}

static int render_row(const struct rows *rows, const struct view *view, char **ret_text,
	struct lifecycle_error *error)
{
	json_t *row;
	int result;

	if (columns_row(view, &row, error) < 0)
		return -1;
	if (rows->format == ROWS_TEMPLATE)
		result = render_template(rows, row, ret_text, error);
	else
		result = render_json(row, rows->format == ROWS_JSON ? JSON_INDENT(2) : JSON_COMPACT,
			ret_text, error);
	json_decref(row);
	return result;
}

int rows_render(const struct rows *rows, const struct view *view, struct rows_line *ret_line,
	struct lifecycle_error *error)
{
	const struct rows_cell id = { .column = column_find("id") };
	const struct scene scene = { rows, view };
	struct rows_line line = { .colour = colour_of(view) };
	int result;

	if (rows->format == ROWS_TABLE)
		result = render_cells(&scene, &line.cells, error);
	else if (rows->format == ROWS_IDS)
		result = render_cell(&scene, &id, &line.text, error);
	else
		result = render_row(rows, view, &line.text, error);
	if (result == 0)
		*ret_line = line;
	return result;
}

void rows_line_free(const struct rows *rows, struct rows_line *line)
{
	free(line->text);
	free_cells(rows, line->cells);
	*line = (struct rows_line){ 0 };
}

/* ---- the whole ---- */

int rows_begin(struct rows *rows, struct lifecycle_error *error)
{
	const struct scene scene = { rows, NULL };
	char **texts;
	int result;

	rows->array.out = stdout;
	if (rows->format != ROWS_TABLE)
		return 0;
	if (render_cells(&scene, &texts, error) < 0)
		return -1;
	result = make_table(rows, texts, error);
	free_cells(rows, texts);
	return result;
}

int rows_print(struct rows *rows, const struct rows_line *line, struct lifecycle_error *error)
{
	switch (rows->format) {
	case ROWS_TABLE:
		return table_add(rows->table, line->cells, rows->cell_count, line->colour, error);
	case ROWS_JSON:
		json_output_array_add(&rows->array, line->text);
		return 0;
	default:
		puts(line->text);
		return 0;
	}
}

int rows_end(struct rows *rows, struct lifecycle_error *error)
{
	if (rows->format == ROWS_TABLE)
		return table_print(rows->table, error);
	if (rows->format == ROWS_JSON)
		json_output_array_end(&rows->array);
	return 0;
}
