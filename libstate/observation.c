/* SPDX-License-Identifier: Apache-2.0 */
#include "observation.h"
#include "comm.h"

#include <string.h>
#include <sys/wait.h>

bool value_is_known(int64_t value)
{
	return value != LIFECYCLE_UNKNOWN;
}

bool text_is_same(const char *one, const char *other)
{
	return one != NULL && other != NULL && strcmp(one, other) == 0;
}

bool point_is_create_phase(enum lifecycle_point point)
{
	return point == LIFECYCLE_POINT_PRESTART || point == LIFECYCLE_POINT_CREATE_RUNTIME ||
	       point == LIFECYCLE_POINT_CREATE_CONTAINER;
}

bool point_is_of_hook(enum lifecycle_point point)
{
	return point_is_create_phase(point) || point == LIFECYCLE_POINT_POSTSTART ||
	       point == LIFECYCLE_POINT_POSTSTOP;
}

bool point_is_of_runtime(enum lifecycle_point point)
{
	return point == LIFECYCLE_POINT_CREATE || point == LIFECYCLE_POINT_START ||
	       point == LIFECYCLE_POINT_RESTORE;
}

bool process_has_identity(const struct process *process)
{
	return value_is_known(process->pid) && value_is_known(process->start_ticks) &&
	       process->boot_id[0] != '\0';
}

bool generation_has_identity(const struct lifecycle_generation *generation)
{
	return value_is_known(generation->pid) && value_is_known(generation->pid_start_ticks) &&
	       generation->boot_id != NULL;
}

bool generation_is_of_process(
	const struct lifecycle_generation *generation, const struct process *process)
{
	return generation->pid == process->pid &&
	       generation->pid_start_ticks == process->start_ticks &&
	       text_is_same(generation->boot_id, process->boot_id);
}

/* A program may take any name, but it cannot undo its exec, of which also a zombie bears the mark. */
bool process_has_execed(
	const struct lifecycle_generation *generation, const struct process *process)
{
	if (!generation_is_of_process(generation, process))
		return false;
	if (generation->init_forked && !process->forked)
		return true;
	return generation->init_exe != NULL && process->exe[0] != '\0' &&
	       strcmp(generation->init_exe, process->exe) != 0;
}

bool process_has_ended(const struct process *process)
{
	return process->liveness == LIVENESS_GONE || process->liveness == LIVENESS_ZOMBIE;
}

bool process_is_dead_init(
	const struct lifecycle_generation *generation, const struct process *process)
{
	return process->liveness == LIVENESS_ZOMBIE && comm_is_runtime_init(process->comm) &&
	       !process_has_execed(generation, process);
}

enum program generation_program(
	const struct lifecycle_generation *generation, const struct process *process)
{
	bool hidden = process->comm[0] == '\0' && process->exe[0] == '\0';

	if (hidden || (process->liveness != LIVENESS_ALIVE && process->liveness != LIVENESS_ZOMBIE))
		return PROGRAM_UNSEEN;
	if (process_has_execed(generation, process))
		return PROGRAM_EXECUTED;
	if (comm_is_runtime_init(process->comm))
		return PROGRAM_NOT_YET;
	return PROGRAM_UNCLEAR;
}

/* The slowest kernel has 100 of them in a second. */
#define LONGEST_TICK_NS UINT64_C(10000000)

/*
 * It was linked after the creation, but the kernel stamps a file with the time of its last tick, which may be before that.
 * What is earlier by more than a tick is the time of a clock that was set back.
 */
static int64_t start_by_fifo(const struct lifecycle_generation *generation, int64_t written_at)
{
	int64_t created_at = generation->created_at;

	if (!value_is_known(created_at) || written_at >= created_at ||
		(uint64_t)created_at - (uint64_t)written_at > LONGEST_TICK_NS)
		return written_at;
	return created_at;
}

bool generation_fifo_tells_start(const struct lifecycle_generation *generation, int64_t exec_fifo,
	const struct process *process, int64_t *ret_started_at)
{
	if (!value_is_known(exec_fifo) || exec_fifo <= 0 ||
		process_is_dead_init(generation, process))
		return false;
	*ret_started_at = start_by_fifo(generation, exec_fifo);
	return true;
}

const struct lifecycle_generation *record_open_previous(const struct lifecycle_record *record)
{
	for (size_t i = record->previous_count; i-- > 0;)
		if (record->previous[i].is.status != LIFECYCLE_STATUS_STOPPED)
			return &record->previous[i].is;
	return NULL;
}

bool record_has_generation(const struct lifecycle_record *record)
{
	return value_is_known(record->current.generation);
}

