/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/lifeline_json.h"
#include "base/error.h"
#include "query/output/json_output.h"

/* As many as a text of 80 columns has: only where it is cut depends on that. */
#define SCALE_WIDTH 54
#define SCALE_CUT   4

static const char *const kinds[] = {
	[PICTURE_BAR] = "hook",
	[PICTURE_PHASE] = "phase",
	[PICTURE_UNSEEN] = "phase",
	[PICTURE_MARK] = "hook",
	[PICTURE_ERROR] = "error",
};

static int set_string(json_t *object, const char *key, const char *text)
{
	return json_output_set(object, key, json_output_string(text));
}

static int set_integer(json_t *object, const char *key, int64_t number)
{
	return json_output_set(object, key, json_output_integer(number));
}

static int set_time(json_t *object, const char *key, int64_t time)
{
	return json_output_set(object, key, json_output_time(time));
}

/* Only what is so is said. */
static int set_flag(json_t *object, const char *key, bool flag)
{
	return flag ? json_output_set(object, key, json_true()) : 0;
}

/* ---- rows ---- */

static int set_hook(json_t *object, const struct lifecycle_hook *hook)
{
	if (set_string(object, "command", hook->command) < 0 ||
		json_output_set(object, "argv", json_output_strings(hook->argv)) < 0)
		return -1;
	return set_integer(object, "index", hook->index);
}

static int set_failure(json_t *object, const struct lifecycle_failure *failure)
{
	if (set_string(object, "point", lifecycle_point_name(failure->point)) < 0 ||
		set_string(object, "message", failure->message) < 0 ||
		set_integer(object, "exit_code", failure->exit_code) < 0 ||
		set_integer(object, "signal", failure->signal) < 0 ||
		set_string(object, "stderr", failure->stderr_text) < 0)
		return -1;
	if (set_string(object, "command", failure->command) < 0 ||
		json_output_set(object, "argv", json_output_strings(failure->argv)) < 0)
		return -1;
	return set_integer(object, "index", failure->index);
}

static int set_of_record(json_t *object, const struct picture_row *row)
{
	if (row->failure != NULL)
		return set_failure(object, row->failure);
	if (row->hook == NULL)
		return set_string(object, "phase", row->label);
	if (set_string(object, "point", row->label) < 0)
		return -1;
	return set_hook(object, row->hook);
}

static int set_row(json_t *object, const struct picture_row *row, int64_t origin)
{
	bool has_length = row->kind != PICTURE_MARK && row->kind != PICTURE_ERROR;

	if (set_string(object, "kind", kinds[row->kind]) < 0 || set_of_record(object, row) < 0 ||
		set_time(object, "time", row->from) < 0 ||
		set_integer(object, "begin_ns", row->from - origin) < 0)
		return -1;
	if (has_length && (set_integer(object, "end_ns", row->to - origin) < 0 ||
				  set_integer(object, "duration_ns", row->to - row->from) < 0))
		return -1;
	if (set_flag(object, "goes_on", row->goes_on) < 0 ||
		set_flag(object, "at_least", row->least || row->endless) < 0)
		return -1;
	return set_flag(object, "failed", row->failed);
}

/* ---- a generation ---- */

static int64_t origin_of(const struct lifeline *lifeline)
{
	int64_t origin = lifeline->count > 0 ? lifeline->rows[0].from : LIFECYCLE_UNKNOWN;

	for (size_t i = 0; i < lifeline->count; i++)
		if (lifeline->rows[i].from < origin)
			origin = lifeline->rows[i].from;
	return origin;
}

/* Appends an object that `fill` made, or failed to make. */
static int append(json_t *array, json_t *object, int result)
{
	if (object == NULL || result < 0) {
		json_decref(object);
		return -1;
	}
	return json_array_append_new(array, object);
}

static json_t *rows_of(const struct lifeline *lifeline)
{
	json_t *array = json_array();

	for (size_t i = 0; i < lifeline->count; i++) {
		json_t *object = json_object();

		if (append(array, object,
			    set_row(object, &lifeline->rows[i], origin_of(lifeline))) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* The stretches that a picture had better cut. */
static json_t *cuts_of(const struct lifeline *lifeline)
{
	const struct scale_size size = { SCALE_WIDTH, SCALE_CUT };
	json_t *array = json_array();
	struct scale scale;

	picture_scale(lifeline->rows, lifeline->count, size, &scale);
	for (size_t i = 0; i < scale.count; i++) {
		const struct scale_piece *piece = &scale.pieces[i];
		json_int_t origin = origin_of(lifeline);

		if (piece->cut && append(array,
					  json_pack("{s:I, s:I}", "begin_ns",
						  (json_int_t)piece->from - origin, "end_ns",
						  (json_int_t)piece->to - origin),
					  0) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static int set_times(json_t *object, const struct lifeline *lifeline)
{
	struct lifeline_time started = lifeline_started(lifeline);
	struct lifeline_time finished = lifeline_finished(lifeline);

	if (set_time(object, "created_at", lifeline_created(lifeline).time) < 0 ||
		set_time(object, "started_at", started.time) < 0 ||
		set_string(object, "started_at_source", lifecycle_source_name(started.source)) < 0)
		return -1;
	if (set_time(object, "finished_at", finished.time) < 0)
		return -1;
	return set_string(object, "finished_at_source", lifecycle_source_name(finished.source));
}

static int set_generation(json_t *object, const struct lifeline *lifeline)
{
	const struct view *view = lifeline->view;
	const struct lifecycle_generation *generation = lifeline->generation;

	if (set_integer(object, "generation", generation->generation) < 0 ||
		set_string(object, "instance", generation->instance) < 0 ||
		set_string(object, "status",
			lifecycle_status_name(view_status_of(view, generation))) < 0 ||
		set_string(object, "reason",
			lifecycle_reason_name(view_reason_of(view, generation))) < 0)
		return -1;
	if (set_integer(object, "exit_code", view_exit_code_of(view, generation)) < 0 ||
		set_times(object, lifeline) < 0 ||
		set_time(object, "origin", origin_of(lifeline)) < 0)
		return -1;
	if (json_object_set_new(object, "cuts", cuts_of(lifeline)) < 0)
		return -1;
	return json_object_set_new(object, "rows", rows_of(lifeline));
}

/* ---- the container ---- */

static json_t *generations_of(const struct lifelines *lifelines)
{
	json_t *array = json_array();

	for (size_t i = 0; i < lifelines->count; i++) {
		json_t *object = json_object();

		if (append(array, object, set_generation(object, lifelines->items[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static int set_container(json_t *tree, const struct view *view, const struct lifelines *lifelines)
{
	if (set_string(tree, "id", lifecycle_record_id(view->record)) < 0 ||
		set_string(tree, "name", lifecycle_record_name(view->record)) < 0 ||
		set_time(tree, "now", lifelines->items[0]->look.now) < 0)
		return -1;
	return json_object_set_new(tree, "generations", generations_of(lifelines));
}

int lifeline_json(const struct view *view, const struct lifelines *lifelines, json_t **ret_tree,
	struct lifecycle_error *error)
{
	json_t *tree = json_object();

	if (tree == NULL || set_container(tree, view, lifelines) < 0) {
		json_decref(tree);
		return error_no_memory(error);
	}
	*ret_tree = tree;
	return 0;
}
