/* SPDX-License-Identifier: Apache-2.0 */
#include "transition.h"
#include "base/error.h"
#include "comm.h"
#include "generation.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

/* ---- hooks and failures ---- */

static int add_hook(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	struct lifecycle_hook *hook = record_array_add(&record_hooks, record);

	hook->point = evidence->point;
	hook->time = evidence->time;
	hook->pid = evidence->pid;
	hook->index = evidence->command.index;
	if (record_set_text(&hook->status, evidence->status, error) < 0 ||
		record_set_texts(&hook->argv, evidence->command.argv, error) < 0)
		return -1;
	return record_set_text(&hook->command, evidence->command.path, error);
}

static void set_duration(struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	for (size_t i = 0; i < record->hook_count; i++) {
		struct lifecycle_hook *hook = &record->hooks[i].is;

		if (hook->point == evidence->point && hook->time == evidence->time &&
			text_is_same(hook->command, evidence->command.path))
			hook->duration_ns = evidence->command.duration_ns;
	}
}

static void say_how_it_ended(const struct lifecycle_evidence *evidence, char *buffer, size_t size)
{
	const struct command *command = &evidence->command;
	const char *what = command->path != NULL ? "the hook" : "the runtime";

	if (value_is_known(command->signal))
		snprintf(buffer, size, "%s was killed by signal %d", what, (int)command->signal);
	else
		snprintf(buffer, size, "%s exited with %d", what, (int)command->exit_code);
}

/* When it ended, which may be long after it was called. */
static int64_t end_of(const struct lifecycle_evidence *evidence)
{
	int64_t duration = evidence->command.duration_ns;

	if (duration < 0 || evidence->time < 0 || duration > INT64_MAX - evidence->time)
		return evidence->time;
	return evidence->time + duration;
}

static int add_failure(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	struct lifecycle_failure *failure = record_array_add(&record_errors, record);
	const char *message = evidence->command.message;
	char made[64];

	failure->point = evidence->point;
	failure->time = end_of(evidence);
	failure->exit_code = evidence->command.exit_code;
	failure->signal = evidence->command.signal;
	if (message == NULL) {
		say_how_it_ended(evidence, made, sizeof(made));
		message = made;
	}
	failure->index = evidence->command.index;
	if (record_set_text(&failure->message, message, error) < 0 ||
		record_set_text(&failure->command, evidence->command.path, error) < 0 ||
		record_set_texts(&failure->argv, evidence->command.argv, error) < 0)
		return -1;
	return record_set_text(&failure->stderr_text, evidence->command.stderr_text, error);
}

/* How a wrapped command ended. */
static int fold_end(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	if (evidence->command.progress != COMMAND_PROGRESS_ENDED)
		return 0;
	set_duration(record, evidence);
	if (!command_has_failed(&evidence->command))
		return 0;
	if (point_is_create_phase(evidence->point))
		record->current.create_error = true;
	return add_failure(record, evidence, error);
}

/* ---- what each point does to a record ---- */

static void fold_creating(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	generation_raise_status(&record->current, LIFECYCLE_STATUS_CREATING);
	if (record->current.status != LIFECYCLE_STATUS_CREATING)
		return;
	record->current.started_at = evidence->time;
	record->current.started_at_source = LIFECYCLE_SOURCE_CREATE_RUNTIME;
}

static void fold_create_container(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	(void)evidence;
	generation_raise_status(&record->current, LIFECYCLE_STATUS_CREATING);
}

/* What a poststart knows of a start; _NONE: nothing. */
static enum lifecycle_source start_of_poststart(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	bool is_running = text_is_same(evidence->status, "running");

	if (evidence_may_be_of_another(record, evidence))
		return LIFECYCLE_SOURCE_NONE;
	if (evidence->program == PROGRAM_UNSEEN)
		return is_running ? LIFECYCLE_SOURCE_TOLD : LIFECYCLE_SOURCE_NONE;
	if (evidence->program != PROGRAM_NOT_YET)
		return LIFECYCLE_SOURCE_POSTSTART;
	return is_running && comm_may_be_of_workload(evidence->process.comm)
		       ? LIFECYCLE_SOURCE_TOLD
		       : LIFECYCLE_SOURCE_NONE;
}

