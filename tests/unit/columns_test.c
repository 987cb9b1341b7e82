/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/columns.h"
#include "query/output/json_output.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define SECOND       INT64_C(1000000000)
#define HOUR         (3600 * SECOND)
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* When records/kept/full.json's container had been over for three hours and a bit. */
#define FINISHED (1795311414 * SECOND + 1)
#define NOW      (FINISHED + 3 * HOUR + 5)

/* The view, and the record that it is of. */
static struct lifecycle_record *look_at(const char *text, struct view *ret_view)
{
	struct lifecycle_record *record = unit_record(text);

	view_of(record, ret_view);
	return record;
}

static char *in_table(const struct column *column, const struct view *view, bool whole)
{
	const struct columns_style style = { .now = NOW, .whole = whole };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	column_print(column, view, &style, out);
	fclose(out);
	return text;
}

static char *in_json(const struct column *column, const struct view *view)
{
	json_t *value = column_json(column, view);
	char *text = json_output_text(value, JSON_COMPACT);

	ck_assert_ptr_nonnull(value);
	json_decref(value);
	return text;
}

static void check_shown(
	const struct column *column, const struct view *view, const char *json, const char *table)
{
	char *found_json = in_json(column, view);
	char *found_table = in_table(column, view, false);

	ck_assert_msg(strcmp(found_json, json) == 0, "%s: %s", column->key, found_json);
	ck_assert_msg(strcmp(found_table, table) == 0, "%s: %s", column->key, found_table);
	free(found_json);
	free(found_table);
}

/* ---- each column ---- */

/* Of records/kept/full.json. */
static const struct {
	const char *key;
	const char *header;
	const char *json;
	const char *table;
} full[] = {
	{ "id", "ID", "\"c1\"", "c1" },
	{ "name", "NAME", "\"web\"", "web" },
	{ "status", "STATUS", "\"stopped\"", "stopped (exited 137, oom)" },
	{ "started_at", "STARTED", "\"2026-11-22T01:36:52.553480239Z\"", "3 hours ago" },
	{ "exited", "EXITED", "null", "3 hours ago" },
	{ "pid", "PID", "null", "-" },
	{ "errors", "ERROR",
		"[{\"point\":\"createRuntime\",\"time\":\"2026-11-22T01:36:52.000000000Z\","
		"\"message\":\"the hook exited with 7\",\"exit_code\":7,"
		"\"stderr\":\"no such network\\n\",\"command\":\"/opt/net\","
		"\"argv\":[\"net\",\"--up\"],\"index\":1},{\"point\":\"start\","
		"\"time\":\"2026-11-22T01:36:53.000000000Z\","
		"\"message\":\"the runtime was killed by signal 9\",\"signal\":9}]",
		"start: the runtime was killed by signal 9" },
	{ "reason", "REASON", "\"exited\"", "exited" },
	{ "create_error", "CREATE ERROR", "false", "false" },
	{ "looked", "LOOKED", "true", "true" },
	{ "paused", "PAUSED", "null", "-" },
	{ "exit_code", "EXIT CODE", "137", "137" },
	{ "exit_signal", "EXIT SIGNAL", "9", "9" },
	{ "oom_killed", "OOM KILLED", "true", "true" },
	{ "created_at", "CREATED", "\"2026-11-22T01:36:52.500000000Z\"", "3 hours ago" },
	{ "started_at_source", "STARTED BY", "\"poststart\"", "poststart" },
	{ "finished_at", "FINISHED", "\"2026-11-22T01:36:54.000000001Z\"", "3 hours ago" },
	{ "finished_at_source", "FINISHED BY", "\"exit_file\"", "exit_file" },
	{ "uptime", "UPTIME", "null", "1 second" },
	{ "generation", "GENERATION", "2", "2" },
	{ "instance", "INSTANCE", "\"6f1b2b1e-8f0a-4c57-9d7e-0a1b2c3d4e5f\"",
		"6f1b2b1e-8f0a-4c57-9d7e-0a1b2c3d4e5f" },
	{ "bundle", "BUNDLE", "\"/run/b/c1\"", "/run/b/c1" },
	{ "annotations", "ANNOTATIONS", "{\"com.example/team\":\"blue\",\"empty\":\"\"}",
		"{\"com.example/team\":\"blue\",\"empty\":\"\"}" },
};

