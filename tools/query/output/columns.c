/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/columns.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/format.h"
#include "query/output/json_output.h"
#include "query/output/keys.h"

#include <string.h>

/* ---- values ---- */

static const char *id_of(const struct view *view)
{
	return lifecycle_record_id(view->record);
}

static const char *name_of(const struct view *view)
{
	return lifecycle_record_name(view->record);
}

static const char *bundle_of(const struct view *view)
{
	return view_bundle(view);
}

static const char *instance_of(const struct view *view)
{
	return view->shown->instance;
}

static const char *status_of(const struct view *view)
{
	return lifecycle_status_name(view->observed.status);
}

static const char *reason_of(const struct view *view)
{
	return lifecycle_reason_name(view->observed.reason);
}

static const char *started_at_source_of(const struct view *view)
{
	return lifecycle_source_name(view->observed.started_at_source);
}

static const char *finished_at_source_of(const struct view *view)
{
	return lifecycle_source_name(view->shown->finished_at_source);
}

static int64_t pid_of(const struct view *view)
{
	return view->observed.pid;
}

/* Of what does not run there is no such thing. */
static int64_t paused_of(const struct view *view)
{
	return view_is_paused(view) ? true : LIFECYCLE_UNKNOWN;
}

static int64_t looked_of(const struct view *view)
{
	return view->observed.looked;
}

/* ---- the table ---- */

const struct column columns[] = {
	{ "id", "ID", COLUMN_USUAL | COLUMN_SHRINKS_LAST, .kind = COLUMN_TEXT, .text = id_of,
		.print = cell_id, .help = "the container's ID" },
	{ "name", "NAME", COLUMN_USUAL | COLUMN_SHRINKS, .kind = COLUMN_TEXT, .text = name_of,
		.help = "its name" },
	{ "status", "STATUS", COLUMN_USUAL | COLUMN_SHRINKS_LAST, .kind = COLUMN_TEXT,
		.text = status_of, .print = cell_status,
		.help = "what is true now: creating, created, running, stopped; in tables also "
			"paused" },
	{ "started_at", "STARTED", COLUMN_USUAL | COLUMN_SHRINKS_LAST, .kind = COLUMN_TIME,
		.number = view_started_at, .print = cell_started,
		.help = "when its program started; '~': it runs, and the time is provisional" },
	{ "exited", "EXITED", COLUMN_USUAL | COLUMN_SHRINKS_LAST | COLUMN_LEAVES,
		.kind = COLUMN_FOR_TABLES, .print = cell_exited,
		.help = "how long ago it ended (in tables only)" },
	{ "pid", "PID", COLUMN_USUAL | COLUMN_RIGHT | COLUMN_LEAVES_FIRST, .kind = COLUMN_NUMBER,
		.number = pid_of, .print = cell_pid, .help = "its init process, while that lives" },
	{ "errors", "ERROR", COLUMN_USUAL | COLUMN_SHRINKS_FIRST, .kind = COLUMN_ERRORS,
		.print = cell_error, .help = "what went wrong; in a table the last of it" },
	{ "reason", "REASON", 0, .kind = COLUMN_TEXT, .text = reason_of, .help = "why it ended" },
	{ "create_error", "CREATE ERROR", 0, .kind = COLUMN_FLAG, .number = view_create_error,
		.help = "whether it is known to have failed before its program ran" },
	{ "looked", "LOOKED", 0, .kind = COLUMN_FLAG, .number = looked_of,
		.help = "whether its process could be looked at; if not, this is what is "
			"recorded" },
	{ "paused", "PAUSED", 0, .kind = COLUMN_FLAG, .number = paused_of,
		.help = "true if it runs and is frozen; else absent" },
	{ "exit_code", "EXIT CODE", COLUMN_RIGHT, .kind = COLUMN_NUMBER, .number = view_exit_code,
		.help = "its program's exit code" },
	{ "exit_signal", "EXIT SIGNAL", COLUMN_RIGHT, .kind = COLUMN_NUMBER,
		.number = view_exit_signal, .help = "the signal that ended its program" },
	{ "oom_killed", "OOM KILLED", 0, .kind = COLUMN_FLAG, .number = view_oom_killed,
		.help = "whether the kernel killed it since memory was out" },
	{ "created_at", "CREATED", 0, .kind = COLUMN_TIME, .number = view_created_at,
		.print = cell_created, .help = "when it was created" },
	{ "started_at_source", "STARTED BY", 0, .kind = COLUMN_TEXT, .text = started_at_source_of,
		.help = "what told the start: exec, poststart, ...; createRuntime: provisional" },
	{ "finished_at", "FINISHED", 0, .kind = COLUMN_TIME, .number = view_finished_at,
		.print = cell_finished, .help = "when it ended" },
	{ "finished_at_source", "FINISHED BY", 0, .kind = COLUMN_TEXT,
		.text = finished_at_source_of, .help = "what saw the end" },
	{ "uptime", "UPTIME", 0, .kind = COLUMN_FOR_TABLES, .print = cell_uptime,
		.help = "how long it runs, or ran (in tables only)" },
	{ "generation", "GENERATION", COLUMN_RIGHT, .kind = COLUMN_NUMBER,
		.number = view_generation,
		.help = "1, 2, ...: a new one for each process under the same ID" },
	{ "instance", "INSTANCE", 0, .kind = COLUMN_TEXT, .text = instance_of,
		.help = "a UUID for each generation" },
	{ "bundle", "BUNDLE", COLUMN_SHRINKS, .kind = COLUMN_TEXT, .text = bundle_of,
		.help = "its bundle's directory" },
	{ "annotations", "ANNOTATIONS", COLUMN_SHRINKS, .kind = COLUMN_ANNOTATIONS,
		.help = "those that the hooks were told to keep" },
};

