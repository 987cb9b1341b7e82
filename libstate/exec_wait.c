/* SPDX-License-Identifier: Apache-2.0 */
#include "exec_wait.h"
#include "process.h"

#include <time.h>

/* crun's poststart says running when the program may be yet to come: how long to look for it, and how often. */
#define LOOK_AGAIN_NS INT64_C(100000000)
#define LOOK_EVERY_NS INT64_C(1000000)

static bool is_deadline_near(int64_t deadline)
{
	return lifecycle_monotonic_now() + LOOK_EVERY_NS >= deadline;
}

static void look_at_program(
	struct lifecycle_evidence *evidence, const struct lifecycle_record *record)
{
	process_look_recorded(&record->current, &evidence->recorded);
	process_look(evidence->pid, &evidence->process);
	evidence->seen_at = lifecycle_time_now();
	evidence->program = generation_program(&record->current, &evidence->process);
}

static bool is_said_to_run(const struct lifecycle_evidence *evidence)
{
	switch (evidence->point) {
	case LIFECYCLE_POINT_POSTSTART:
		return text_is_same(evidence->status, "running");
	case LIFECYCLE_POINT_START:
		return !command_has_failed(&evidence->command);
	case LIFECYCLE_POINT_ENGINE:
		return evidence->event == LIFECYCLE_EVENT_STARTED;
	default:
		return false;
	}
}

/* Who says that the program runs may be early: what was seen then is still the runtime's init. */
static bool may_be_about_to_exec(
	const struct lifecycle_evidence *evidence, const struct lifecycle_record *record)
{
	const struct process *process = evidence_started_process(evidence);

	return is_said_to_run(evidence) && process->liveness == LIVENESS_ALIVE &&
	       generation_program(&record->current, process) == PROGRAM_NOT_YET;
}

void exec_wait(struct lifecycle_evidence *evidence, const struct lifecycle_record *record)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_NS };
	int64_t end = lifecycle_monotonic_now() + LOOK_AGAIN_NS;

	if (evidence->deadline < end)
		end = evidence->deadline;
	evidence->program = generation_program(&record->current, &evidence->process);
	while (may_be_about_to_exec(evidence, record) && !is_deadline_near(end)) {
		(void)nanosleep(&pause, NULL);
		look_at_program(evidence, record);
	}
}
