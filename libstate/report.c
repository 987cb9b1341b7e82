/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"
#include "generation.h"

#include <stdio.h>

/* ---- which generation it is of ---- */

static bool is_of_recorded_pid(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return value_is_known(evidence->pid) && evidence->pid == record->current.pid;
}

/* Whether what is created, or started, is another process than the record's. */
static bool is_of_new_process(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (evidence_identifies_init(evidence))
		return value_is_known(record->current.pid_start_ticks)
			       ? !generation_is_of_process(&record->current, &evidence->process)
			       : record_is_stopped(record);
	return evidence->event == LIFECYCLE_EVENT_CREATED &&
	       !is_of_recorded_pid(record, evidence) &&
	       (record_is_stopped(record) || process_has_ended(&evidence->recorded));
}

static bool begins_generation(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (evidence->reported[0] != '\0')
		return false;
	if (!record_has_generation(record))
		return evidence->event != LIFECYCLE_EVENT_NAMED;
	/* what has run already cannot fail to start, but the next one can */
	if (evidence->event == LIFECYCLE_EVENT_FAILED)
		return record_is_stopped(record) && generation_start_is_known(&record->current);
	return is_of_new_process(record, evidence);
}

static struct lifecycle_generation *find_instance(
	struct lifecycle_record *record, const char *instance)
{
	if (text_is_same(record->current.instance, instance))
		return &record->current;
	for (size_t i = record->previous_count; i-- > 0;)
		if (text_is_same(record->previous[i].is.instance, instance))
			return &record->previous[i].is;
	return NULL;
}

/* The newest earlier one without an end that may have been this process. */
static struct lifecycle_generation *find_ended(struct lifecycle_record *record, int64_t pid)
{
	for (size_t i = record->previous_count; i-- > 0;) {
		struct lifecycle_generation *generation = &record->previous[i].is;

		if (!value_is_known(generation->finished_at) &&
			(!value_is_known(pid) || !value_is_known(generation->pid) ||
				generation->pid == pid))
			return generation;
	}
	return NULL;
}

/* What lives has not ended: seen outweighs said, but for a pid that the report names. */
static bool is_end_of_earlier(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->event == LIFECYCLE_EVENT_ENDED && !is_of_recorded_pid(record, evidence) &&
	       (evidence->recorded.liveness == LIVENESS_ALIVE ||
		       (value_is_known(evidence->pid) && value_is_known(record->current.pid)));
}

static struct lifecycle_generation *find_generation(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	if (!record_has_generation(record))
		return NULL;
	if (evidence->reported[0] != '\0')
		return find_instance(record, evidence->reported);
	if (is_end_of_earlier(record, evidence))
		return find_ended(record, evidence->pid);
	if (value_is_known(evidence->pid) && evidence_may_be_of_another(record, evidence))
		return NULL;
	return &record->current;
}

/* ---- what each event does to it ---- */

/* What a report is of. */
struct told {
	const struct lifecycle_record *record;
	const struct lifecycle_evidence *evidence;
	enum lifecycle_source source;
};

typedef void fold_fn(struct lifecycle_generation *generation, const struct told *told);

static void fold_created(struct lifecycle_generation *generation, const struct told *told)
{
	if (!value_is_known(generation->created_at))
		generation->created_at = told->evidence->time;
	generation_raise_status(generation, LIFECYCLE_STATUS_CREATED);
}

static void fold_started(struct lifecycle_generation *generation, const struct told *told)
{
	if (evidence_denies_start(generation, told->evidence))
		generation_raise_status(generation, LIFECYCLE_STATUS_CREATED);
	else
		generation_start(generation, told->evidence->time, told->source);
}

/* An exec proves that the program ran, whatever was concluded at its end. */
static void fold_execed(struct lifecycle_generation *generation, const struct told *told)
{
	generation_start(generation, told->evidence->time, told->source);
	if (generation->status == LIFECYCLE_STATUS_STOPPED &&
		(generation->reason == LIFECYCLE_REASON_NONE ||
			generation->reason == LIFECYCLE_REASON_NEVER_STARTED))
		generation->reason = LIFECYCLE_REASON_EXITED;
}

static void take_ending(struct lifecycle_generation *generation, const struct ending *ending)
{
	if (value_is_known(ending->exit_code)) {
		generation->exit_code = ending->exit_code;
		generation->exit_signal = ending->exit_signal;
	}
	if (ending->oom_killed != LIFECYCLE_TRUTH_NONE)
		generation->oom_killed = ending->oom_killed;
}

static bool reason_is_open(const struct lifecycle_generation *generation)
{
	return generation->reason == LIFECYCLE_REASON_NONE ||
	       generation->reason == LIFECYCLE_REASON_LOST_RUNTIME;
}

static void fold_ended(struct lifecycle_generation *generation, const struct told *told)
{
	if (!source_outweighs(told->source, generation->finished_at_source))
		return;
	generation->status = LIFECYCLE_STATUS_STOPPED;
	generation->finished_at = told->evidence->time;
	generation->finished_at_source = told->source;
	take_ending(generation, &told->evidence->ending);
	if (reason_is_open(generation))
		generation->reason = generation_reason_of_end(generation, false);
}

