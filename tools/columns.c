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
static void print_id(const json_t *view, const struct columns_style *style, FILE *out)
{
	const char *id = view_text(view, "id");

	if (id != NULL)
		fprintf(out, "%.*s", !style->whole && is_engine_id(id) ? 12 : 255, id);
}

/* "running", "stopped (exited 3)", "stopped (lost_reboot)", "running (recorded)" if nobody could look */
static void print_status(const json_t *view, const struct columns_style *style, FILE *out)
{
	const char *status = view_text(view, "observed.status");
	const char *reason = view_text(view, "observed.reason");
	int64_t code = view_number(view, "exit_code");

	(void)style;
	if (status == NULL)
		return;
	fputs(status, out);
	if (!view_is(view, LIFECYCLE_STOPPED) && !view_flag(view, "observed.looked"))
		fputs(" (recorded)", out);
	if (!view_is(view, LIFECYCLE_STOPPED) || (reason == NULL && code == LIFECYCLE_UNKNOWN))
		return;
	fprintf(out, " (%s", reason != NULL ? reason : "exit");
	if (code != LIFECYCLE_UNKNOWN)
		fprintf(out, " %lld", (long long)code);
	putc(')', out);
}

static void print_ago(int64_t time, const struct columns_style *style, FILE *out)
{
	char buffer[FORMAT_SIZE];

	if (time != LIFECYCLE_UNKNOWN)
		fprintf(out, "%s ago", format_age(style->now - time, buffer));
}

static void print_created(const json_t *view, const struct columns_style *style, FILE *out)
{
	print_ago(view_time(view, "created_at"), style, out);
}

static void print_finished(const json_t *view, const struct columns_style *style, FILE *out)
{
	print_ago(view_time(view, "finished_at"), style, out);
}

/* A provisional time of what is known never to have run is no time of a start. */
static void print_started(const json_t *view, const struct columns_style *style, FILE *out)
{
	int64_t time = view_time(view, "started_at");

	if (view_start_is_provisional(view) && view_never_ran(view))
		return;
	if (time != LIFECYCLE_UNKNOWN && view_start_is_provisional(view))
		putc('~', out);
	print_ago(time, style, out);
}

/* How long it has been running, or ran. */
static void print_uptime(const json_t *view, const struct columns_style *style, FILE *out)
{
	char buffer[FORMAT_SIZE];
	int64_t from = view_time(view, "started_at");
	int64_t to = view_is(view, LIFECYCLE_STOPPED)   ? view_time(view, "finished_at")
		     : view_is(view, LIFECYCLE_RUNNING) ? style->now
							: LIFECYCLE_UNKNOWN;

	if (from == LIFECYCLE_UNKNOWN || to == LIFECYCLE_UNKNOWN || view_never_ran(view))
		return;
	if (view_start_is_provisional(view))
		putc('~', out);
	fputs(format_age(to - from, buffer), out);
}

/* A process that is gone has no number any more. */
static void print_pid(const json_t *view, const struct columns_style *style, FILE *out)
{
	int64_t pid = view_number(view, "pid");

	(void)style;
	if (pid != LIFECYCLE_UNKNOWN && !view_is(view, LIFECYCLE_STOPPED))
		fprintf(out, "%lld", (long long)pid);
}

/* "createRuntime: the hook exited with 7: no such network" */
static void print_error(const json_t *view, const struct columns_style *style, FILE *out)
{
	const json_t *errors = view_at(view, "errors");
	const json_t *last = json_array_get(errors, json_array_size(errors) - 1);
	const char *point = view_text(last, "point");
	const char *message = view_text(last, "message");
	const char *said = format_last_line(view_text(last, "stderr"));

	(void)style;
	if (last == NULL && view_flag(view, "observed.create_error"))
		fputs("create failed", out);
	if (last == NULL)
		return;
	fprintf(out, "%s: %s", point != NULL ? point : "-", message != NULL ? message : "failed");
	if (said != NULL && *said != '\0')
		fprintf(out, ": %.*s", (int)strcspn(said, "\n"), said);
}

/* ---- the table ---- */

const struct column columns[] = {
	{ "id", "id", "ID", COLUMN_USUAL, print_id, "the container's ID" },
	{ "name", "name", "NAME", COLUMN_USUAL | COLUMN_SHRINKS, NULL, "its name" },
	{ "status", "observed.status", "STATUS", COLUMN_USUAL, print_status,
		"what is true now: creating, created, running, stopped" },
	{ "started_at", "started_at", "STARTED", COLUMN_USUAL, print_started,
		"when its program started; '~': provisional" },
	{ "pid", "pid", "PID", COLUMN_USUAL | COLUMN_RIGHT, print_pid, "its init process" },
	{ "errors", "errors", "ERROR", COLUMN_USUAL | COLUMN_SHRINKS, print_error,
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

static void print_value(const json_t *value, FILE *out)
{
	if (json_is_string(value))
		fputs(json_string_value(value), out);
	else if (value != NULL)
		(void)view_print(value, JSON_COMPACT, out, NULL);
}

void column_print(const struct column *column, const json_t *view,
	const struct columns_style *style, FILE *out)
{
	long before = ftell(out);

	if (column->print != NULL)
		column->print(view, style, out);
	else
		print_value(view_at(view, column->path), out);
	if (ftell(out) == before)
		putc('-', out);
}

bool columns_trouble(const json_t *view)
{
	const char *reason = view_text(view, "observed.reason");
	int64_t code = view_number(view, "exit_code");

	return view_flag(view, "observed.create_error") ||
	       (reason != NULL && strncmp(reason, "lost", 4) == 0) ||
	       (code != LIFECYCLE_UNKNOWN && code != 0);
}

void columns_print_help(void)
{
	printf("\ncolumns, by their key in JSON and for --sort; {{.CamelCase}} in a TEMPLATE:\n");
	for (size_t i = 0; i < columns_count; i++)
		printf("  %-18s  %s\n", columns[i].key, columns[i].help);
}
