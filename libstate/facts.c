/* SPDX-License-Identifier: Apache-2.0 */
#include "facts.h"

#include <string.h>

bool known(int64_t value)
{
	return value != LIFECYCLE_UNKNOWN;
}

bool same_text(const char *one, const char *other)
{
	return one != NULL && other != NULL && strcmp(one, other) == 0;
}

bool is_create_phase(enum lifecycle_point point)
{
	return point == LIFECYCLE_POINT_PRESTART || point == LIFECYCLE_POINT_CREATE_RUNTIME ||
	       point == LIFECYCLE_POINT_CREATE_CONTAINER;
}

bool is_runtime_init(const char *comm)
{
	return strcmp(comm, "runc:[2:INIT]") == 0 || strcmp(comm, "crun") == 0 ||
	       strncmp(comm, "youki:[", strlen("youki:[")) == 0;
}

bool has_identity(const struct process *process)
{
	return known(process->pid) && known(process->start_ticks) && process->boot_id[0] != '\0';
}

bool is_same_process(const struct lifecycle_record *record, const struct process *process)
{
	return record->current.pid == process->pid &&
	       record->pid_start_ticks == process->start_ticks &&
	       same_text(record->boot_id, process->boot_id);
}

/* A program may take any name, but it cannot undo its exec, of which also a zombie bears the mark. */
bool has_execed(const struct lifecycle_record *record, const struct process *process)
{
	if (!is_same_process(record, process))
		return false;
	if (record->init_forked && !process->forked)
		return true;
	return record->init_exe != NULL && process->exe[0] != '\0' &&
	       strcmp(record->init_exe, process->exe) != 0;
}

bool is_over(enum liveness liveness)
{
	return liveness == LIVENESS_GONE || liveness == LIVENESS_ZOMBIE;
}

bool has_generation(const struct lifecycle_record *record)
{
	return known(record->current.generation);
}

bool is_stopped(const struct lifecycle_record *record)
{
	return record->current.status == LIFECYCLE_STATUS_STOPPED;
}

bool start_was_seen(const struct lifecycle_generation *generation)
{
	return generation->started_at_source == LIFECYCLE_SOURCE_POSTSTART ||
	       generation->started_at_source == LIFECYCLE_SOURCE_RUNTIME;
}

bool tells_identity(const struct lifecycle_evidence *evidence)
{
	return evidence->point != LIFECYCLE_POINT_CREATE_CONTAINER &&
	       evidence->point != LIFECYCLE_POINT_POSTSTOP &&
	       (evidence->process.liveness == LIVENESS_ALIVE ||
		       evidence->process.liveness == LIVENESS_ZOMBIE) &&
	       has_identity(&evidence->process);
}

bool has_failed(const struct command *command)
{
	return command->progress == COMMAND_ENDED &&
	       (known(command->signal) || (known(command->exit_code) && command->exit_code != 0));
}

bool is_unfinished(const struct lifecycle_hook *hook)
{
	return hook->command != NULL && !known(hook->duration_ns) && is_create_phase(hook->point);
}

bool has_unfinished(const struct lifecycle_record *record)
{
	for (size_t i = 0; i < record->hook_count; i++)
		if (is_unfinished(&record->hooks[i].is))
			return true;
	return false;
}
