/* SPDX-License-Identifier: Apache-2.0 */
/* What list's --format makes of a container; that of two a table is made is for tests/integration. */
#include "query/output/rows.h"
#include "unit.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define NOW          (INT64_C(1795311414) * 1000000000)

static const char record_text[] =
	"{\"id\":\"c1\",\"name\":\"we\\u001bb\",\"generation\":1,\"status\":\"stopped\",\"reason\":"
	"\"exited\","
	"\"exit_code\":0,\"started_at\":\"2026-11-22T01:06:54Z\","
	"\"started_at_source\":\"poststart\",\"finished_at\":\"2026-11-22T01:36:54Z\"}";

/* The line's text, or its cells, each in angle brackets. */
static void print_line(const struct rows *rows, const struct rows_line *line, char text[1024])
{
	text[0] = '\0';
	if (line->text != NULL)
		snprintf(text, 1024, "%s", line->text);
	for (size_t i = 0; line->cells != NULL && i < rows->cell_count; i++)
		snprintf(text + strlen(text), 1024 - strlen(text), "<%s>", line->cells[i]);
}

static const struct {
	const char *format;
	enum rows_format kind;
	const char *line;
} cases[] = {
	{ NULL, ROWS_TABLE,
		"<c1><we\\x1bb><stopped (exited 0)><30 minutes ago><0 seconds ago><-><->" },
	{ "table", ROWS_TABLE,
		"<c1><we\\x1bb><stopped (exited 0)><30 minutes ago><0 seconds ago><-><->" },
	{ "table {{.ID}}", ROWS_TABLE, "<c1>" },
	{ "table {{.Name}}\\t{{.Uptime}}\t{{.Looked}}", ROWS_TABLE,
		"<we\\x1bb><30 minutes><true>" },
	{ "table {{.ID}}/{{.Status}}\tx", ROWS_TABLE, "<c1/stopped (exited 0)><x>" },
	{ "table {{json .Name}} {{.Bundle}}", ROWS_TABLE, "<\"we\\u001Bb\" ->" },
	{ "json", ROWS_JSON,
		"{\n  \"id\": \"c1\",\n  \"name\": \"we\\u001Bb\",\n  \"status\": \"stopped\",\n"
		"  \"started_at\": \"2026-11-22T01:06:54.000000000Z\",\n"
		"  \"reason\": \"exited\",\n  \"create_error\": false,\n  \"looked\": true,\n"
		"  \"exit_code\": 0,\n  \"started_at_source\": \"poststart\",\n"
		"  \"finished_at\": \"2026-11-22T01:36:54.000000000Z\",\n  \"generation\": 1\n}" },
	{ "jsonl", ROWS_JSONL,
		"{\"id\":\"c1\",\"name\":\"we\\u001Bb\",\"status\":\"stopped\","
		"\"started_at\":\"2026-11-22T01:06:54.000000000Z\",\"reason\":\"exited\","
		"\"create_error\":false,\"looked\":true,\"exit_code\":0,"
		"\"started_at_source\":\"poststart\","
		"\"finished_at\":\"2026-11-22T01:36:54.000000000Z\",\"generation\":1}" },
	{ "{{.ID}} {{.StartedAt}} {{.Bundle}}|", ROWS_TEMPLATE,
		"c1 2026-11-22T01:06:54.000000000Z |" },
	{ "{{json .}}", ROWS_TEMPLATE,
		"{\"id\":\"c1\",\"name\":\"we\\u001Bb\",\"status\":\"stopped\","
		"\"started_at\":\"2026-11-22T01:06:54.000000000Z\",\"reason\":\"exited\","
		"\"create_error\":false,\"looked\":true,\"exit_code\":0,"
		"\"started_at_source\":\"poststart\","
		"\"finished_at\":\"2026-11-22T01:36:54.000000000Z\",\"generation\":1}" },
	{ "jsonl {{.ID}}", ROWS_TEMPLATE, "jsonl c1" },
};

START_TEST(test_case)
{
	struct lifecycle_record *record = unit_record(record_text);
	struct rows rows = { .style = { .now = NOW } };
	struct rows_line line;
	struct lifecycle_error error;
	struct view view;
	char text[1024];

	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	view_of(record, &view);
	ck_assert_msg(rows_parse_format(cases[_i].format, &rows, &error) == 0, "%s", error.message);
	ck_assert_int_eq(rows.format, cases[_i].kind);
	ck_assert_int_eq(rows_render(&rows, &view, &line, &error), 0);
	print_line(&rows, &line, text);
	ck_assert_str_eq(text, cases[_i].line);
	rows_line_free(&rows, &line);
	ck_assert_ptr_null(line.text);
	ck_assert_ptr_null(line.cells);
	rows_free(&rows);
	lifecycle_record_free(record);
}
END_TEST

