/* SPDX-License-Identifier: Apache-2.0 */
#include "invariants.h"

#include <string.h>

static bool is_same_generation(
	const struct lifecycle_generation *one, const struct lifecycle_generation *other)
{
	return one->generation == other->generation && text_is_same(one->instance, other->instance);
}

/* ---- a record ---- */

static const char *of_generation(const struct lifecycle_generation *generation)
{
	if (value_is_known(generation->finished_at) &&
		generation->status != LIFECYCLE_STATUS_STOPPED)
		return "it has finished, and is not stopped";
	if (generation->reason != LIFECYCLE_REASON_NONE &&
		generation->status != LIFECYCLE_STATUS_STOPPED)
		return "there is a reason for an end that is not";
	if (generation->finished_at_source != LIFECYCLE_SOURCE_NONE &&
		!value_is_known(generation->finished_at))
		return "there is a source of no end";
	if (generation->started_at_source != LIFECYCLE_SOURCE_NONE &&
		!value_is_known(generation->started_at))
		return "there is a source of no start";
	if (generation->status == LIFECYCLE_STATUS_RUNNING &&
		!generation_start_is_known(generation))
		return "it runs, and nobody saw it start";
	if (generation->reason == LIFECYCLE_REASON_EXITED && !generation_start_is_known(generation))
		return "it exited, and nobody saw it start";
	if (generation->reason == LIFECYCLE_REASON_CREATE_FAILED && !generation->create_error)
		return "creating it failed without an error";
	if (value_is_known(generation->exit_code) && generation->status != LIFECYCLE_STATUS_STOPPED)
		return "there is an exit code, and no end";
	return NULL;
}

const char *invariants_of_record(const struct lifecycle_record *record)
{
	const char *fault = of_generation(&record->current);

	if (record_has_generation(record) && record->current.instance == NULL)
		return "a generation without an instance";
	if (value_is_known(record->current.pid_start_ticks) &&
		(!value_is_known(record->current.pid) || !record->current.boot_id))
		return "half an identity";
	for (size_t i = 0; i < record->previous_count && !fault; i++) {
		const struct lifecycle_generation *next = i + 1 < record->previous_count
								  ? &record->previous[i + 1].is
								  : &record->current;

		fault = of_generation(&record->previous[i].is);
		if (!fault && record->previous[i].is.generation + 1 != next->generation)
			fault = "generations do not follow one another";
	}
	return fault;
}

/* ---- a step ---- */

/* Once it is known it stays: `was` may become `is` only if it was not known. */
static bool stays(int64_t was, int64_t is)
{
	return !value_is_known(was) || was == is;
}

/* Who knows an end better replaces it. */
static bool end_stays(const struct lifecycle_generation *was, const struct lifecycle_generation *is)
{
	return source_outweighs(is->finished_at_source, was->finished_at_source) ||
	       (stays(was->finished_at, is->finished_at) && stays(was->exit_code, is->exit_code));
}

/* What was only said to have run, and was seen not to. */
static bool is_refuted(
	const struct lifecycle_generation *was, const struct lifecycle_generation *is)
{
	return is->finished_at_source == LIFECYCLE_SOURCE_EXIT &&
	       is->reason == LIFECYCLE_REASON_NEVER_STARTED && !generation_start_was_seen(was);
}

static const char *of_ends(
	const struct lifecycle_generation *was, const struct lifecycle_generation *is)
{
	if (was->status == LIFECYCLE_STATUS_STOPPED && is->status != LIFECYCLE_STATUS_STOPPED)
		return "what was stopped lives again";
	if (!end_stays(was, is))
		return "an end changes";
	if (was->create_error && !is->create_error)
		return "a create error is forgotten";
	if (was->reason == LIFECYCLE_REASON_EXITED && is->reason != LIFECYCLE_REASON_EXITED &&
		is->reason != LIFECYCLE_REASON_CREATE_FAILED && !is_refuted(was, is))
		return "a reason is forgotten";
	return NULL;
}

static const char *of_same_generation(
	const struct lifecycle_generation *was, const struct lifecycle_generation *is)
{
	if (!stays(was->created_at, is->created_at))
		return "a creation changes";
	if (generation_start_was_seen(was) &&
		!source_outweighs(is->started_at_source, was->started_at_source) &&
		(was->started_at != is->started_at ||
			was->started_at_source != is->started_at_source))
		return "a start that was seen changes";
	if (!stays(was->pid, is->pid))
		return "a process changes";
	if (is->status < was->status)
		return "a status goes back";
	return of_ends(was, is);
}

/* What goes to `previous` is the generation that was there, ended or not. */
static const char *of_new_generation(
	const struct lifecycle_record *before, const struct lifecycle_record *after)
{
	const struct lifecycle_generation *kept;

	if (!record_has_generation(before))
		return NULL;
	if (after->current.generation != before->current.generation + 1)
		return "a generation is left out";
	if (after->previous_count == 0)
		return "a generation is lost";
	kept = &after->previous[after->previous_count - 1].is;
	if (!is_same_generation(&before->current, kept))
		return "a generation is lost";
	if (after->hook_count > 1)
		return "a generation begins with hooks of another";
	return of_same_generation(&before->current, kept);
}

static const char *of_previous(
	const struct lifecycle_record *before, const struct lifecycle_record *after)
{
	const char *fault = NULL;

	for (size_t i = 0; i < before->previous_count && !fault; i++)
		for (size_t j = 0; j < after->previous_count && !fault; j++)
			if (is_same_generation(&before->previous[i].is, &after->previous[j].is))
				fault = of_ends(&before->previous[i].is, &after->previous[j].is);
	return fault;
}

const char *invariants_of_step(
	const struct lifecycle_record *before, const struct lifecycle_record *after)
{
	const char *fault;

	if (record_has_generation(before) && is_same_generation(&before->current, &after->current))
		fault = of_same_generation(&before->current, &after->current);
	else
		fault = of_new_generation(before, after);
	if (!fault && after->current.generation == before->current.generation &&
		(!stays(before->current.pid_start_ticks, after->current.pid_start_ticks) ||
			(before->current.boot_id &&
				!text_is_same(before->current.boot_id, after->current.boot_id))))
		fault = "an identity changes";
	return fault ? fault : of_previous(before, after);
}

/* ---- what a reader is told ---- */

const char *invariants_of_view(const struct lifecycle_record *record, const struct process *process,
	const struct lifecycle_observed *observed)
{
	bool stopped = record->current.status == LIFECYCLE_STATUS_STOPPED;

	if (record->current.create_error && !observed->create_error)
		return "a reader is not told of a create error";
	if (stopped && observed->status != LIFECYCLE_STATUS_STOPPED)
		return "a reader is told that what is stopped lives";
	if (!stopped && process->liveness == LIVENESS_ALIVE &&
		observed->status == LIFECYCLE_STATUS_STOPPED)
		return "a reader is told that what lives is stopped";
	if (process_has_ended(process) && observed->status != LIFECYCLE_STATUS_STOPPED)
		return "a reader is told that what is gone lives";
	if (!observed->looked && observed->status != record->current.status)
		return "a reader is told what nobody looked at";
	return NULL;
}
