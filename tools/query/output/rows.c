/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/rows.h"
#include "base/error.h"
#include "base/text_stream.h"
#include "cli/format.h"
#include "query/output/compat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- a cell ---- */

/* Of which container a template's cell is rendered. */
struct scene {
	const struct rows *rows;
	struct columns_style style;
	const struct view *view; /* NULL: the headings */
};

static int print_column_escaped(const struct scene *scene, const struct column *column, FILE *out)
{
	char *text = NULL;
	size_t size;
	FILE *raw = text_stream_open(&text, &size);

	if (raw == NULL)
		return -1;
	column_print(column, scene->view, &scene->style, raw);
	if (fclose(raw) != 0) {
		free(text);
		return -1;
	}
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

/* Of a row, or of the headings. */
static int print_template(const struct scene *scene, const struct template *template,
	struct template_scope scope, FILE *out, struct lifecycle_error *error)
{
	json_t *row = NULL;
	json_t *also = NULL;
	int result = 0;

	if (scene->view != NULL)
		result = columns_row(scene->view, &row, error);
	if (scene->view != NULL && result == 0)
		result = compat_ps(scene->view, scene->style.now, &also, error);
	scope.tree = row;
	scope.also = also;
	if (result == 0)
		result = template_print(template, &scope, out, error);
	json_decref(also);
	json_decref(row);
	return result;
}

static int print_cell_template(const struct scene *scene, const struct template *template,
	FILE *out, struct lifecycle_error *error)
{
	const struct template_scope scope = {
		.escape = true, .print = print_key, .arg = (void *)(uintptr_t)scene
	};

	return print_template(scene, template, scope, out, error);
}

static int print_cell(const struct scene *scene, const struct rows_cell *cell, FILE *out,
	struct lifecycle_error *error)
{
	if (cell->column == NULL)
		return print_cell_template(scene, cell->template, out, error);
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
	FILE *out = text_stream_open(&text, &size);
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

/* What went wrong gives way to names, as long as it can be read, and both to what is true now. */
static enum fit_yields yields_of(const struct column *column)
{
	if ((column->flags & COLUMN_SHRINKS_FIRST) != 0)
		return FIT_FIRST;
	if ((column->flags & COLUMN_SHRINKS) != 0)
		return FIT_MIDDLE;
	return (column->flags & COLUMN_SHRINKS_LAST) != 0 ? FIT_LAST : FIT_NEVER;
}

static unsigned leaves_of(const struct rows *rows, const struct column *column)
{
	/* what was asked for by name stays */
	if (!rows->is_usual)
		return 0;
	return (column->flags & COLUMN_LEAVES_FIRST) != 0 ? 2
							  : (column->flags & COLUMN_LEAVES) != 0;
}

static struct table_heading heading_of(const struct rows *rows, size_t index, const char *text)
{
	const struct column *column = rows->cells[index].column;
	struct table_heading heading = { .text = text };

	if (column != NULL) {
		heading.right = (column->flags & COLUMN_RIGHT) != 0;
		heading.yields = yields_of(column);
		heading.leaves = leaves_of(rows, column);
	}
	return heading;
}

/* Without a terminal it is as wide as it is, and so it is if that is asked for. */
static void set_width(struct rows *rows)
{
	size_t width;

	rows->table_style.width = SIZE_MAX;
	if (!rows->style.whole && format_is_narrow(stdout, &width))
		rows->table_style.width = width;
}

static int make_table(struct rows *rows, char **texts, struct lifecycle_error *error)
{
	struct table_heading *headings = calloc(rows->cell_count, sizeof(*headings));
	int result;

	if (headings == NULL)
		return error_no_memory(error);
	for (size_t i = 0; i < rows->cell_count; i++)
		headings[i] = heading_of(rows, i, texts[i]);
	set_width(rows);
	result = table_new(headings, rows->cell_count, &rows->table_style, &rows->table, error);
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

static int render_template(const struct rows *rows, const struct view *view, char **ret_text,
	struct lifecycle_error *error)
{
	const struct scene scene = { rows, rows->style, view };
	const struct template_scope scope = { .escape = isatty(STDOUT_FILENO) };
	char *text = NULL;
	size_t size;
	FILE *out = text_stream_open(&text, &size);
	int result;

	if (out == NULL)
		return error_no_memory(error);
	result = print_template(&scene, rows->template, scope, out, error);
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

	if (rows->format == ROWS_TEMPLATE)
		return render_template(rows, view, ret_text, error);
	if (columns_row(view, &row, error) < 0)
		return -1;
	result = render_json(
		row, rows->format == ROWS_JSON ? JSON_INDENT(2) : JSON_COMPACT, ret_text, error);
	json_decref(row);
	return result;
}

/* Both forms, if the table may have to fit. */
static int render_both(const struct rows *rows, const struct view *view, struct rows_line *line,
	struct lifecycle_error *error)
{
	struct scene scene = { rows, rows->style, view };

	if (render_cells(&scene, &line->cells, error) < 0)
		return -1;
	if (rows->table_style.width == SIZE_MAX)
		return 0;
	scene.style.brief = true;
	return render_cells(&scene, &line->brief, error);
}

int rows_render(const struct rows *rows, const struct view *view, struct rows_line *ret_line,
	struct lifecycle_error *error)
{
	const struct rows_cell id = { .column = column_find("id") };
	const struct scene scene = { rows, rows->style, view };
	struct rows_line line = { .colour = colour_of(view) };
	int result;

	if (rows->format == ROWS_TABLE)
		result = render_both(rows, view, &line, error);
	else if (rows->format == ROWS_IDS)
		result = render_cell(&scene, &id, &line.text, error);
	else
		result = render_row(rows, view, &line.text, error);
	if (result == 0)
		*ret_line = line;
	else
		rows_line_free(rows, &line);
	return result;
}

void rows_line_free(const struct rows *rows, struct rows_line *line)
{
	free(line->text);
	free_cells(rows, line->cells);
	free_cells(rows, line->brief);
	*line = (struct rows_line){ 0 };
}

/* ---- the whole ---- */

void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->cell_count; i++)
		template_free(rows->cells[i].template);
	free(rows->cells);
	template_free(rows->template);
	table_free(rows->table);
}

int rows_begin(struct rows *rows, struct lifecycle_error *error)
{
	const struct scene scene = { rows, rows->style, NULL };
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
		return table_add(rows->table, line->cells, line->brief, line->colour, error);
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
