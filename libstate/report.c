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

static void fold_created(struct lifecycle_generation *generation,
	const struct lifecycle_evidence *evidence, enum lifecycle_source source)
{
	(void)source;
	if (!value_is_known(generation->created_at))
		generation->created_at = evidence->time;
	generation_raise_status(generation, LIFECYCLE_STATUS_CREATED);
}

static void fold_started(struct lifecycle_generation *generation,
	const struct lifecycle_evidence *evidence, enum lifecycle_source source)
{
	if (evidence_denies_start(generation, evidence))
		generation_raise_status(generation, LIFECYCLE_STATUS_CREATED);
	else
		generation_start(generation, evidence->time, source);
}

static void fold_ended(struct lifecycle_generation *generation,
	const struct lifecycle_evidence *evidence, enum lifecycle_source source)
{
	const struct ending *ending = &evidence->ending;

	if (!source_outweighs(source, generation->finished_at_source))
		return;
	generation->status = LIFECYCLE_STATUS_STOPPED;
	generation->finished_at = evidence->time;
	generation->finished_at_source = source;
	if (value_is_known(ending->exit_code)) {
		generation->exit_code = ending->exit_code;
		generation->exit_signal = ending->exit_signal;
	}
	if (ending->oom_killed != LIFECYCLE_TRUTH_NONE)
		generation->oom_killed = ending->oom_killed;
	if (generation->reason == LIFECYCLE_REASON_NONE ||
		generation->reason == LIFECYCLE_REASON_LOST_RUNTIME)
		generation->reason = generation_reason_of_end(generation, false);
}

/* What had started fails in another way, of which there are only the words. */
static void fold_failed(struct lifecycle_generation *generation,
	const struct lifecycle_evidence *evidence, enum lifecycle_source source)
{
	(void)source;
	if (generation_start_is_known(generation))
		return;
	generation->create_error = true;
	if (evidence->recorded.liveness == LIVENESS_ALIVE)
		return;
	generation->status = LIFECYCLE_STATUS_STOPPED;
	generation->reason = LIFECYCLE_REASON_CREATE_FAILED;
}

static void fold_named(struct lifecycle_generation *generation,
	const struct lifecycle_evidence *evidence, enum lifecycle_source source)
{
	(void)generation;
	(void)evidence;
	(void)source;
}

/* What is told of an earlier generation is a time of it; all else is the container's, or the current one's. */
static const struct row {
	void (*fold)(struct lifecycle_generation *generation,
		const struct lifecycle_evidence *evidence, enum lifecycle_source source);
	enum lifecycle_source source;
	bool of_earlier;
} rows[] = {
	[LIFECYCLE_EVENT_CREATED] = { fold_created, LIFECYCLE_SOURCE_NONE, false },
	[LIFECYCLE_EVENT_STARTED] = { fold_started, LIFECYCLE_SOURCE_RUNTIME, true },
	[LIFECYCLE_EVENT_ENDED] = { fold_ended, LIFECYCLE_SOURCE_ENGINE, true },
	[LIFECYCLE_EVENT_FAILED] = { fold_failed, LIFECYCLE_SOURCE_NONE, false },
	[LIFECYCLE_EVENT_NAMED] = { fold_named, LIFECYCLE_SOURCE_NONE, false },
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

	if (generation_describe(record, evidence, error) < 0)
		return -1;
	row->fold(&record->current, evidence, row->source);
	return add_words(record, evidence, error);
}

int report_fold(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	char ret_instance[INSTANCE_SIZE], struct lifecycle_error *error)
{
	const struct row *row = &rows[evidence->event];
	struct lifecycle_generation *generation = &record->current;

	ret_instance[0] = '\0';
	if (!begins_generation(record, evidence))
		generation = find_generation(record, evidence);
	else if (generation_begin(record, evidence, error) < 0)
		return -1;
	if (generation == NULL || (generation != &record->current && !row->of_earlier))
		return 0;
	if (generation != &record->current)
		row->fold(generation, evidence, row->source);
	else if (fold_current(record, evidence, error) < 0)
		return -1;
	snprintf(ret_instance, INSTANCE_SIZE, "%s", generation->instance);
	return 0;
}
