/* SPDX-License-Identifier: Apache-2.0 */
#include "generation.h"
#include "base/error.h"
#include "comm.h"

#include <string.h>

/* ---- a create hook that began and never came back ---- */

static bool is_told(const struct lifecycle_record *record, const struct lifecycle_hook *hook)
{
	for (size_t i = 0; i < record->error_count; i++)
		if (record->errors[i].is.point == hook->point &&
			record->errors[i].is.time == hook->time)
			return true;
	return false;
}

int generation_fail_unfinished_hooks(struct lifecycle_record *record, struct lifecycle_error *error)
{
	for (size_t i = 0; i < record->hook_count; i++) {
		const struct lifecycle_hook *hook = &record->hooks[i].is;
		struct lifecycle_failure *failure;

		if (!hook_is_unfinished(hook) || is_told(record, hook))
			continue;
		failure = record_array_add(&record_errors, record);
		failure->point = hook->point;
		failure->time = hook->time;
		if (!generation_start_is_known(&record->current))
			record->current.create_error = true;
		failure->index = hook->index;
		if (record_set_text(
			    &failure->message, "the hook began and never came back", error) < 0 ||
			record_set_text(&failure->command, hook->command, error) < 0 ||
			record_set_texts(&failure->argv, hook->argv, error) < 0)
			return -1;
	}
	return 0;
}

/* ---- its beginning ---- */

/* A create that failed before any hook of it ran belongs to no generation that there is. */
static bool fails_anew(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->point == LIFECYCLE_POINT_CREATE && record_is_stopped(record) &&
	       record->current.created_at < evidence->time;
}

/* Of what was restored without a hook nobody has told before. */
static bool restores_anew(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->point == LIFECYCLE_POINT_RESTORE && record_is_stopped(record) &&
	       record->current.finished_at < evidence->time;
}

bool generation_begins(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!record_has_generation(record) || fails_anew(record, evidence) ||
		restores_anew(record, evidence))
		return true;
	if (evidence_identifies_init(evidence)) {
		if (value_is_known(record->current.pid_start_ticks))
			return !generation_is_of_process(&record->current, &evidence->process);
		return point_is_create_phase(evidence->point) || record_is_stopped(record);
	}
	return point_is_create_phase(evidence->point) &&
	       (record_is_stopped(record) || (process_has_ended(&evidence->recorded) &&
						     evidence->pid != record->current.pid));
}

/* Why a generation that is still open is over, now that another one begins. */
static enum lifecycle_reason reason_of_loss(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	const struct process *process = &evidence->recorded;

	if (generation_is_of_other_boot(&record->current, process->boot_id))
		return LIFECYCLE_REASON_LOST_REBOOT;
	if (process->liveness == LIVENESS_ALIVE)
		return LIFECYCLE_REASON_NONE;
	if (record->current.create_error)
		return LIFECYCLE_REASON_CREATE_FAILED;
	return process_has_ended(process) ? LIFECYCLE_REASON_LOST_RUNTIME : LIFECYCLE_REASON_NONE;
}

static int end_generation(struct lifecycle_record *record,
	const struct lifecycle_evidence *evidence, struct lifecycle_error *error)
{
	if (!record_is_stopped(record)) {
		/* while its process lives, another engine's hook may yet come back */
		if (evidence->recorded.liveness != LIVENESS_ALIVE &&
			generation_fail_unfinished_hooks(record, error) < 0)
			return -1;
		record->current.reason = reason_of_loss(record, evidence);
		if (record->current.reason != LIFECYCLE_REASON_NONE)
			record->current.status = LIFECYCLE_STATUS_STOPPED;
	}
	generation_set_exit_status(&record->current, &evidence->recorded);
	record_retire_generation(record);
	return 0;
}

int generation_begin(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	int64_t last = 0;

	if (record_has_generation(record)) {
		last = record->current.generation;
		if (end_generation(record, evidence, error) < 0)
			return -1;
	} else if (evidence_is_of_creation(evidence)) {
		/* nerdctl's, of an earlier life: this one has not failed yet */
		record->current.create_error = false;
	}
	record->version = RECORD_VERSION;
	record->current.generation = last < INT64_MAX ? last + 1 : last;
	if (evidence_is_of_creation(evidence) || evidence->point == LIFECYCLE_POINT_CREATE ||
		evidence->point == LIFECYCLE_POINT_RESTORE)
		record->current.created_at = evidence->time;
	return 0;
}

