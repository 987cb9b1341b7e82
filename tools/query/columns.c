/* SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"
#include "cli.h"
#include "format.h"
#include "keys.h"
#include "view.h"

#include <string.h>

/* ---- for people ---- */

static bool is_engine_id(const char *id)
{
	return strlen(id) == 64 && strspn(id, "0123456789abcdef") == 64;
}

/* Engines make IDs of 64 digits and show 12 of them; what a person chose stays whole. */
static bool print_id(const json_t *view, const struct columns_style *style, FILE *out)
{
	const char *id = view_text(view, "id");

	if (id != NULL)
		fprintf(out, "%.*s", !style->whole && is_engine_id(id) ? 12 : 255, id);
	return id != NULL;
}

/* "running", "stopped (exited 3)", "stopped (lost_reboot)", "running (recorded)" if nobody could look */
static bool print_status(const json_t *view, const struct columns_style *style, FILE *out)
{
	const char *status = view_text(view, "observed.status");
	const char *reason = view_text(view, "observed.reason");
	int64_t code = view_number(view, "exit_code");

	(void)style;
	if (status == NULL)
		return false;
	fputs(status, out);
	if (!view_is(view, LIFECYCLE_STATUS_STOPPED) && !view_flag(view, "observed.looked"))
		fputs(" (recorded)", out);
	if (!view_is(view, LIFECYCLE_STATUS_STOPPED) ||
		(reason == NULL && code == LIFECYCLE_UNKNOWN))
		return true;
	fprintf(out, " (%s", reason != NULL ? reason : "exit");
	if (code != LIFECYCLE_UNKNOWN)
		fprintf(out, " %lld", (long long)code);
	putc(')', out);
	return true;
}

static bool print_ago(int64_t time, const struct columns_style *style, FILE *out)
{
	char buffer[FORMAT_SIZE];

	if (time != LIFECYCLE_UNKNOWN)
		fprintf(out, "%s ago", format_age(style->now - time, buffer));
	return time != LIFECYCLE_UNKNOWN;
}

static bool print_created(const json_t *view, const struct columns_style *style, FILE *out)
{
	return print_ago(view_time(view, "created_at"), style, out);
}

static bool print_finished(const json_t *view, const struct columns_style *style, FILE *out)
{
	return print_ago(view_time(view, "finished_at"), style, out);
}

static void print_tilde(const json_t *view, FILE *out)
{
	if (view_start_is_provisional(view))
		putc('~', out);
}

static bool print_started(const json_t *view, const struct columns_style *style, FILE *out)
{
	int64_t time = view_start(view);

	if (time == LIFECYCLE_UNKNOWN)
		return false;
	print_tilde(view, out);
	return print_ago(time, style, out);
}

static int64_t end_of(const json_t *view, const struct columns_style *style)
{
	if (view_is(view, LIFECYCLE_STATUS_STOPPED))
		return view_time(view, "finished_at");
	return view_is(view, LIFECYCLE_STATUS_RUNNING) ? style->now : LIFECYCLE_UNKNOWN;
}

/* How long it has been running, or ran. */
static bool print_uptime(const json_t *view, const struct columns_style *style, FILE *out)
{
	char buffer[FORMAT_SIZE];
	int64_t from = view_start(view);
	int64_t to = end_of(view, style);

	if (from == LIFECYCLE_UNKNOWN || to == LIFECYCLE_UNKNOWN)
		return false;
	print_tilde(view, out);
	fputs(format_age(to - from, buffer), out);
	return true;
}

/* A process that is gone has no number any more. */
static bool print_pid(const json_t *view, const struct columns_style *style, FILE *out)
{
	int64_t pid = view_number(view, "pid");

	(void)style;
	if (pid == LIFECYCLE_UNKNOWN || view_is(view, LIFECYCLE_STATUS_STOPPED))
		return false;
	fprintf(out, "%lld", (long long)pid);
	return true;
}

/* "createRuntime: the hook exited with 7: no such network" */
static bool print_error(const json_t *view, const struct columns_style *style, FILE *out)
{
	const json_t *errors = view_at(view, "errors");
	const json_t *last = json_array_get(errors, json_array_size(errors) - 1);
	const char *point = view_text(last, "point");

	(void)style;
	if (point != NULL)
		fprintf(out, "%s: ", point);
	if (view_print_error(view, out))
		return true;
	if (view_flag(view, "observed.create_error"))
		fputs("create failed", out);
	return view_flag(view, "observed.create_error");
}

/* ---- the table ---- */

