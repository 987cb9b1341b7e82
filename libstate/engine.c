/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine says of a container that it starts: checked, made evidence of, and folded into the record. */
#include "base/error.h"
#include "evidence.h"
#include "process.h"
#include "sized.h"

#include <stdio.h>
#include <string.h>

static bool is_within(int64_t value, int64_t least, int64_t most)
{
	return !value_is_known(value) || (value >= least && value <= most);
}

/* NULL for none. */
static const char *fault_of(const struct lifecycle_report *report)
{
	if (report->id == NULL || !lifecycle_id_valid(report->id))
		return "its ID is not a container ID";
	if (report->event <= LIFECYCLE_EVENT_NONE || report->event > LIFECYCLE_EVENT_EXITED)
		return "its event is not known";
	if (!is_within(report->time, 1, INT64_MAX))
		return "its time is before 1970";
	if (!is_within(report->pid, 1, INT32_MAX))
		return "its pid is not one";
	if (!is_within(report->exit_code, 0, 255))
		return "its exit code is not 0 to 255";
	if (!is_within(report->exit_signal, 1, 64))
		return "its signal is not 1 to 64";
	if (report->event == LIFECYCLE_EVENT_FAILED && report->message == NULL)
		return "a failure without a message";
	if (report->event == LIFECYCLE_EVENT_NAMED && report->name == NULL)
		return "it names nothing";
	if (report->event >= LIFECYCLE_EVENT_EXECED && report->instance == NULL)
		return "it does not say which life it is of";
	return NULL;
}

static int check(const struct lifecycle_report *report, struct lifecycle_error *error)
{
	const char *fault = fault_of(report);

	if (fault == NULL)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID, "a report that cannot be: %s", fault);
}

static int take_texts(struct lifecycle_evidence *evidence, const struct lifecycle_report *report,
	struct lifecycle_error *error)
{
	const char *const *pair = report->annotations;

	if (record_set_text(&evidence->id, report->id, error) < 0 ||
		record_set_text(&evidence->bundle, report->bundle, error) < 0 ||
		record_set_text(&evidence->name, report->name, error) < 0 ||
		record_set_text(&evidence->message, report->message, error) < 0)
		return -1;
	for (; pair != NULL && pair[0] != NULL && pair[1] != NULL; pair += 2)
		if (evidence_add_annotation(evidence, pair[0], pair[1], error) < 0)
			return -1;
	return 0;
}

static void take_numbers(struct lifecycle_evidence *evidence, const struct lifecycle_report *report)
{
	bool is_killed = value_is_known(report->exit_signal);

	evidence->event = report->event;
	evidence->pid = report->pid;
	evidence->ending.exit_code = is_killed ? 128 + report->exit_signal : report->exit_code;
	evidence->ending.exit_signal = report->exit_signal;
	evidence->ending.oom_killed = report->oom_killed;
	evidence->never_execed = report->never_execed;
	if (report->instance != NULL)
		snprintf(evidence->reported, sizeof(evidence->reported), "%s", report->instance);
}

/* Of one that has ended, or failed, the pid may be another's by now. */
static bool is_of_living_process(const struct lifecycle_report *report)
{
	return report->event == LIFECYCLE_EVENT_CREATED || report->event == LIFECYCLE_EVENT_STARTED;
}

/* NULL on failure. */
static struct lifecycle_evidence *evidence_of_report(
	const struct lifecycle_report *given, int64_t deadline, struct lifecycle_error *error)
{
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;
	struct lifecycle_evidence *evidence;

	if (sized_read(&report, given, SIZED_FIRST(struct lifecycle_report, message), error) < 0 ||
		check(&report, error) < 0)
		return NULL;
	if (!value_is_known(report.time) && report.event != LIFECYCLE_EVENT_EXITED)
		report.time = lifecycle_time_now();
	evidence = evidence_new(LIFECYCLE_POINT_ENGINE, report.time, deadline);
	if (evidence == NULL) {
		(void)error_no_memory(error);
		return NULL;
	}
	if (take_texts(evidence, &report, error) < 0) {
		lifecycle_evidence_free(evidence);
		return NULL;
	}
	take_numbers(evidence, &report);
	process_look(
		is_of_living_process(&report) ? report.pid : LIFECYCLE_UNKNOWN, &evidence->process);
	return evidence;
}

int lifecycle_store_report(struct lifecycle_store *store, const struct lifecycle_report *report,
	int64_t deadline, char *ret_instance, struct lifecycle_error *error)
{
	struct lifecycle_evidence *evidence = evidence_of_report(report, deadline, error);
	int result;

	if (evidence == NULL)
		return -1;
	result = lifecycle_store_fold(store, evidence, deadline, error);
	if (result == 0 && ret_instance != NULL)
		strcpy(ret_instance, evidence->folded_into);
	lifecycle_evidence_free(evidence);
	return result;
}
