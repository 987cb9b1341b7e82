/* SPDX-License-Identifier: Apache-2.0 */
#include "transition.h"
#include "error.h"
#include "generation.h"

#include <stdio.h>
#include <string.h>

/* ---- what a process is ---- */

enum program transition_program(
	const struct lifecycle_record *record, const struct process *process)
{
	bool hidden = process->comm[0] == '\0' && process->exe[0] == '\0';

	if (hidden || (process->liveness != LIVENESS_ALIVE && process->liveness != LIVENESS_ZOMBIE))
		return PROGRAM_UNSEEN;
	if (has_execed(record, process))
		return PROGRAM_EXECUTED;
	if (is_runtime_init(process->comm))
		return PROGRAM_NOT_YET;
	return PROGRAM_UNTOLD;
}

/* ---- what the state says of the container ---- */

/* podman runs poststop with less than the other hooks were told: what is not said stays. */
static int replace_if_said(const char **slot, const char *text, struct lifecycle_error *error)
{
	return text == NULL || text[0] == '\0' ? 0 : record_set_text(slot, text, error);
}

static int describe(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	if (replace_if_said(&record->id, evidence->id, error) < 0 ||
		replace_if_said(&record->name, evidence->name, error) < 0 ||
		replace_if_said(&record->bundle, evidence->bundle, error) < 0 ||
		replace_if_said(&record->oci_version, evidence->oci_version, error) < 0)
		return -1;
	for (size_t i = 0; i < evidence->annotation_count; i++)
		if (record_set_annotation(record, evidence->annotations[i].key,
			    evidence->annotations[i].value, error) < 0)
			return -1;
	return 0;
}

/* ---- hooks and failures ---- */

static int add_hook(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	struct lifecycle_hook *hook = list_add(&hook_list, record);

	hook->point = evidence->point;
	hook->time = evidence->time;
	hook->pid = evidence->pid;
	if (record_set_text(&hook->status, evidence->status, error) < 0)
		return -1;
	return record_set_text(&hook->command, evidence->command.path, error);
}

static void set_duration(struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	for (size_t i = 0; i < record->hook_count; i++) {
		struct lifecycle_hook *hook = &record->hooks[i].is;

		if (hook->point == evidence->point && hook->time == evidence->time &&
			same_text(hook->command, evidence->command.path))
			hook->duration_ns = evidence->command.duration_ns;
	}
}

static void say_how_it_ended(const struct lifecycle_evidence *evidence, char *buffer, size_t size)
{
	const struct command *command = &evidence->command;
	const char *what = command->path != NULL ? "the hook" : "the runtime";

	if (known(command->signal))
		(void)snprintf(
			buffer, size, "%s was killed by signal %d", what, (int)command->signal);
	else
		(void)snprintf(buffer, size, "%s exited with %d", what, (int)command->exit_code);
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
	struct lifecycle_failure *failure = list_add(&error_list, record);
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
	if (record_set_text(&failure->message, message, error) < 0)
		return -1;
	return record_set_text(&failure->stderr_text, evidence->command.stderr_text, error);
}

/* How a wrapped command ended. */
static int fold_end(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	if (evidence->command.progress != COMMAND_ENDED)
		return 0;
	set_duration(record, evidence);
	if (!has_failed(&evidence->command))
		return 0;
	if (is_create_phase(evidence->point))
		record->current.create_error = true;
	return add_failure(record, evidence, error);
}

/* ---- the rows of the table ---- */

static void see_start(struct lifecycle_record *record, int64_t time, enum lifecycle_source source)
{
	if (!start_was_seen(&record->current)) {
		record->current.started_at = time;
		record->current.started_at_source = source;
	}
	if (!is_stopped(record))
		record->current.status = LIFECYCLE_STATUS_RUNNING;
}

static void reach(struct lifecycle_record *record, enum lifecycle_status status)
{
	if (record->current.status < status)
		record->current.status = status;
}

static void fold_creating(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	reach(record, LIFECYCLE_STATUS_CREATING);
	if (record->current.status != LIFECYCLE_STATUS_CREATING)
		return;
	record->current.started_at = evidence->time;
	record->current.started_at_source = LIFECYCLE_SOURCE_CREATE_RUNTIME;
}

static void fold_create_container(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	(void)evidence;
	reach(record, LIFECYCLE_STATUS_CREATING);
}

/* A process that is gone by now, and that need not be this generation's. */
static bool may_be_of_another(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return !tells_identity(evidence) && known(record->current.pid) &&
	       record->current.pid != evidence->pid;
}

/* Of a poststart. */
static bool shows_start(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (may_be_of_another(record, evidence) || evidence->program == PROGRAM_NOT_YET)
		return false;
	return evidence->program != PROGRAM_UNSEEN || same_text(evidence->status, "running");
}

static void fold_poststart(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (shows_start(record, evidence))
		see_start(record, evidence->seen_at, LIFECYCLE_SOURCE_POSTSTART);
	else if (evidence->program == PROGRAM_NOT_YET && !may_be_of_another(record, evidence))
		reach(record, LIFECYCLE_STATUS_CREATED);
}

static void fold_poststop(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!known(record->current.finished_at))
		finish_generation(record, evidence);
}

static void fold_runtime_create(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!has_failed(&evidence->command)) {
		reach(record, LIFECYCLE_STATUS_CREATED);
		return;
	}
	record->current.create_error = true;
	if (evidence->recorded.liveness == LIVENESS_ALIVE)
		return;
	record->current.status = LIFECYCLE_STATUS_STOPPED;
	record->current.reason = LIFECYCLE_REASON_CREATE_FAILED;
}

