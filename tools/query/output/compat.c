/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/compat.h"
#include "base/error.h"
#include "base/text_stream.h"
#include "query/output/columns.h"
#include "query/output/json_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- docker ---- */

static json_t *docker_string(const char *text)
{
	return json_string(text != NULL ? text : "");
}

/* As Go prints a time: without the zeros at the end of its fraction, and without a fraction that is 0. */
static void trim_fraction(char *text)
{
	char *end = text + strlen(text) - strlen("Z");
	char *last = end;

	while (last > text && last[-1] == '0')
		last--;
	if (last > text && last[-1] == '.')
		last--;
	memmove(last, end, sizeof("Z"));
}

/* Go's zero time is Docker's for what has not been. */
static json_t *docker_time(int64_t time)
{
	char text[LIFECYCLE_TIME_SIZE];

	if (time == LIFECYCLE_UNKNOWN)
		return json_string("0001-01-01T00:00:00Z");
	lifecycle_time_format(time, text);
	trim_fraction(text);
	return json_string(text);
}

/* Docker has no `creating`, and what never ran stays `created` there. */
static json_t *docker_status(const struct view *view, bool paused)
{
	if (view_is(view, LIFECYCLE_STATUS_NONE))
		return json_null();
	if (view_is(view, LIFECYCLE_STATUS_RUNNING))
		return json_string(paused ? "paused" : "running");
	return json_string(view_has_exited_for_docker(view) ? "exited" : "created");
}

static json_t *docker_running(const struct view *view)
{
	if (view_is(view, LIFECYCLE_STATUS_NONE))
		return json_null();
	return json_boolean(view_is(view, LIFECYCLE_STATUS_RUNNING));
}

static json_t *docker_name(const struct view *view)
{
	const char *name = lifecycle_record_name(view->record);

	return name != NULL ? json_sprintf("/%s", name) : json_string("");
}

static json_int_t docker_pid(const struct view *view)
{
	return view->observed.pid != LIFECYCLE_UNKNOWN ? view->observed.pid : 0;
}

/* A process that ended in any other way than by SIGKILL was not killed for its memory. */
static json_t *docker_oom_killed(const struct view *view)
{
	int64_t code = view->observed.exit_code;

	if (view->shown->oom_killed != LIFECYCLE_TRUTH_NONE)
		return json_boolean(view->shown->oom_killed == LIFECYCLE_TRUTH_TRUE);
	if (view_is(view, LIFECYCLE_STATUS_STOPPED) && (code == LIFECYCLE_UNKNOWN || code == 137))
		return json_null();
	return json_false();
}

static json_t *docker_error(const struct view *view)
{
	const struct lifecycle_failure *last = view_last_error(view);
	char *text = NULL;
	size_t size;
	FILE *out = text_stream_open(&text, &size);
	json_t *error = NULL;

	if (out == NULL)
		return NULL;
	if (last != NULL)
		view_print_failure(last, out);
	if (fclose(out) == 0)
		error = json_string(text);
	free(text);
	return error;
}

static json_t *docker_state(const struct view *view)
{
	bool paused = view_is_paused(view);

	return json_pack("{s:o, s:o, s:b, s:b, s:o, s:b, s:I, s:o, s:o, s:o, s:o}", "Status",
		docker_status(view, paused), "Running", docker_running(view), "Paused", paused,
		"Restarting", false, "OOMKilled", docker_oom_killed(view), "Dead", false, "Pid",
		docker_pid(view), "ExitCode", json_output_integer(view->observed.exit_code),
		"Error", docker_error(view), "StartedAt", docker_time(view->observed.started_at),
		"FinishedAt", docker_time(view->shown->finished_at));
}

int compat_docker(const struct view *view, json_t **ret_object, struct lifecycle_error *error)
{
	/* what counts there are the restarts that a policy made, and nobody records whose one was */
	json_t *object = json_pack("{s:o, s:o, s:o, s:n, s:o}", "Id",
		docker_string(lifecycle_record_id(view->record)), "Name", docker_name(view),
		"Created", docker_time(view_first_created(view)), "RestartCount", "State",
		docker_state(view));

	if (object == NULL)
		return error_no_memory(error);
	*ret_object = object;
	return 0;
}