/* A column alone is shown, and shrinks, as the column does: a text around it makes it another. */
START_TEST(test_columns_of_cells)
{
	struct rows rows = { 0 };

	ck_assert_int_eq(
		rows_parse_format("table {{.PID}}\\t{{.PID}} \\t{{json .PID}}", &rows, NULL), 0);
	ck_assert_uint_eq(rows.cell_count, 3);
	ck_assert_ptr_eq(rows.cells[0].column, column_find("pid"));
	ck_assert_ptr_null(rows.cells[1].column);
	ck_assert_ptr_null(rows.cells[2].column);
	rows_free(&rows);
}
END_TEST

/* list -q */
START_TEST(test_ids)
{
	static const char id[] = "3c0f1d0e6f3a9a0f1b1c5a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f70819";
	char json[128];
	struct rows rows = { .format = ROWS_IDS, .style = { .whole = _i == 1 } };
	struct lifecycle_record *record;
	struct rows_line line;
	struct view view;

	snprintf(json, sizeof(json), "{\"id\":\"%s\"}", id);
	record = unit_record(json);
	view_of(record, &view);
	ck_assert_int_eq(rows_render(&rows, &view, &line, NULL), 0);
	ck_assert_uint_eq(strlen(line.text), _i == 1 ? 64 : 12);
	ck_assert_int_eq(strncmp(line.text, id, strlen(line.text)), 0);
	rows_line_free(&rows, &line);
	rows_free(&rows);
	lifecycle_record_free(record);
}
END_TEST

/* ---- colours ---- */

static const struct {
	const char *record;
	enum lifecycle_status status;
	const char *colour;
} colours[] = {
	{ "{}", LIFECYCLE_STATUS_RUNNING, "green" },
	{ "{}", LIFECYCLE_STATUS_CREATED, NULL },
	{ "{}", LIFECYCLE_STATUS_NONE, NULL },
	{ "{}", LIFECYCLE_STATUS_STOPPED, "red" },
	{ "{\"exit_code\":1}", LIFECYCLE_STATUS_RUNNING, "red" },
	{ "{\"finished_at\":\"2026-11-22T01:36:54Z\"}", LIFECYCLE_STATUS_STOPPED, NULL },
};

START_TEST(test_colour)
{
	struct lifecycle_record *record = unit_record(colours[_i].record);
	struct rows rows = { .format = ROWS_JSONL };
	struct rows_line line;
	struct view view;

	view_of(record, &view);
	view.observed.status = colours[_i].status;
	ck_assert_int_eq(rows_render(&rows, &view, &line, NULL), 0);
	ck_assert_pstr_eq(line.colour, colours[_i].colour);
	rows_line_free(&rows, &line);
	lifecycle_record_free(record);
}
END_TEST

/* ---- what is no format ---- */

static const struct {
	const char *format;
	const char *error; /* how it begins */
} bad[] = {
	{ "", "'' is no format: it is table, json, jsonl or a template such as '{{.ID}}'" },
	{ "yaml", "'yaml' is no format: " },
	{ "JSON", "'JSON' is no format: " },
	{ "jsonx", "'jsonx' is no format: " },
	{ "table ", "'table ' is no format: " },
	{ "table ID", "'table ID' is no format: " },
	{ "{{.Nope}}", "unknown key 'Nope' in the template: known are ID, Name, " },
	{ "table {{.ID}}\\t{{.Nope}}", "unknown key 'Nope' in the template: known are ID, Name, " },
	/* for tables only */
	{ "{{.Uptime}}", "unknown key 'Uptime' in the template: " },
	{ "{{.ID", "bad template: " },
	{ "table {{.ID}}\\t{{.ID", "bad template: " },
};

START_TEST(test_bad)
{
	struct rows rows = { 0 };
	struct lifecycle_error error;

	ck_assert_int_eq(rows_parse_format(bad[_i].format, &rows, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_msg(strncmp(error.message, bad[_i].error, strlen(bad[_i].error)) == 0, "%s",
		error.message);
	rows_free(&rows);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("rows");
	TCase *tcase = tcase_create("rows");

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_test(tcase, test_columns_of_cells);
	tcase_add_loop_test(tcase, test_ids, 0, 2);
	tcase_add_loop_test(tcase, test_colour, 0, COUNT(colours));
	tcase_add_loop_test(tcase, test_bad, 0, COUNT(bad));
	suite_add_tcase(suite, tcase);
	return suite;
}