static void fold_runtime_start(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!has_failed(&evidence->command))
		see_start(record, evidence->time, LIFECYCLE_SOURCE_RUNTIME);
	else
		record->current.create_error = true;
	if (is_stopped(record) && record->current.create_error)
		record->current.reason = LIFECYCLE_REASON_CREATE_FAILED;
}

typedef void row_fn(struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

static row_fn *const rows[] = {
	[LIFECYCLE_POINT_PRESTART] = fold_creating,
	[LIFECYCLE_POINT_CREATE_RUNTIME] = fold_creating,
	[LIFECYCLE_POINT_CREATE_CONTAINER] = fold_create_container,
	[LIFECYCLE_POINT_POSTSTART] = fold_poststart,
	[LIFECYCLE_POINT_POSTSTOP] = fold_poststop,
	[LIFECYCLE_POINT_CREATE] = fold_runtime_create,
	[LIFECYCLE_POINT_START] = fold_runtime_start,
};

/* ---- what comes at the wrong time ---- */

static bool is_running(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return record->current.status == LIFECYCLE_STATUS_RUNNING ||
	       transition_program(record, &evidence->recorded) == PROGRAM_EXECUTED;
}

/* What runs was created before, also if the clock was set back since. */
static bool is_refused_create(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return has_generation(record) && !is_stopped(record) &&
	       (record->current.created_at < evidence->time || is_running(record, evidence));
}

/* A poststop may be faster than the start whose failure it follows: that start began before the end. */
static bool is_refused_start(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!has_generation(record) || start_was_seen(&record->current))
		return true;
	if (is_stopped(record))
		return !known(record->current.finished_at) ||
		       record->current.finished_at < evidence->time;
	return is_running(record, evidence);
}

/* The runtime refused what was asked of it, which says nothing of the container that there is. */
static bool is_refusal(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!has_failed(&evidence->command))
		return false;
	if (evidence->point == LIFECYCLE_POINT_CREATE)
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
			!known(hook->duration_ns) &&
			same_text(hook->command, evidence->command.path))
			return true;
	}
	return false;
}

/* The end of a command whose beginning is in the record, or was in a generation that is over by now. */
static bool is_second_part(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->command.progress == COMMAND_ENDED &&
	       (evidence->stored || has_begun(record, evidence));
}

/* ---- the whole ---- */

static bool is_of_runtime(enum lifecycle_point point)
{
	return point == LIFECYCLE_POINT_CREATE || point == LIFECYCLE_POINT_START;
}

/* Then no create hook has failed, whatever became of its end. */
static bool has_seen_start(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (evidence->point == LIFECYCLE_POINT_POSTSTART)
		return shows_start(record, evidence);
	return evidence->point == LIFECYCLE_POINT_START && !has_failed(&evidence->command);
}

static int fold_first(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	if (begins_generation(record, evidence) && begin_generation(record, evidence, error) < 0)
		return -1;
	if (record->current.instance == NULL &&
		record_set_text(&record->current.instance, evidence->instance, error) < 0)
		return -1;
	if (tells_identity(evidence) && !known(record->pid_start_ticks) &&
		take_identity(record, &evidence->process, error) < 0)
		return -1;
	if (describe(record, evidence, error) < 0)
		return -1;
	if (!has_seen_start(record, evidence) && settle_unfinished(record, error) < 0)
		return -1;
	if (!is_of_runtime(evidence->point) && add_hook(record, evidence, error) < 0)
		return -1;
	rows[evidence->point](record, evidence);
	return 0;
}

int transition_fold(struct lifecycle_record *record, struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	if (is_second_part(record, evidence))
		return same_text(record->current.instance, evidence->folded_into)
			       ? fold_end(record, evidence, error)
			       : 0;
	evidence->folded_into[0] = '\0';
	if (is_refusal(record, evidence))
		return 0;
	if (is_late(record, evidence)) {
		complete_previous(record, evidence);
		return 0;
	}
	if (fold_first(record, evidence, error) < 0 || fold_end(record, evidence, error) < 0)
		return -1;
	(void)snprintf(evidence->folded_into, sizeof(evidence->folded_into), "%s",
		record->current.instance);
	return 0;
}

/* ---- what is true now ---- */

static enum lifecycle_reason observed_reason(
	const struct lifecycle_record *record, const struct process *process, bool create_error)
{
	if (record_is_of_other_boot(record, process->boot_id))
		return LIFECYCLE_REASON_LOST_REBOOT;
	if (create_error)
		return LIFECYCLE_REASON_CREATE_FAILED;
	return record->current.status == LIFECYCLE_STATUS_RUNNING ? LIFECYCLE_REASON_EXITED
								  : LIFECYCLE_REASON_NONE;
}

void transition_observe(const struct lifecycle_record *record, const struct process *process,
	struct lifecycle_observed *ret)
{
	bool over = is_stopped(record) || is_over(process->liveness);

	ret->looked = is_stopped(record) || process->liveness != LIVENESS_UNKNOWN;
	ret->status = record->current.status;
	ret->reason = record->current.reason;
	ret->create_error = record->current.create_error ||
			    (over && !start_was_seen(&record->current) && has_unfinished(record));
	if (is_stopped(record))
		return;
	if (is_over(process->liveness)) {
		ret->status = LIFECYCLE_STATUS_STOPPED;
		ret->reason = observed_reason(record, process, ret->create_error);
	} else if (transition_program(record, process) == PROGRAM_EXECUTED) {
		ret->status = LIFECYCLE_STATUS_RUNNING;
	}
}