START_TEST(test_every_column)
{
	ck_assert_uint_eq(columns_count, COUNT(full));
	for (int i = 0; i < COUNT(full); i++) {
		ck_assert_str_eq(columns[i].key, full[i].key);
		ck_assert_str_eq(columns[i].header, full[i].header);
	}
}
END_TEST

START_TEST(test_of_a_full_record)
{
	char *text = unit_data("records/kept/full.json", NULL);
	struct view view;
	struct lifecycle_record *record = look_at(text, &view);

	check_shown(column_find(full[_i].key), &view, full[_i].json, full[_i].table);
	lifecycle_record_free(record);
	free(text);
}
END_TEST

/* Nothing is known but that nothing went wrong. */
START_TEST(test_of_an_empty_record)
{
	const struct column *column = column_find(full[_i].key);
	struct view view;
	struct lifecycle_record *record = look_at("{}", &view);
	bool flag = column->kind == COLUMN_FLAG && strcmp(column->key, "paused") != 0 &&
		    strcmp(column->key, "oom_killed") != 0;

	check_shown(column, &view, flag ? "false" : "null", flag ? "false" : "-");
	lifecycle_record_free(record);
}
END_TEST

/* ---- what people see of what ---- */

static const struct {
	const char *record;
	const char *column;
	const char *text;
} cells[] = {
	/* an engine's ID is long, a person's stays */
	{ "{\"id\":\"3c0f1d0e6f3a9a0f1b1c5a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f70819\"}", "id",
		"3c0f1d0e6f3a" },
	{ "{\"id\":\"3c0f1d0e6f3a9a0f1b1c5a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f7081\"}", "id",
		"3c0f1d0e6f3a9a0f1b1c5a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f7081" },
	{ "{\"id\":\"3C0F1D0E6F3A9A0F1B1C5A7B8C9D0E1F2A3B4C5D6E7F8091A2B3C4D5E6F70819\"}", "id",
		"3C0F1D0E6F3A9A0F1B1C5A7B8C9D0E1F2A3B4C5D6E7F8091A2B3C4D5E6F70819" },
	{ "{\"generation\":1,\"status\":\"stopped\"}", "status", "stopped" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"exit_code\":0}", "status",
		"stopped (exit 0)" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"lost_reboot\"}", "status",
		"stopped (lost_reboot)" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"exited\",\"exit_code\":3}",
		"status", "stopped (exited 3)" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"exited\",\"exit_code\":137,"
	  "\"oom_killed\":false}",
		"status", "stopped (exited 137)" },
	{ "{\"generation\":1,\"status\":\"running\",\"oom_killed\":true}", "oom_killed", "-" },
	/* a time that is still to come, as after the clock was set back */
	{ "{\"status\":\"running\",\"generation\":1,\"started_at\":\"2026-11-22T05:36:54Z\","
	  "\"started_at_source\":\"poststart\"}",
		"started_at", "in 59 minutes" },
	{ "{\"status\":\"running\",\"generation\":1,\"started_at\":\"2026-11-22T05:36:54Z\","
	  "\"started_at_source\":\"poststart\"}",
		"uptime", "-" },
	{ "{\"created_at\":\"2026-11-22T04:36:54.5Z\"}", "created_at", "0 seconds ago" },
	/* a start that was only expected: of what runs, of what has ended, and one that never came to be */
	{ "{\"status\":\"running\",\"generation\":1,\"started_at\":\"2026-11-22T01:36:54Z\","
	  "\"started_at_source\":\"createRuntime\"}",
		"started_at", "~3 hours ago" },
	{ "{\"status\":\"stopped\",\"generation\":1,\"started_at\":\"2026-11-22T01:36:54Z\","
	  "\"started_at_source\":\"createRuntime\"}",
		"started_at", "-" },
	{ "{\"status\":\"stopped\",\"generation\":1,\"reason\":\"create_failed\","
	  "\"started_at\":\"2026-11-22T01:36:54Z\",\"started_at_source\":\"createRuntime\"}",
		"started_at", "-" },
	{ "{\"status\":\"stopped\",\"generation\":1,\"started_at\":\"2026-11-22T01:00:00Z\","
	  "\"started_at_source\":\"createRuntime\",\"finished_at\":\"2026-11-22T01:05:00Z\"}",
		"uptime", "-" },
	{ "{\"started_at\":\"2026-11-22T01:00:00Z\",\"generation\":1,\"status\":\"stopped\","
	  "\"started_at_source\":\"poststart\",\"finished_at\":\"2026-11-22T01:05:00Z\"}",
		"uptime", "5 minutes" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"started_at\":\"2026-11-22T01:00:00Z\","
	  "\"started_at_source\":\"poststart\"}",
		"uptime", "-" },
	{ "{\"errors\":[{\"point\":\"poststart\",\"message\":\"one\"},"
	  "{\"point\":\"poststop\",\"message\":\"two\",\"stderr\":\"first\\nlast\\n\"}]}",
		"errors", "poststop: two: last" },
	{ "{\"errors\":[{\"stderr\":\"said\"}]}", "errors", "failed: said" },
	{ "{\"create_error\":true}", "errors", "create failed" },
	{ "{\"create_error\":true}", "create_error", "true" },
};