static void fold_poststart(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	enum lifecycle_source source = start_of_poststart(record, evidence);

	if (source == LIFECYCLE_SOURCE_POSTSTART)
		generation_start(&record->current, evidence->seen_at, source);
	else if (source == LIFECYCLE_SOURCE_TOLD)
		generation_start(&record->current, evidence->time, source);
	else if (evidence->program == PROGRAM_NOT_YET &&
		 !evidence_may_be_of_another(record, evidence))
		generation_raise_status(&record->current, LIFECYCLE_STATUS_CREATED);
}

/* Of a generation whose end somebody else has told. */
static bool is_first_poststop(const struct lifecycle_record *record)
{
	size_t count = 0;

	for (size_t i = 0; i < record->hook_count; i++)
		count += record->hooks[i].is.point == LIFECYCLE_POINT_POSTSTOP;
	return count == 1 && record->current.finished_at_source != LIFECYCLE_SOURCE_POSTSTOP &&
	       record->current.finished_at_source != LIFECYCLE_SOURCE_EXIT_FILE;
}

static void fold_poststop(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!value_is_known(record->current.finished_at))
		generation_finish(record, evidence);
	else if (is_first_poststop(record))
		generation_complete(record, evidence);
	else
		generation_finish_open_previous(record, evidence);
}

static void fail_creation(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	record->current.create_error = true;
	if (evidence->recorded.liveness == LIVENESS_ALIVE)
		return;
	record->current.status = LIFECYCLE_STATUS_STOPPED;
	record->current.reason = LIFECYCLE_REASON_CREATE_FAILED;
}

static void fold_runtime_create(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (command_has_failed(&evidence->command)) {
		fail_creation(record, evidence);
		return;
	}
	record->current.create_succeeded = true;
	generation_raise_status(&record->current, LIFECYCLE_STATUS_CREATED);
}

static bool is_believed(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return !command_has_failed(&evidence->command) &&
	       !evidence_denies_start(&record->current, evidence);
}

static void fold_runtime_start(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (is_believed(record, evidence))
		generation_start(&record->current, evidence->time, LIFECYCLE_SOURCE_RUNTIME);
	else if (command_has_failed(&evidence->command))
		record->current.create_error = true;
	if (record_is_stopped(record) && record->current.create_error)
		record->current.reason = LIFECYCLE_REASON_CREATE_FAILED;
}

/* create and start in one. */
static void fold_runtime_restore(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (command_has_failed(&evidence->command)) {
		fail_creation(record, evidence);
		return;
	}
	record->current.create_succeeded = true;
	fold_runtime_start(record, evidence);
}

typedef void fold_fn(struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

static fold_fn *const folds[] = {
	[LIFECYCLE_POINT_PRESTART] = fold_creating,
	[LIFECYCLE_POINT_CREATE_RUNTIME] = fold_creating,
	[LIFECYCLE_POINT_CREATE_CONTAINER] = fold_create_container,
	[LIFECYCLE_POINT_POSTSTART] = fold_poststart,
	[LIFECYCLE_POINT_POSTSTOP] = fold_poststop,
	[LIFECYCLE_POINT_CREATE] = fold_runtime_create,
	[LIFECYCLE_POINT_START] = fold_runtime_start,
	[LIFECYCLE_POINT_RESTORE] = fold_runtime_restore,
};

/* ---- what comes at the wrong time ---- */

static bool is_running(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return record->current.status == LIFECYCLE_STATUS_RUNNING ||
	       generation_program(&record->current, &evidence->recorded) == PROGRAM_EXECUTED;
}

/* What runs was created before, also if the clock was set back since. */
static bool is_refused_create(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return record_has_generation(record) && !record_is_stopped(record) &&
	       (record->current.created_at < evidence->time || is_running(record, evidence));
}

/* A poststop may be faster than the start whose failure it follows: that start began before the end. */
static bool is_refused_start(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!record_has_generation(record) || generation_start_is_known(&record->current))
		return true;
	if (record_is_stopped(record))
		return !value_is_known(record->current.finished_at) ||
		       record->current.finished_at < evidence->time;
	return is_running(record, evidence);
}