/* ---- the runtime specification ---- */

static json_t *oci_version_of(const struct view *view)
{
	return json_output_string(lifecycle_record_oci_version(view->record));
}

static json_t *pid_of(const struct view *view)
{
	return json_output_integer(view->observed.pid);
}

/* Where the list has the same, it is taken from there. */
static const struct {
	const char *key;
	const char *column;
	json_t *(*value)(const struct view *view);
} oci_keys[] = {
	{ "ociVersion", NULL, oci_version_of },
	{ "id", "id", NULL },
	{ "status", "status", NULL },
	{ "pid", NULL, pid_of },
	{ "bundle", "bundle", NULL },
	{ "annotations", "annotations", NULL },
};

#define OCI_KEY_COUNT (sizeof(oci_keys) / sizeof(oci_keys[0]))

static json_t *oci_value(size_t index, const struct view *view)
{
	if (oci_keys[index].value != NULL)
		return oci_keys[index].value(view);
	return column_json(column_find(oci_keys[index].column), view);
}

int compat_oci(const struct view *view, json_t **ret_object, struct lifecycle_error *error)
{
	json_t *object = json_object();

	for (size_t i = 0; i < OCI_KEY_COUNT; i++) {
		if (json_output_set(object, oci_keys[i].key, oci_value(i, view)) < 0) {
			json_decref(object);
			return error_no_memory(error);
		}
	}
	*ret_object = object;
	return 0;
}

int compat_oci_known(json_t **ret_known, struct lifecycle_error *error)
{
	json_t *known = json_object();

	for (size_t i = 0; i < OCI_KEY_COUNT; i++) {
		if (json_object_set_new(known, oci_keys[i].key, json_null()) < 0) {
			json_decref(known);
			return error_no_memory(error);
		}
	}
	*ret_known = known;
	return 0;
}

/* ---- ps ---- */

#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* Up to so many seconds: so many of that unit, or words. */
static const struct age {
	int64_t below;
	int64_t unit; /* 0: the words alone */
	const char *words;
} ages[] = {
	{ 1, 0, "Less than a second" },
	{ 2, 0, "1 second" },
	{ MINUTE, 1, "seconds" },
	{ 2 * MINUTE, 0, "About a minute" },
	{ HOUR, MINUTE, "minutes" },
	/* from here on hours are rounded */
	{ 2 * HOUR, 0, "About an hour" },
	{ 2 * DAY, HOUR, "hours" },
	{ 14 * DAY, DAY, "days" },
	{ 60 * DAY, 7 * DAY, "weeks" },
	{ 730 * DAY, 30 * DAY, "months" },
	{ INT64_MAX, 365 * DAY, "years" },
};

static json_t *running_for(const struct view *view, int64_t now)
{
	int64_t created = view_created_at(view);
	const struct age *age = ages;
	int64_t seconds;

	if (created == LIFECYCLE_UNKNOWN)
		return json_null();
	seconds = (now - created) / 1000000000;
	if (seconds >= HOUR)
		seconds = (seconds + HOUR / 2) / HOUR * HOUR;
	while (seconds >= age->below)
		age++;
	if (age->unit == 0)
		return json_sprintf("%s ago", age->words);
	return json_sprintf("%lld %s ago", (long long)(seconds / age->unit), age->words);
}

int compat_ps(
	const struct view *view, int64_t now, json_t **ret_object, struct lifecycle_error *error)
{
	json_t *object = json_pack("{s:o, s:o, s:o}", "names",
		json_output_string(lifecycle_record_name(view->record)), "state",
		docker_status(view, view_is_paused(view)), "running_for", running_for(view, now));

	if (object == NULL)
		return error_no_memory(error);
	*ret_object = object;
	return 0;
}

int compat_ps_add_known(json_t *known, struct lifecycle_error *error)
{
	static const char *const keys[] = { "names", "state", "running_for" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_set_new(known, keys[i], json_null()) < 0)
			return error_no_memory(error);
	return 0;
}
