/* SPDX-License-Identifier: Apache-2.0 */
#include "generation.h"
#include "error.h"

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

int settle_unfinished(struct lifecycle_record *record, struct lifecycle_error *error)
{
	for (size_t i = 0; i < record->hook_count; i++) {
		const struct lifecycle_hook *hook = &record->hooks[i].is;
		struct lifecycle_failure *failure;

		if (!is_unfinished(hook) || is_told(record, hook))
			continue;
		failure = list_add(&error_list, record);
		failure->point = hook->point;
		failure->time = hook->time;
		if (!start_was_seen(&record->current))
			record->current.create_error = true;
		if (record_set_text(
			    &failure->message, "the hook began and never came back", error) < 0)
			return -1;
	}
	return 0;
}

/* ---- its beginning ---- */

/* A create that failed before any hook of it ran belongs to no generation that there is. */
static bool fails_anew(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->point == LIFECYCLE_POINT_CREATE && is_stopped(record) &&
	       record->current.created_at < evidence->time;
}

bool begins_generation(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!has_generation(record) || fails_anew(record, evidence))
		return true;
	if (tells_identity(evidence)) {
		if (known(record->pid_start_ticks))
			return !is_same_process(record, &evidence->process);
		return is_create_phase(evidence->point) || is_stopped(record);
	}
	return is_create_phase(evidence->point) &&
	       (is_stopped(record) || (is_over(evidence->recorded.liveness) &&
					      evidence->pid != record->current.pid));
}

/* Why a generation that is still open is over, now that another one begins. */
static enum lifecycle_reason reason_of_loss(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	const struct process *process = &evidence->recorded;

	if (record_is_of_other_boot(record, process->boot_id))
		return LIFECYCLE_REASON_LOST_REBOOT;
	if (process->liveness == LIVENESS_ALIVE)
		return LIFECYCLE_REASON_NONE;
	if (record->current.create_error)
		return LIFECYCLE_REASON_CREATE_FAILED;
	return is_over(process->liveness) ? LIFECYCLE_REASON_LOST_RUNTIME : LIFECYCLE_REASON_NONE;
}

static int end_generation(struct lifecycle_record *record,
	const struct lifecycle_evidence *evidence, struct lifecycle_error *error)
{
	if (!is_stopped(record)) {
		/* while its process lives, another engine's hook may yet come back */
		if (evidence->recorded.liveness != LIVENESS_ALIVE &&
			settle_unfinished(record, error) < 0)
			return -1;
		record->current.reason = reason_of_loss(record, evidence);
		if (record->current.reason != LIFECYCLE_REASON_NONE)
			record->current.status = LIFECYCLE_STATUS_STOPPED;
	}
	record_retire(record);
	return 0;
}

int begin_generation(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	int64_t last = 0;

	if (has_generation(record)) {
		last = record->current.generation;
		if (end_generation(record, evidence, error) < 0)
			return -1;
	} else if (is_create_phase(evidence->point)) {
		/* nerdctl's, of an earlier life: this one has not failed yet */
		record->current.create_error = false;
	}
	record->version = RECORD_VERSION;
	record->current.generation = last < INT64_MAX ? last + 1 : last;
	if (is_create_phase(evidence->point) || evidence->point == LIFECYCLE_POINT_CREATE)
		record->current.created_at = evidence->time;
	return 0;
}

int take_identity(struct lifecycle_record *record, const struct process *process,
	struct lifecycle_error *error)
{
	record->current.pid = process->pid;
	record->pid_start_ticks = process->start_ticks;
	record->pid_ns = process->pid_ns;
	record->init_forked = process->forked;
	if (record_set_text(&record->boot_id, process->boot_id, error) < 0)
		return -1;
	return record_set_text(
		&record->init_exe, process->exe[0] != '\0' ? process->exe : NULL, error);
}

/* ---- its end ---- */

static enum lifecycle_reason reason_of_end(
	const struct lifecycle_generation *generation, bool never_started)
{
	if (generation->create_error)
		return LIFECYCLE_REASON_CREATE_FAILED;
	if (start_was_seen(generation))
		return LIFECYCLE_REASON_EXITED;
	return never_started ? LIFECYCLE_REASON_NEVER_STARTED : LIFECYCLE_REASON_NONE;
}

/* What waited to become the program, and died before it did. */
static bool is_dead_init(const struct lifecycle_record *record, const struct process *process)
{
	return process->liveness == LIVENESS_ZOMBIE && is_runtime_init(process->comm) &&
	       !has_execed(record, process);
}

/*
 * An exit file that is older than the generation is an earlier one's; of one whose age is not known it may be. And one
 * that is newer than the generation after it is that one's, or a later one's.
 */
static bool is_of_generation(const struct exit_file *file,
	const struct lifecycle_generation *generation, const struct lifecycle_generation *next)
{
	return known(file->time) && known(generation->created_at) &&
	       file->time > generation->created_at &&
	       (next == NULL || !known(next->created_at) || file->time < next->created_at);
}

static void finish(struct lifecycle_generation *generation, const struct exit_file *file,
	int64_t time, bool never_started)
{
	generation->status = LIFECYCLE_STATUS_STOPPED;
	generation->reason = reason_of_end(generation, never_started);
	generation->finished_at = file != NULL ? file->time : time;
	generation->finished_at_source =
		file != NULL ? LIFECYCLE_SOURCE_EXIT_FILE : LIFECYCLE_SOURCE_POSTSTOP;
	if (file != NULL)
		generation->exit_code = file->exit_code;
}

void finish_generation(struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	bool has_file = is_of_generation(&evidence->exit_file, &record->current, NULL);

	finish(&record->current, has_file ? &evidence->exit_file : NULL, evidence->time,
		is_dead_init(record, &evidence->recorded));
}

bool is_late(const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->point == LIFECYCLE_POINT_POSTSTOP &&
	       evidence->recorded.liveness == LIVENESS_ALIVE &&
	       evidence->pid != record->current.pid;
}

void complete_previous(struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	const struct lifecycle_generation *next = &record->current;

	for (size_t i = record->previous_count; i-- > 0; next = &record->previous[i].is) {
		struct lifecycle_generation *generation = &record->previous[i].is;
		bool has_file = is_of_generation(&evidence->exit_file, generation, next);

		if (known(generation->finished_at))
			continue;
		finish(generation, has_file ? &evidence->exit_file : NULL, evidence->time, false);
		return;
	}
}