bool record_is_stopped(const struct lifecycle_record *record)
{
	return record->current.status == LIFECYCLE_STATUS_STOPPED;
}

/* How well a source knows a start, or an end. */
static const unsigned char strengths[] = {
	[LIFECYCLE_SOURCE_CREATE_RUNTIME] = 1,
	[LIFECYCLE_SOURCE_TOLD] = 2,
	[LIFECYCLE_SOURCE_RUNTIME] = 3,
	[LIFECYCLE_SOURCE_EXEC_FIFO] = 4,
	[LIFECYCLE_SOURCE_POSTSTART] = 5,
	[LIFECYCLE_SOURCE_EXEC] = 6,
	[LIFECYCLE_SOURCE_POSTSTOP] = 1,
	[LIFECYCLE_SOURCE_EXIT_FILE] = 2,
	[LIFECYCLE_SOURCE_EXIT] = 3,
	[LIFECYCLE_SOURCE_ENGINE] = 4,
};

bool source_outweighs(enum lifecycle_source source, enum lifecycle_source present)
{
	return strengths[source] > strengths[present];
}

bool generation_start_is_known(const struct lifecycle_generation *generation)
{
	return source_outweighs(generation->started_at_source, LIFECYCLE_SOURCE_CREATE_RUNTIME);
}

bool source_is_seen(enum lifecycle_source source)
{
	return source == LIFECYCLE_SOURCE_POSTSTART || source == LIFECYCLE_SOURCE_EXEC;
}

bool generation_start_was_seen(const struct lifecycle_generation *generation)
{
	return source_is_seen(generation->started_at_source);
}

bool evidence_is_of_creation(const struct lifecycle_evidence *evidence)
{
	return point_is_create_phase(evidence->point) || evidence->event == LIFECYCLE_EVENT_CREATED;
}

bool evidence_identifies_init(const struct lifecycle_evidence *evidence)
{
	return evidence->point != LIFECYCLE_POINT_CREATE_CONTAINER &&
	       evidence->point != LIFECYCLE_POINT_POSTSTOP &&
	       (evidence->process.liveness == LIVENESS_ALIVE ||
		       evidence->process.liveness == LIVENESS_ZOMBIE) &&
	       process_has_identity(&evidence->process);
}

bool evidence_is_of_waiting_init(const struct lifecycle_evidence *evidence)
{
	return evidence->point == LIFECYCLE_POINT_CREATE_RUNTIME &&
	       evidence->command.progress != COMMAND_PROGRESS_ENDED &&
	       evidence->folded_into[0] != '\0';
}

bool evidence_may_be_of_another(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return !evidence_identifies_init(evidence) && value_is_known(record->current.pid) &&
	       record->current.pid != evidence->pid;
}

const struct process *evidence_started_process(const struct lifecycle_evidence *evidence)
{
	return evidence_identifies_init(evidence) ? &evidence->process : &evidence->recorded;
}

bool evidence_denies_start(
	const struct lifecycle_generation *generation, const struct lifecycle_evidence *evidence)
{
	const struct process *process = evidence_started_process(evidence);

	return generation_is_of_process(generation, process) &&
	       generation_program(generation, process) == PROGRAM_NOT_YET &&
	       !comm_may_be_of_workload(process->comm);
}

bool command_has_failed(const struct command *command)
{
	if (command->progress != COMMAND_PROGRESS_ENDED)
		return false;
	if (value_is_known(command->exit_code))
		return command->exit_code != 0;
	return value_is_known(command->signal) || command->message != NULL;
}

void generation_set_exit_status(
	struct lifecycle_generation *generation, const struct process *process)
{
	int status = (int)process->exit_status;

	if (process->liveness != LIVENESS_ZOMBIE || !value_is_known(process->exit_status) ||
		value_is_known(generation->exit_code) || process_is_dead_init(generation, process))
		return;
	generation->exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	if (WIFSIGNALED(status))
		generation->exit_signal = WTERMSIG(status);
}

bool hook_is_unfinished(const struct lifecycle_hook *hook)
{
	return hook->command != NULL && !value_is_known(hook->duration_ns) &&
	       point_is_create_phase(hook->point);
}

bool record_has_unfinished_hook(const struct lifecycle_record *record)
{
	for (size_t i = 0; i < record->hook_count; i++)
		if (hook_is_unfinished(&record->hooks[i].is))
			return true;
	return false;
}

bool lifecycle_start_is_provisional(const struct lifecycle_generation *generation)
{
	return !generation_start_is_known(generation);
}