/* The runtime refused what was asked of it, which says nothing of the container that there is. */
static bool is_refusal(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!command_has_failed(&evidence->command))
		return false;
	if (evidence->point == LIFECYCLE_POINT_CREATE || evidence->point == LIFECYCLE_POINT_RESTORE)
		return is_refused_create(record, evidence);
	return evidence->point == LIFECYCLE_POINT_START && is_refused_start(record, evidence);
}

/* Also if it was said that its beginning could not be stored: the last step may fail when it is there to be read. */
static bool has_begun(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	for (size_t i = 0; i < record->hook_count; i++) {
		const struct lifecycle_hook *hook = &record->hooks[i].is;

		if (hook->point == evidence->point && hook->time == evidence->time &&
			!value_is_known(hook->duration_ns) &&
			text_is_same(hook->command, evidence->command.path))
			return true;
	}
	return false;
}

/* Set aside since, with the beginning in it: nobody has removed the container, so this is no end of another one. */
static bool is_lost(const struct lifecycle_record *record)
{
	return record->recovered && !record_has_generation(record);
}

/* The end of a command whose beginning is in the record, or was in a generation that is over by now. */
static bool is_second_part(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->command.progress == COMMAND_PROGRESS_ENDED &&
	       ((evidence->stored && !is_lost(record)) || has_begun(record, evidence));
}

/* ---- the whole ---- */

/* Then no create hook has failed, whatever became of its end. */
static bool shows_start(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (evidence->point == LIFECYCLE_POINT_POSTSTART)
		return start_of_poststart(record, evidence) != LIFECYCLE_SOURCE_NONE;
	return (evidence->point == LIFECYCLE_POINT_START ||
		       evidence->point == LIFECYCLE_POINT_RESTORE) &&
	       is_believed(record, evidence);
}

static int fold_first(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	if (record_has_generation(record))
		generation_start_by_fifo(record, evidence);
	if (generation_begins(record, evidence) && generation_begin(record, evidence, error) < 0)
		return -1;
	if (generation_describe(record, evidence, error) < 0)
		return -1;
	if (!shows_start(record, evidence) && generation_fail_unfinished_hooks(record, error) < 0)
		return -1;
	if (point_is_of_hook(evidence->point) && add_hook(record, evidence, error) < 0)
		return -1;
	folds[evidence->point](record, evidence);
	return 0;
}

/* The beginning of a hook, or the whole of what comes in one part. */
static int fold_new(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	char ret_instance[INSTANCE_SIZE], struct lifecycle_error *error)
{
	if (fold_first(record, evidence, error) < 0 || fold_end(record, evidence, error) < 0)
		return -1;
	snprintf(ret_instance, INSTANCE_SIZE, "%s", record->current.instance);
	return 0;
}

static int fold_second(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	char ret_instance[INSTANCE_SIZE], struct lifecycle_error *error)
{
	if (text_is_same(record->current.instance, evidence->folded_into) &&
		fold_end(record, evidence, error) < 0)
		return -1;
	snprintf(ret_instance, INSTANCE_SIZE, "%s", evidence->folded_into);
	return 0;
}

int transition_fold(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	char ret_instance[INSTANCE_SIZE], struct lifecycle_error *error)
{
	bool is_late = generation_is_poststop_late(record, evidence);

	if (evidence->event != LIFECYCLE_EVENT_NONE)
		return report_fold(record, evidence, ret_instance, error);
	if (is_second_part(record, evidence))
		return fold_second(record, evidence, ret_instance, error);
	if (!is_late && !is_refusal(record, evidence))
		return fold_new(record, evidence, ret_instance, error);
	if (is_late)
		generation_finish_previous(record, evidence);
	ret_instance[0] = '\0';
	return 0;
}
