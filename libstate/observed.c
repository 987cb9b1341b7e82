/* SPDX-License-Identifier: Apache-2.0 */
#include "observed.h"
#include "comm.h"

/* ---- how it is ---- */

/* Of a process that ended, and of which no poststop came. */
static enum lifecycle_reason reason_of_end(const struct lifecycle_record *record,
	const struct process *process, const struct lifecycle_observed *observed)
{
	if (generation_is_of_other_boot(&record->current, process->boot_id))
		return LIFECYCLE_REASON_LOST_REBOOT;
	if (observed->create_error)
		return LIFECYCLE_REASON_CREATE_FAILED;
	if (observed->started_at != LIFECYCLE_UNKNOWN ||
		record->current.status == LIFECYCLE_STATUS_RUNNING)
		return LIFECYCLE_REASON_EXITED;
	return process_is_dead_init(&record->current, process) || record->exec_fifo == 0
		       ? LIFECYCLE_REASON_NEVER_STARTED
		       : LIFECYCLE_REASON_NONE;
}

/* Also if the end of a create hook could not be written. */
static bool has_create_error(const struct lifecycle_record *record, bool is_over)
{
	return record->current.create_error ||
	       (is_over && !generation_start_is_known(&record->current) &&
		       record_has_unfinished_hook(record));
}

/* ---- its start ---- */

static void set_start(
	struct lifecycle_observed *observed, int64_t time, enum lifecycle_source source)
{
	observed->started_at = time;
	observed->started_at_source = time != LIFECYCLE_UNKNOWN ? source : LIFECYCLE_SOURCE_NONE;
}

/* What was said of a program that never was is no start; what was seen, or may be, is. */
static void fill_known_start(const struct lifecycle_record *record, const struct process *process,
	struct lifecycle_observed *observed)
{
	const struct lifecycle_generation *current = &record->current;
	bool is_workload = comm_may_be_of_workload(process->comm);
	int64_t started_at;

	if (generation_start_is_known(current) &&
		(generation_start_was_seen(current) || is_workload ||
			!process_is_dead_init(current, process)))
		set_start(observed, current->started_at, current->started_at_source);
	if (source_outweighs(LIFECYCLE_SOURCE_EXEC_FIFO, observed->started_at_source) &&
		generation_fifo_tells_start(current, record->exec_fifo, process, &started_at))
		set_start(observed, started_at, LIFECYCLE_SOURCE_EXEC_FIFO);
}

/* A provisional one is shown as long as it may yet be true, or the program runs. */
static void fill_provisional_start(
	const struct lifecycle_record *record, struct lifecycle_observed *observed)
{
	const struct lifecycle_generation *current = &record->current;
	bool is_adopted = !record_has_generation(record) && !current->create_error;

	if (observed->started_at == LIFECYCLE_UNKNOWN &&
		(observed->status == LIFECYCLE_STATUS_RUNNING || is_adopted))
		set_start(observed, current->started_at, current->started_at_source);
}

/* ---- the whole ---- */

static void fill_end(const struct lifecycle_record *record, const struct process *process,
	struct lifecycle_observed *observed)
{
	struct lifecycle_generation ended = record->current;

	generation_set_exit_status(&ended, process);
	observed->exit_code = ended.exit_code;
	observed->exit_signal = ended.exit_signal;
	if (record_is_stopped(record) || !process_has_ended(process))
		return;
	observed->status = LIFECYCLE_STATUS_STOPPED;
	observed->reason = reason_of_end(record, process, observed);
}

void observed_fill(const struct lifecycle_record *record, const struct process *process,
	struct lifecycle_observed *ret)
{
	const struct lifecycle_generation *current = &record->current;
	bool is_over = record_is_stopped(record) || process_has_ended(process);

	ret->looked = record_is_stopped(record) || process->liveness != LIVENESS_UNKNOWN;
	ret->status = current->status;
	ret->reason = current->reason;
	ret->create_error = has_create_error(record, is_over);
	set_start(ret, LIFECYCLE_UNKNOWN, LIFECYCLE_SOURCE_NONE);
	fill_known_start(record, process, ret);
	if (!is_over && (generation_program(current, process) == PROGRAM_EXECUTED ||
				ret->started_at != LIFECYCLE_UNKNOWN))
		ret->status = LIFECYCLE_STATUS_RUNNING;
	fill_end(record, process, ret);
	fill_provisional_start(record, ret);
	ret->pid = is_over ? LIFECYCLE_UNKNOWN : current->pid;
}

void observed_fill_previous(const struct lifecycle_generation *generation,
	const struct process *process, struct lifecycle_observed *ret)
{
	bool is_init = generation_program(generation, process) == PROGRAM_NOT_YET;

	ret->looked = process->liveness != LIVENESS_UNKNOWN;
	ret->status = is_init || !ret->looked ? generation->status : LIFECYCLE_STATUS_RUNNING;
	ret->reason = LIFECYCLE_REASON_NONE;
	ret->create_error = false;
	ret->exit_code = LIFECYCLE_UNKNOWN;
	ret->exit_signal = LIFECYCLE_UNKNOWN;
	ret->pid = generation->pid;
	set_start(ret, LIFECYCLE_UNKNOWN, LIFECYCLE_SOURCE_NONE);
	if (ret->status == LIFECYCLE_STATUS_RUNNING)
		set_start(ret, generation->started_at, generation->started_at_source);
}
