/* SPDX-License-Identifier: Apache-2.0 */
#include "exec_wait.h"
#include "process.h"

#include <string.h>
#include <time.h>

/* crun's poststart says running when the program may be yet to come: how long to look for it, and how often. */
#define LOOK_AGAIN_NS INT64_C(100000000)
#define LOOK_EVERY_NS INT64_C(1000000)

static bool is_deadline_near(int64_t deadline)
{
	return lifecycle_monotonic_now() + LOOK_EVERY_NS >= deadline;
}

/* The runtime says that the program runs, but what was seen is still the runtime's init: look again. */
static bool may_be_about_to_exec(const struct lifecycle_evidence *evidence)
{
	return evidence->point == LIFECYCLE_POINT_POSTSTART &&
	       evidence->program == PROGRAM_NOT_YET && evidence->status != NULL &&
	       strcmp(evidence->status, "running") == 0;
}

void exec_wait(struct lifecycle_evidence *evidence, const struct lifecycle_record *record)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_NS };
	int64_t end = lifecycle_monotonic_now() + LOOK_AGAIN_NS;

	if (evidence->deadline < end)
		end = evidence->deadline;
	evidence->program = transition_program(record, &evidence->process);
	while (may_be_about_to_exec(evidence) && !is_deadline_near(end)) {
		(void)nanosleep(&pause, NULL);
		process_look(evidence->pid, &evidence->process);
		evidence->seen_at = lifecycle_time_now();
		evidence->program = transition_program(record, &evidence->process);
	}
}