START_TEST(test_cell)
{
	struct view view;
	struct lifecycle_record *record = look_at(cells[_i].record, &view);
	char *text = in_table(column_find(cells[_i].column), &view, false);

	ck_assert_msg(strcmp(text, cells[_i].text) == 0, "%s is not %s", text, cells[_i].text);
	free(text);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_whole_id)
{
	static const char id[] = "3c0f1d0e6f3a9a0f1b1c5a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f70819";
	char json[128];
	struct lifecycle_record *record;
	struct view view;
	char *text;

	snprintf(json, sizeof(json), "{\"id\":\"%s\"}", id);
	record = look_at(json, &view);
	text = in_table(column_find("id"), &view, true);
	ck_assert_str_eq(text, id);
	free(text);
	lifecycle_record_free(record);
}
END_TEST

/* The brief form, for a narrow terminal. */
static const struct {
	const char *record;
	const char *column;
	const char *text;
} brief[] = {
	{ "{\"generation\":1,\"status\":\"stopped\"}", "status", "stopped" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"exit_code\":0}", "status", "stopped (0)" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"lost_reboot\"}", "status",
		"lost_reboot" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"exited\",\"exit_code\":137,"
	  "\"oom_killed\":true}",
		"status", "exited (137, oom)" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"started_at\":\"2026-11-22T01:36:54Z\","
	  "\"started_at_source\":\"poststart\",\"finished_at\":\"2026-11-22T03:36:54Z\"}",
		"started_at", "3h ago" },
	{ "{\"created_at\":\"2026-11-22T09:36:54Z\"}", "created_at", "in 4h" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"started_at\":\"2026-11-22T01:36:54Z\","
	  "\"started_at_source\":\"poststart\",\"finished_at\":\"2026-11-22T03:36:54Z\"}",
		"uptime", "2h" },
	{ "{\"errors\":[{\"point\":\"createRuntime\",\"message\":\"the hook exited with 7\","
	  "\"stderr\":\"first\\nno such network\\n\\n\"}]}",
		"errors", "no such network (createRuntime: the hook exited with 7)" },
	/* the name of the program that says it says least */
	{ "{\"errors\":[{\"point\":\"prestart\",\"message\":\"m\","
	  "\"stderr\":\"nvidia-container-cli: no device: /dev/x\"}]}",
		"errors", "no device: /dev/x (prestart: m)" },
	{ "{\"errors\":[{\"point\":\"prestart\",\"message\":\"m\",\"stderr\":\"a b: c\"}]}",
		"errors", "a b: c (prestart: m)" },
	{ "{\"errors\":[{\"point\":\"prestart\",\"message\":\"m\",\"stderr\":\"prog: \"}]}",
		"errors", "prog:  (prestart: m)" },
	{ "{\"errors\":[{\"point\":\"prestart\",\"message\":\"m\",\"stderr\":\"http://x\"}]}",
		"errors", "http://x (prestart: m)" },
	{ "{\"errors\":[{\"point\":\"start\",\"message\":\"the runtime was killed\"}]}", "errors",
		"the runtime was killed (start)" },
	{ "{\"errors\":[{\"message\":\"m\"}]}", "errors", "m" },
	{ "{\"create_error\":true}", "errors", "create failed" },
};