const size_t columns_count = sizeof(columns) / sizeof(columns[0]);

const struct column *column_find(const char *name)
{
	for (size_t i = 0; i < columns_count; i++)
		if (keys_match(name, columns[i].key))
			return &columns[i];
	return NULL;
}

/* ---- as JSON ---- */

/* Adds which hook it was. */
static int set_hook(json_t *object, const struct lifecycle_failure *failure)
{
	if (json_output_set(object, "command", json_output_string(failure->command)) < 0 ||
		json_output_set(object, "argv", json_output_strings(failure->argv)) < 0)
		return -1;
	return json_output_set(object, "index", json_output_integer(failure->index));
}

static json_t *error_json(const struct lifecycle_failure *failure)
{
	json_t *object = json_object();

	if (object == NULL ||
		json_output_set(object, "point",
			json_output_string(lifecycle_point_name(failure->point))) < 0 ||
		json_output_set(object, "time", json_output_time(failure->time)) < 0 ||
		json_output_set(object, "message", json_output_string(failure->message)) < 0 ||
		json_output_set(object, "exit_code", json_output_integer(failure->exit_code)) < 0 ||
		json_output_set(object, "signal", json_output_integer(failure->signal)) < 0 ||
		json_output_set(object, "stderr", json_output_string(failure->stderr_text)) < 0 ||
		set_hook(object, failure) < 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *errors_json(const struct view *view)
{
	size_t count = lifecycle_record_error_count(view->record);
	json_t *array = count > 0 ? json_array() : json_null();

	for (size_t i = 0; i < count; i++) {
		json_t *error = error_json(lifecycle_record_error(view->record, i));

		if (json_array_append_new(array, error) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *annotations_json(const struct view *view)
{
	size_t count = lifecycle_record_annotation_count(view->record);
	json_t *object = count > 0 ? json_object() : json_null();

	for (size_t i = 0; i < count; i++) {
		const char *key = lifecycle_record_annotation_key(view->record, i);
		json_t *value = json_output_string(lifecycle_record_annotation(view->record, key));

		if (json_object_set_new(object, key, value) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *flag_json(int64_t flag)
{
	return flag != LIFECYCLE_UNKNOWN ? json_boolean(flag != 0) : json_null();
}

json_t *column_json(const struct column *column, const struct view *view)
{
	switch (column->kind) {
	case COLUMN_TEXT:
		return json_output_string(column->text(view));
	case COLUMN_NUMBER:
		return json_output_integer(column->number(view));
	case COLUMN_TIME:
		return json_output_time(column->number(view));
	case COLUMN_FLAG:
		return flag_json(column->number(view));
	case COLUMN_ERRORS:
		return errors_json(view);
	case COLUMN_ANNOTATIONS:
		return annotations_json(view);
	case COLUMN_FOR_TABLES:
		break;
	}
	return json_null();
}

int columns_row(const struct view *view, json_t **ret_row, struct lifecycle_error *error)
{
	json_t *row = json_object();

	for (size_t i = 0; i < columns_count; i++) {
		if (json_output_set(row, columns[i].key, column_json(&columns[i], view)) < 0) {
			json_decref(row);
			return error_no_memory(error);
		}
	}
	*ret_row = row;
	return 0;
}

int columns_known(bool of_tables, json_t **ret_known, struct lifecycle_error *error)
{
	json_t *known = json_object();

	for (size_t i = 0; i < columns_count; i++) {
		if (columns[i].kind == COLUMN_FOR_TABLES && !of_tables)
			continue;
		if (json_object_set_new(known, columns[i].key, json_null()) < 0) {
			json_decref(known);
			return error_no_memory(error);
		}
	}
	*ret_known = known;
	return 0;
}

/* ---- in a table ---- */

static bool print_json(const struct column *column, const struct view *view, FILE *out)
{
	json_t *value = column_json(column, view);
	bool known = !json_is_null(value);

	if (known)
		(void)json_output_print(value, JSON_COMPACT, out, NULL);
	json_decref(value);
	return known;
}

static bool print_text(const char *text, FILE *out)
{
	if (text != NULL)
		fputs(text, out);
	return text != NULL;
}

void column_print(const struct column *column, const struct view *view,
	const struct columns_style *style, FILE *out)
{
	bool known;

	if (column->print != NULL)
		known = column->print(view, style, out);
	else if (column->kind == COLUMN_TEXT)
		known = print_text(column->text(view), out);
	else
		known = print_json(column, view, out);
	if (!known)
		putc('-', out);
}

bool columns_trouble(const struct view *view)
{
	int64_t code = view->observed.exit_code;

	return view->observed.create_error ||
	       (view_is(view, LIFECYCLE_STATUS_STOPPED) &&
		       view->shown->finished_at == LIFECYCLE_UNKNOWN) ||
	       (code != LIFECYCLE_UNKNOWN && code != 0);
}

void columns_print_help(void)
{
	printf("\ncolumns, by their key in JSON and for --sort; {{.CamelCase}} in a TEMPLATE:\n");
	for (size_t i = 0; i < columns_count; i++)
		cli_print_row(18, columns[i].key, columns[i].help);
}
