/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/record.h"
#include "base/defaults.h"

#include <sys/wait.h>

static struct lifecycle_outcome outcome_of(const struct runtime_seen *seen)
{
	bool exited = WIFEXITED(seen->status);

	return (struct lifecycle_outcome){
		.size = sizeof(struct lifecycle_outcome),
		.duration_ns = seen->duration_ns,
		.exit_code = exited ? WEXITSTATUS(seen->status) : LIFECYCLE_UNKNOWN,
		.signal = exited ? LIFECYCLE_UNKNOWN : WTERMSIG(seen->status),
		.message = *seen->words != '\0' ? seen->words : NULL,
	};
}

/* A start that succeeded has the time of its end, when the success was seen; all else has the time of the call. */
static int64_t time_of(const struct runtime_seen *seen)
{
	bool started = seen->point != LIFECYCLE_POINT_CREATE && seen->status == 0;

	return started ? seen->began + seen->duration_ns : seen->began;
}

static int name(struct lifecycle_store *store, const struct runtime_seen *seen, int64_t deadline,
	struct lifecycle_error *error)
{
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;

	if (seen->name == NULL)
		return 0;
	report.event = LIFECYCLE_EVENT_NAMED;
	report.id = seen->id;
	report.name = seen->name;
	return lifecycle_store_report(store, &report, deadline, NULL, error);
}

static int store(const char *root, const struct runtime_seen *seen,
	struct lifecycle_evidence *evidence, struct lifecycle_error *error)
{
	int64_t deadline = lifecycle_monotonic_now() + DEFAULTS_TIMEOUT_NS;
	struct lifecycle_store *store;
	int result;

	if (lifecycle_store_open(root, LIFECYCLE_ACCESS_WRITE, &store, error) < 0)
		return -1;
	result = lifecycle_store_fold(store, evidence, deadline, error);
	if (result == 0)
		result = name(store, seen, deadline, error);
	lifecycle_store_close(store);
	return result;
}

int runtime_record(const char *root, const struct runtime_seen *seen, struct lifecycle_error *error)
{
	struct lifecycle_outcome outcome = outcome_of(seen);
	struct lifecycle_evidence *evidence;
	int result;

	if (lifecycle_evidence_of_runtime(
		    seen->point, seen->id, time_of(seen), seen->pid, &evidence, error) < 0)
		return -1;
	result = lifecycle_evidence_end(evidence, &outcome, error);
	if (result == 0)
		result = store(root, seen, evidence, error);
	lifecycle_evidence_free(evidence);
	return result;
}