START_TEST(test_brief)
{
	const struct columns_style style = { .now = NOW, .brief = true };
	struct view view;
	struct lifecycle_record *record = look_at(brief[_i].record, &view);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	column_print(column_find(brief[_i].column), &view, &style, out);
	fclose(out);
	ck_assert_msg(strcmp(text, brief[_i].text) == 0, "%s: %s", brief[_i].record, text);
	free(text);
	lifecycle_record_free(record);
}
END_TEST

/* What is observed of a record that only says what it says. */
static const struct {
	struct lifecycle_observed observed;
	const char *status;
	const char *pid;
	const char *uptime;
	bool trouble;
} observations[] = {
	{ { .looked = true, .status = LIFECYCLE_STATUS_CREATED }, "created", "42", "-", false },
	{ { .looked = true, .status = LIFECYCLE_STATUS_RUNNING }, "running", "42", "3 hours",
		false },
	{ { .status = LIFECYCLE_STATUS_RUNNING }, "running (recorded)", "42", "3 hours", false },
	{ { .looked = true, .status = LIFECYCLE_STATUS_RUNNING, .create_error = true }, "running",
		"42", "3 hours", true },
	{ { .looked = true, .status = LIFECYCLE_STATUS_STOPPED }, "stopped", "-", "-", true },
	{ { .status = LIFECYCLE_STATUS_STOPPED, .reason = LIFECYCLE_REASON_LOST_REBOOT },
		"stopped (lost_reboot)", "-", "-", true },
};

START_TEST(test_observed)
{
	struct view view;
	struct lifecycle_record *record = look_at("{\"pid\":42,\"started_at\":"
						  "\"2026-11-22T01:36:54Z\","
						  "\"started_at_source\":\"poststart\"}",
		&view);
	char *status, *pid, *uptime;

	view.observed = observations[_i].observed;
	view.observed.started_at = FINISHED;
	view.observed.started_at_source = LIFECYCLE_SOURCE_POSTSTART;
	view.observed.pid = view_is(&view, LIFECYCLE_STATUS_STOPPED) ? LIFECYCLE_UNKNOWN : 42;
	view.observed.exit_code = LIFECYCLE_UNKNOWN;
	status = in_table(column_find("status"), &view, false);
	pid = in_table(column_find("pid"), &view, false);
	uptime = in_table(column_find("uptime"), &view, false);
	ck_assert_str_eq(status, observations[_i].status);
	ck_assert_str_eq(pid, observations[_i].pid);
	ck_assert_str_eq(uptime, observations[_i].uptime);
	ck_assert(columns_trouble(&view) == observations[_i].trouble);
	free(status);
	free(pid);
	free(uptime);
	lifecycle_record_free(record);
}
END_TEST