/* ---- what it is ---- */

static int set_identity(struct lifecycle_record *record, const struct process *process,
	struct lifecycle_error *error)
{
	record->current.pid = process->pid;
	record->current.pid_start_ticks = process->start_ticks;
	record->current.pid_ns = process->pid_ns;
	/* who may run the program in place cannot be known by an exec that never comes */
	record->current.init_forked = process->forked && !comm_may_be_of_workload(process->comm);
	if (record_set_text(&record->current.boot_id, process->boot_id, error) < 0)
		return -1;
	return record_set_text(
		&record->current.init_exe, process->exe[0] != '\0' ? process->exe : NULL, error);
}

/* podman runs poststop with less than the other hooks were told: what is not said stays. */
static int replace_if_said(const char **slot, const char *text, struct lifecycle_error *error)
{
	return text == NULL || text[0] == '\0' ? 0 : record_set_text(slot, text, error);
}

static int set_description(struct lifecycle_record *record,
	const struct lifecycle_evidence *evidence, struct lifecycle_error *error)
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

int generation_describe(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	if (record->current.instance == NULL &&
		record_set_text(&record->current.instance, evidence->instance, error) < 0)
		return -1;
	if (evidence_identifies_init(evidence) &&
		!value_is_known(record->current.pid_start_ticks) &&
		set_identity(record, &evidence->process, error) < 0)
		return -1;
	return set_description(record, evidence, error);
}

/* ---- its start ---- */

void generation_raise_status(struct lifecycle_generation *generation, enum lifecycle_status status)
{
	if (generation->status < status)
		generation->status = status;
}

/* What the kernel told of a process that never was a program outweighs what is said of it later. */
static bool start_is_refuted(
	const struct lifecycle_generation *generation, enum lifecycle_source source)
{
	return generation->reason == LIFECYCLE_REASON_NEVER_STARTED &&
	       generation->finished_at_source == LIFECYCLE_SOURCE_EXIT && !source_is_seen(source);
}

void generation_start(
	struct lifecycle_generation *generation, int64_t time, enum lifecycle_source source)
{
	if (start_is_refuted(generation, source))
		return;
	if (source_outweighs(source, generation->started_at_source)) {
		generation->started_at = time;
		generation->started_at_source = source;
	}
	generation_raise_status(generation, LIFECYCLE_STATUS_RUNNING);
}

void generation_start_by_fifo(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	int64_t started_at;

	if (generation_fifo_tells_start(
		    &record->current, evidence->exec_fifo, &evidence->recorded, &started_at))
		generation_start(&record->current, started_at, LIFECYCLE_SOURCE_EXEC_FIFO);
}

/* ---- its end ---- */

enum lifecycle_reason generation_reason_of_end(
	const struct lifecycle_generation *generation, bool never_started)
{
	if (generation->create_error && generation->started_at_source != LIFECYCLE_SOURCE_EXEC)
		return LIFECYCLE_REASON_CREATE_FAILED;
	if (generation_start_is_known(generation))
		return LIFECYCLE_REASON_EXITED;
	return never_started ? LIFECYCLE_REASON_NEVER_STARTED : LIFECYCLE_REASON_NONE;
}

/* What is seen outweighs what is said: of a program that never was, no start is kept. */
void generation_drop_said_start(struct lifecycle_generation *generation)
{
	if (!generation_start_is_known(generation) || generation_start_was_seen(generation))
		return;
	generation->started_at = generation->created_at;
	generation->started_at_source = value_is_known(generation->created_at)
						? LIFECYCLE_SOURCE_CREATE_RUNTIME
						: LIFECYCLE_SOURCE_NONE;
}

static bool init_is_dead(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return process_is_dead_init(&record->current, &evidence->recorded);
}

