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

/* "running", "stopped (exited 3)", "stopped (lost_reboot)" */
static void print_status(const json_t *view, const struct columns_style *style, FILE *out)
{
	const char *status = view_text(view, "observed.status");
	const char *reason = view_text(view, "observed.reason");
	int64_t code = view_number(view, "exit_code");

	(void)style;
	if (status == NULL)
		return;
	fputs(status, out);
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

static void print_started(const json_t *view, const struct columns_style *style, FILE *out)
{
	int64_t time = view_time(view, "started_at");

	if (time != LIFECYCLE_UNKNOWN && view_start_is_provisional(view))
		putc('~', out);
	print_ago(time, style, out);
}

/* How long it has been running, or ran. */
static void print_uptime(const json_t *view, const struct columns_style *style, FILE *out)
{
	char buffer[FORMAT_SIZE];
	int64_t from = view_time(view, "started_at");
	int64_t to = view_is(view, LIFECYCLE_STOPPED) ? view_time(view, "finished_at") : style->now;

	if (from == LIFECYCLE_UNKNOWN || to == LIFECYCLE_UNKNOWN)
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

static void print_error(const json_t *view, const struct columns_style *style, FILE *out)
{
	const json_t *errors = view_at(view, "errors");
	const json_t *last = json_array_get(errors, json_array_size(errors) - 1);
	const char *point = view_text(last, "point");
	const char *message = view_text(last, "message");

	(void)style;
	if (last == NULL) {
		if (view_flag(view, "observed.create_error"))
			fputs("create failed", out);
		return;
	}
	if (point != NULL)
		fprintf(out, "%s: ", point);
	fputs(message != NULL ? message : "failed", out);
}

/* ---- the table ---- */

const struct column columns[] = {
	{.key = "id", .path = "id", .header = "ID", .usual = true, .print = print_id,
		.help = "the container's ID"},
	{.key = "name", .path = "name", .header = "NAME", .usual = true, .shrinks = true,
		.help = "its name"},
	{.key = "status", .path = "observed.status", .header = "STATUS", .usual = true,
		.print = print_status, .help = "what is true now: creating, created, running, stopped"},
	{.key = "started_at", .path = "started_at", .header = "STARTED", .usual = true,
		.print = print_started, .help = "when its program started; '~': provisional"},
	{.key = "pid", .path = "pid", .header = "PID", .usual = true, .right = true,
		.print = print_pid, .help = "its init process"},
	{.key = "errors", .path = "errors", .header = "ERROR", .usual = true, .shrinks = true,
		.print = print_error, .help = "what went wrong; in a table the last of it"},
	{.key = "reason", .path = "observed.reason", .header = "REASON", .help = "why it ended"},
	{.key = "create_error", .path = "observed.create_error", .header = "CREATE ERROR",
		.help = "whether it is known to have failed before its program ran"},
	{.key = "exit_code", .path = "exit_code", .header = "EXIT CODE", .right = true,
		.help = "its program's exit code"},
	{.key = "created_at", .path = "created_at", .header = "CREATED", .print = print_created,
		.help = "when it was created"},
	{.key = "started_at_source", .path = "started_at_source", .header = "STARTED BY",
		.help = "what saw the start: poststart, runtime; createRuntime: provisional"},
	{.key = "finished_at", .path = "finished_at", .header = "FINISHED",
		.print = print_finished, .help = "when it ended"},
	{.key = "finished_at_source", .path = "finished_at_source", .header = "FINISHED BY",
		.help = "what saw the end"},
	{.key = "uptime", .header = "UPTIME", .print = print_uptime,
		.help = "how long it runs, or ran (in tables only)"},
	{.key = "generation", .path = "generation", .header = "GENERATION", .right = true,
		.help = "1, 2, ...: a new one for each process under the same ID"},
	{.key = "instance", .path = "instance", .header = "INSTANCE",
		.help = "a UUID for each generation"},
	{.key = "bundle", .path = "bundle", .header = "BUNDLE", .shrinks = true,
		.help = "its bundle's directory"},
	{.key = "annotations", .path = "annotations", .header = "ANNOTATIONS", .shrinks = true,
		.help = "those that the hooks were told to keep"},
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

static int build_row(const json_t *view, bool known, json_t **ret_row, struct lifecycle_error *error)
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

void column_print(const struct column *column, const json_t *view, const struct columns_style *style,
	FILE *out)
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

	return view_flag(view, "observed.create_error") || (reason != NULL && strncmp(reason, "lost", 4) == 0) ||
		(code != LIFECYCLE_UNKNOWN && code != 0);
}

void columns_print_help(void)
{
	printf("\ncolumns, by their key in JSON and for --sort; {{.CamelCase}} in a TEMPLATE:\n");
	for (size_t i = 0; i < columns_count; i++)
		printf("  %-18s  %s\n", columns[i].key, columns[i].help);
}