static const struct {
	const char *record;
	bool trouble;
} troubles[] = {
	{ "{}", false },
	{ "{\"create_error\":true}", true },
	{ "{\"exit_code\":0}", false },
	{ "{\"exit_code\":1}", true },
	{ "{\"generation\":1,\"status\":\"stopped\"}", true },
	{ "{\"generation\":1,\"status\":\"stopped\",\"finished_at\":\"2026-11-22T01:36:54Z\"}",
		false },
	{ "{\"generation\":1,\"status\":\"stopped\",\"finished_at\":\"2026-11-22T01:36:54Z\","
	  "\"exit_code\":2}",
		true },
};

START_TEST(test_trouble)
{
	struct view view;
	struct lifecycle_record *record = look_at(troubles[_i].record, &view);

	ck_assert(columns_trouble(&view) == troubles[_i].trouble);
	lifecycle_record_free(record);
}
END_TEST

/* ---- the table of columns ---- */

static const struct {
	const char *name;
	const char *key; /* NULL: there is none */
} names[] = {
	{ "id", "id" },
	{ "ID", "id" },
	{ "started_at", "started_at" },
	{ "StartedAt", "started_at" },
	{ "startedat", "started_at" },
	{ "StartedAtSource", "started_at_source" },
	{ "Started", NULL },
	{ "", NULL },
};

START_TEST(test_find)
{
	const struct column *column = column_find(names[_i].name);

	ck_assert_pstr_eq(column != NULL ? column->key : NULL, names[_i].key);
}
END_TEST

/* What list sorts by is there for each kind: a text, or a number. */
START_TEST(test_sort_values)
{
	for (size_t i = 0; i < columns_count; i++) {
		const struct column *column = &columns[i];
		bool number = column->kind == COLUMN_NUMBER || column->kind == COLUMN_TIME ||
			      column->kind == COLUMN_FLAG;

		ck_assert_msg(
			(column->text != NULL) == (column->kind == COLUMN_TEXT), "%s", column->key);
		ck_assert_msg((column->number != NULL) == number, "%s", column->key);
		ck_assert_msg(column->kind != COLUMN_FOR_TABLES || column->print != NULL, "%s",
			column->key);
		ck_assert_ptr_nonnull(column->help);
	}
}
END_TEST

START_TEST(test_rows)
{
	struct view view;
	struct lifecycle_record *record = look_at("{}", &view);
	char *text;
	json_t *row;

	ck_assert_int_eq(columns_row(&view, &row, NULL), 0);
	text = json_output_text(row, JSON_COMPACT);
	ck_assert_str_eq(text, "{\"create_error\":false,\"looked\":false}");
	free(text);
	json_decref(row);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_known)
{
	bool of_tables = _i == 1;
	size_t expected = columns_count - (of_tables ? 0 : 2);
	const char *key;
	json_t *value;
	json_t *known;

	ck_assert_int_eq(columns_known(of_tables, &known, NULL), 0);
	ck_assert_uint_eq(json_object_size(known), expected);
	ck_assert((json_object_get(known, "uptime") != NULL) == of_tables);
	json_object_foreach(known, key, value) {
		ck_assert(json_is_null(value) && column_find(key) != NULL);
	}
	json_decref(known);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("columns");
	TCase *tcase = tcase_create("columns");

	tcase_add_test(tcase, test_every_column);
	tcase_add_loop_test(tcase, test_of_a_full_record, 0, COUNT(full));
	tcase_add_loop_test(tcase, test_of_an_empty_record, 0, COUNT(full));
	tcase_add_loop_test(tcase, test_cell, 0, COUNT(cells));
	tcase_add_test(tcase, test_whole_id);
	tcase_add_loop_test(tcase, test_observed, 0, COUNT(observations));
	tcase_add_loop_test(tcase, test_trouble, 0, COUNT(troubles));
	tcase_add_loop_test(tcase, test_find, 0, COUNT(names));
	tcase_add_test(tcase, test_sort_values);
	tcase_add_test(tcase, test_rows);
	tcase_add_loop_test(tcase, test_known, 0, 2);
	tcase_add_loop_test(tcase, test_brief, 0, COUNT(brief));
	suite_add_tcase(suite, tcase);
	return suite;
}
