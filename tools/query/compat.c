/* SPDX-License-Identifier: Apache-2.0 */
#include "compat.h"
#include "cli.h"
#include "freezer.h"
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCKER_NO_TIME "0001-01-01T00:00:00Z"

static json_t *copy(const json_t *view, const char *path)
{
	json_t *value = view_at(view, path);

	return value != NULL ? json_incref(value) : json_null();
}

static json_t *text_or(const json_t *view, const char *path, const char *otherwise)
{
	json_t *value = view_at(view, path);

	return value != NULL ? json_incref(value) : json_string(otherwise);
}

/* ---- docker ---- */

static bool is_paused(const json_t *view)
{
	return view_is(view, LIFECYCLE_STATUS_RUNNING) &&
	       freezer_look(view_number(view, "pid")) == 1;
}

static bool not_run_yet(const json_t *view)
{
	return view_is(view, LIFECYCLE_STATUS_CREATING) ||
	       view_is(view, LIFECYCLE_STATUS_CREATED) || view_never_ran(view);
}

/* Docker has no `creating`, and what never ran stays `created` there. */
static json_t *docker_status(const json_t *view, bool paused)
{
	if (view_at(view, "observed.status") == NULL)
		return json_null();
	if (not_run_yet(view))
		return json_string("created");
	if (view_is(view, LIFECYCLE_STATUS_RUNNING))
		return json_string(paused ? "paused" : "running");
	return json_string("exited");
}

static json_t *docker_running(const json_t *view)
{
	if (view_at(view, "observed.status") == NULL)
		return json_null();
	return json_boolean(view_is(view, LIFECYCLE_STATUS_RUNNING));
}

static json_t *docker_name(const json_t *view)
{
	const char *name = view_text(view, "name");

	return name != NULL ? json_sprintf("/%s", name) : json_string("");
}

static int64_t docker_pid(const json_t *view)
{
	int64_t pid = view_number(view, "pid");

	return pid == LIFECYCLE_UNKNOWN || view_is(view, LIFECYCLE_STATUS_STOPPED) ? 0 : pid;
}

/* A process that ended in any other way than by SIGKILL was not killed for its memory. */
static json_t *docker_oom_killed(const json_t *view)
{
	int64_t code = view_number(view, "exit_code");

	if (view_is(view, LIFECYCLE_STATUS_STOPPED) && (code == LIFECYCLE_UNKNOWN || code == 137))
		return json_null();
	return json_false();
}

static json_t *docker_error(const json_t *view)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *error = NULL;

	if (out == NULL)
		return NULL;
	(void)view_print_error(view, out);
	if (fclose(out) == 0)
		error = json_string(text);
	free(text);
	return error;
}

static json_t *docker_state(const json_t *view)
{
	bool paused = is_paused(view);

	return json_pack("{s:o, s:o, s:b, s:b, s:o, s:b, s:I, s:o, s:o, s:o, s:o}", "Status",
		docker_status(view, paused), "Running", docker_running(view), "Paused", paused,
		"Restarting", false, "OOMKilled", docker_oom_killed(view), "Dead", false, "Pid",
		(json_int_t)docker_pid(view), "ExitCode", copy(view, "exit_code"), "Error",
		docker_error(view), "StartedAt",
		not_run_yet(view) ? json_string(DOCKER_NO_TIME)
				  : text_or(view, "started_at", DOCKER_NO_TIME),
		"FinishedAt", text_or(view, "finished_at", DOCKER_NO_TIME));
}

static json_int_t docker_restarts(const json_t *view)
{
	int64_t generation = view_number(view, "generation");

	return generation == LIFECYCLE_UNKNOWN ? 0 : generation - 1;
}

int compat_docker(const json_t *view, json_t **ret_object, struct lifecycle_error *error)
{
	json_t *object = json_pack("{s:o, s:o, s:o, s:I, s:o}", "Id", text_or(view, "id", ""),
		"Name", docker_name(view), "Created", text_or(view, "created_at", DOCKER_NO_TIME),
		"RestartCount", docker_restarts(view), "State", docker_state(view));

	if (object == NULL)
		return cli_no_memory(error);
	*ret_object = object;
	return 0;
}

/* ---- the runtime specification ---- */

int compat_oci(const json_t *view, json_t **ret_object, struct lifecycle_error *error)
{
	static const struct {
		const char *key;
		const char *path;
	} keys[] = { { "ociVersion", "oci_version" }, { "id", "id" },
		{ "status", "observed.status" }, { "pid", "pid" }, { "bundle", "bundle" },
		{ "annotations", "annotations" } };
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *value = view_at(view, keys[i].path);

		if (value == NULL || (strcmp(keys[i].key, "pid") == 0 &&
					     view_is(view, LIFECYCLE_STATUS_STOPPED)))
			continue;
		if (json_object_set(object, keys[i].key, value) != 0) {
			json_decref(object);
			return cli_no_memory(error);
		}
	}
	*ret_object = object;
	return 0;
}