bool generation_died_unstarted(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return init_is_dead(record, evidence) || evidence->exec_fifo == 0;
}

/* By its poststop a start would have been told, if there was one. */
static bool was_never_started(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return generation_died_unstarted(record, evidence) || record->current.create_succeeded;
}

static void drop_start_of_dead_init(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (init_is_dead(record, evidence) && !comm_may_be_of_workload(evidence->recorded.comm))
		generation_drop_said_start(&record->current);
}

/*
 * An exit file that is older than the generation is an earlier one's; of one whose age is not known it may be. And one
 * that is newer than the generation after it is that one's, or a later one's.
 */
static bool is_of_generation(const struct exit_file *file,
	const struct lifecycle_generation *generation, const struct lifecycle_generation *next)
{
	return value_is_known(file->time) && value_is_known(generation->created_at) &&
	       file->time > generation->created_at &&
	       (next == NULL || !value_is_known(next->created_at) || file->time < next->created_at);
}

static void finish(struct lifecycle_generation *generation, const struct exit_file *file,
	int64_t time, bool never_started)
{
	generation->status = LIFECYCLE_STATUS_STOPPED;
	if (generation->reason != LIFECYCLE_REASON_NEVER_STARTED)
		generation->reason = generation_reason_of_end(generation, never_started);
	generation->finished_at = file != NULL ? file->time : time;
	generation->finished_at_source =
		file != NULL ? LIFECYCLE_SOURCE_EXIT_FILE : LIFECYCLE_SOURCE_POSTSTOP;
	if (file != NULL)
		generation->exit_code = file->exit_code;
}

/* Whoever cleans up after a reboot comes when it comes: that is not when the container ended. */
static void lose_in_reboot(struct lifecycle_generation *generation)
{
	generation->status = LIFECYCLE_STATUS_STOPPED;
	generation->reason = LIFECYCLE_REASON_LOST_REBOOT;
}

void generation_finish(struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	struct lifecycle_generation *generation = &record->current;
	bool has_file = is_of_generation(&evidence->exit_file, generation, NULL);

	if (!has_file && generation_is_of_other_boot(generation, evidence->recorded.boot_id)) {
		lose_in_reboot(generation);
		return;
	}
	drop_start_of_dead_init(record, evidence);
	finish(generation, has_file ? &evidence->exit_file : NULL, evidence->time,
		was_never_started(record, evidence));
	generation_set_exit_status(generation, &evidence->recorded);
}

void generation_complete(struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	struct lifecycle_generation *generation = &record->current;

	if (!value_is_known(generation->exit_code) &&
		is_of_generation(&evidence->exit_file, generation, NULL))
		generation->exit_code = evidence->exit_file.exit_code;
	generation_set_exit_status(generation, &evidence->recorded);
	if (generation->reason != LIFECYCLE_REASON_NONE)
		return;
	drop_start_of_dead_init(record, evidence);
	generation->reason =
		generation_reason_of_end(generation, was_never_started(record, evidence));
}

bool generation_is_poststop_late(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->point == LIFECYCLE_POINT_POSTSTOP &&
	       evidence->recorded.liveness == LIVENESS_ALIVE &&
	       evidence->pid != record->current.pid;
}

void generation_finish_previous(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	const struct lifecycle_generation *next = &record->current;

	for (size_t i = record->previous_count; i-- > 0; next = &record->previous[i].is) {
		struct lifecycle_generation *generation = &record->previous[i].is;
		bool has_file = is_of_generation(&evidence->exit_file, generation, next);

		if (value_is_known(generation->finished_at) ||
			generation->reason == LIFECYCLE_REASON_LOST_REBOOT)
			continue;
		finish(generation, has_file ? &evidence->exit_file : NULL, evidence->time, false);
		return;
	}
}

void generation_finish_open_previous(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	struct lifecycle_generation *generation =
		(struct lifecycle_generation *)(uintptr_t)record_open_previous(record);

	if (generation == NULL || !process_has_ended(&evidence->previous))
		return;
	finish(generation, NULL, evidence->time, false);
	generation_set_exit_status(generation, &evidence->previous);
}