/* A sandbox may outlive the container whose process it is told to be: then its end is not the container's. */
static bool is_end_of_sandbox(
	const struct lifecycle_generation *generation, const struct lifecycle_evidence *evidence)
{
	return !generation->init_forked &&
	       generation->finished_at_source == LIFECYCLE_SOURCE_POSTSTOP &&
	       (!value_is_known(evidence->time) || generation->finished_at < evidence->time);
}

/* Of two that tell an end by the kernel's or the engine's word the better one tells all; the other fills what is left. */
static void take_exit(struct lifecycle_generation *generation, const struct told *told)
{
	const struct lifecycle_evidence *evidence = told->evidence;
	bool better = source_outweighs(told->source, generation->finished_at_source);

	if (better && value_is_known(evidence->time)) {
		generation->finished_at = evidence->time;
		generation->finished_at_source = told->source;
	}
	if (better || !value_is_known(generation->exit_code))
		take_ending(generation, &evidence->ending);
}

/* Seen by who was told of each exec, and only where an exec is what makes the program. */
static bool was_never_execed(
	const struct lifecycle_generation *generation, const struct lifecycle_evidence *evidence)
{
	return evidence->never_execed && generation->init_forked &&
	       !generation_start_was_seen(generation);
}

static void fold_exited(struct lifecycle_generation *generation, const struct told *told)
{
	bool never_execed = was_never_execed(generation, told->evidence);
	bool is_current = generation == &told->record->current;

	if (is_end_of_sandbox(generation, told->evidence))
		return;
	generation->status = LIFECYCLE_STATUS_STOPPED;
	take_exit(generation, told);
	if (never_execed)
		generation_drop_said_start(generation);
	if (reason_is_open(generation) ||
		(never_execed && generation->reason == LIFECYCLE_REASON_EXITED))
		generation->reason = generation_reason_of_end(generation,
			never_execed || (is_current && generation_died_unstarted(
							       told->record, told->evidence)));
}

/* What had started fails in another way, of which there are only the words. */
static void fold_failed(struct lifecycle_generation *generation, const struct told *told)
{
	if (generation_start_is_known(generation))
		return;
	generation->create_error = true;
	if (told->evidence->recorded.liveness == LIVENESS_ALIVE)
		return;
	generation->status = LIFECYCLE_STATUS_STOPPED;
	generation->reason = LIFECYCLE_REASON_CREATE_FAILED;
}

static void fold_named(struct lifecycle_generation *generation, const struct told *told)
{
	(void)generation;
	(void)told;
}

/* What is told of an earlier generation is a time of it; all else is the container's, or the current one's. */
static const struct row {
	fold_fn *fold;
	enum lifecycle_source source;
	bool of_earlier;
} rows[] = {
	[LIFECYCLE_EVENT_CREATED] = { fold_created, LIFECYCLE_SOURCE_NONE, false },
	[LIFECYCLE_EVENT_STARTED] = { fold_started, LIFECYCLE_SOURCE_RUNTIME, true },
	[LIFECYCLE_EVENT_ENDED] = { fold_ended, LIFECYCLE_SOURCE_ENGINE, true },
	[LIFECYCLE_EVENT_FAILED] = { fold_failed, LIFECYCLE_SOURCE_NONE, false },
	[LIFECYCLE_EVENT_NAMED] = { fold_named, LIFECYCLE_SOURCE_NONE, false },
	[LIFECYCLE_EVENT_EXECED] = { fold_execed, LIFECYCLE_SOURCE_EXEC, true },
	[LIFECYCLE_EVENT_EXITED] = { fold_exited, LIFECYCLE_SOURCE_EXIT, true },
};

/* ---- the whole ---- */

static int add_words(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	struct lifecycle_failure *failure;

	if (evidence->event != LIFECYCLE_EVENT_FAILED)
		return 0;
	failure = record_array_add(&record_errors, record);
	failure->point = evidence->point;
	failure->time = evidence->time;
	failure->exit_code = evidence->ending.exit_code;
	failure->signal = evidence->ending.exit_signal;
	return record_set_text(&failure->message, evidence->message, error);
}

static int fold_current(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	const struct row *row = &rows[evidence->event];
	const struct told told = { record, evidence, row->source };

	if (generation_describe(record, evidence, error) < 0)
		return -1;
	row->fold(&record->current, &told);
	return add_words(record, evidence, error);
}

int report_fold(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	char ret_instance[INSTANCE_SIZE], struct lifecycle_error *error)
{
	const struct row *row = &rows[evidence->event];
	const struct told told = { record, evidence, row->source };
	struct lifecycle_generation *generation = &record->current;

	ret_instance[0] = '\0';
	if (record_has_generation(record))
		generation_start_by_fifo(record, evidence);
	if (!begins_generation(record, evidence))
		generation = find_generation(record, evidence);
	else if (generation_begin(record, evidence, error) < 0)
		return -1;
	if (generation == NULL || (generation != &record->current && !row->of_earlier))
		return 0;
	if (generation != &record->current)
		row->fold(generation, &told);
	else if (fold_current(record, evidence, error) < 0)
		return -1;
	snprintf(ret_instance, INSTANCE_SIZE, "%s", generation->instance);
	return 0;
}
