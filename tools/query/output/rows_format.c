/* SPDX-License-Identifier: Apache-2.0 */
/* What list's --format asks for. */
#include "base/error.h"
#include "query/output/compat.h"
#include "query/output/rows.h"

#include <stdlib.h>
#include <string.h>

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
		result = compat_ps_add_known(known, error);
		if (result == 0)
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
	rows->is_usual = text == NULL || strcmp(text, "table") == 0;
	if (rows->is_usual)
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