const struct column columns[] = {
	{ "id", "id", "ID", COLUMN_USUAL, print_id, "the container's ID" },
	{ "name", "name", "NAME", COLUMN_USUAL | COLUMN_SHRINKS, NULL, "its name" },
	{ "status", "observed.status", "STATUS", COLUMN_USUAL | COLUMN_SHRINKS_LAST, print_status,
		"what is true now: creating, created, running, stopped" },
	{ "started_at", "started_at", "STARTED", COLUMN_USUAL | COLUMN_SHRINKS_LAST, print_started,
		"when its program started; '~': provisional" },
	{ "pid", "pid", "PID", COLUMN_USUAL | COLUMN_RIGHT, print_pid, "its init process" },
	{ "errors", "errors", "ERROR", COLUMN_USUAL | COLUMN_SHRINKS_FIRST, print_error,
		"what went wrong; in a table the last of it" },
	{ "reason", "observed.reason", "REASON", 0, NULL, "why it ended" },
	{ "create_error", "observed.create_error", "CREATE ERROR", 0, NULL,
		"whether it is known to have failed before its program ran" },
	{ "looked", "observed.looked", "LOOKED", 0, NULL,
		"whether its process could be looked at; if not, this is what is recorded" },
	{ "exit_code", "exit_code", "EXIT CODE", COLUMN_RIGHT, NULL, "its program's exit code" },
	{ "created_at", "created_at", "CREATED", 0, print_created, "when it was created" },
	{ "started_at_source", "started_at_source", "STARTED BY", 0, NULL,
		"what saw the start: poststart, runtime; createRuntime: provisional" },
	{ "finished_at", "finished_at", "FINISHED", 0, print_finished, "when it ended" },
	{ "finished_at_source", "finished_at_source", "FINISHED BY", 0, NULL, "what saw the end" },
	{ "uptime", NULL, "UPTIME", 0, print_uptime, "how long it runs, or ran (in tables only)" },
	{ "generation", "generation", "GENERATION", COLUMN_RIGHT, NULL,
		"1, 2, ...: a new one for each process under the same ID" },
	{ "instance", "instance", "INSTANCE", 0, NULL, "a UUID for each generation" },
	{ "bundle", "bundle", "BUNDLE", COLUMN_SHRINKS, NULL, "its bundle's directory" },
	{ "annotations", "annotations", "ANNOTATIONS", COLUMN_SHRINKS, NULL,
		"those that the hooks were told to keep" },
};

const size_t columns_count = sizeof(columns) / sizeof(columns[0]);

const struct column *column_find(const char *name)
{
	for (size_t i = 0; i < columns_count; i++)
		if (keys_match(name, columns[i].key))
			return &columns[i];
	return NULL;
}

const struct column *column_of_header(const char *header)
{
	for (size_t i = 0; i < columns_count; i++)
		if (strcmp(header, columns[i].header) == 0)
			return &columns[i];
	return NULL;
}

static int build_row(
	const json_t *view, bool known, json_t **ret_row, struct lifecycle_error *error)
{
	json_t *row = json_object();

	for (size_t i = 0; i < columns_count; i++) {
		json_t *value;

		if (columns[i].path == NULL)
			continue;
		value = known ? json_null() : view_at(view, columns[i].path);
		if (value != NULL && json_object_set(row, columns[i].key, value) != 0) {
			json_decref(row);
			return cli_no_memory(error);
		}
	}
	*ret_row = row;
	return 0;
}

int columns_row(const json_t *view, json_t **ret_row, struct lifecycle_error *error)
{
	return build_row(view, false, ret_row, error);
}

int columns_known(json_t **ret_known, struct lifecycle_error *error)
{
	return build_row(NULL, true, ret_known, error);
}

static bool print_value(const json_t *value, FILE *out)
{
	if (json_is_string(value))
		fputs(json_string_value(value), out);
	else if (value != NULL)
		(void)view_print(value, JSON_COMPACT, out, NULL);
	return value != NULL;
}

void column_print(const struct column *column, const json_t *view,
	const struct columns_style *style, FILE *out)
{
	bool known = column->print != NULL ? column->print(view, style, out)
					   : print_value(view_at(view, column->path), out);

	if (!known)
		putc('-', out);
}

bool columns_trouble(const json_t *view)
{
	int64_t code = view_number(view, "exit_code");

	return view_flag(view, "observed.create_error") ||
	       (view_is(view, LIFECYCLE_STATUS_STOPPED) && view_at(view, "finished_at") == NULL) ||
	       (code != LIFECYCLE_UNKNOWN && code != 0);
}

void columns_print_help(void)
{
	printf("\ncolumns, by their key in JSON and for --sort; {{.CamelCase}} in a TEMPLATE:\n");
	for (size_t i = 0; i < columns_count; i++)
		printf("  %-18s  %s\n", columns[i].key, columns[i].help);
}
