/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define PIDS   4 /* few, so that they come again */

/* ---- chance ---- */

static uint64_t chance_state;

void chance_seed(uint64_t seed)
{
	chance_state = seed * 2654435769U + 88172645463325252U;
}

int64_t chance_below(int64_t limit)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (int64_t)(chance_state % (uint64_t)limit);
}

bool chance(int percent)
{
	return chance_below(100) < percent;
}

/* ---- lives ---- */

static bool is_there(const struct world *world, const struct life *life)
{
	return life->boot == world->boot && !life->reaped;
}

static const struct life *life_of_pid(const struct world *world, int64_t pid)
{
	for (int i = 0; i < world->life_count; i++)
		if (world->lives[i].pid == pid && is_there(world, &world->lives[i]))
			return &world->lives[i];
	return NULL;
}

struct life *world_begin_life(struct world *world, enum runtime runtime)
{
	struct life *life = &world->lives[world->life_count];

	*life = (struct life){ .runtime = runtime, .boot = world->boot };
	/* and more of them where all of these are taken */
	for (int tries = 0; tries == 0 || life_of_pid(world, life->pid) != NULL; tries++)
		life->pid = 100 + chance_below(PIDS + tries / 16);
	world->ticks += 1 + chance_below(3);
	life->start_ticks = world->ticks;
	life->exit_code = chance_below(256);
	life->lies = life->exit_code % 5 == 0;
	world->life_count++;
	return life;
}

void world_end_life(struct world *world, struct life *life)
{
	world->now += SECOND;
	life->dead = true;
	life->died_at = world->now;
	life->reaped = chance(50);
}

void world_reboot(struct world *world)
{
	world->now += SECOND;
	for (int i = 0; i < world->life_count; i++) {
		struct life *life = &world->lives[i];

		if (!life->dead)
			life->died_at = world->now;
		life->dead = true;
		life->reaped = true;
		life->poststop_is_late = false;
	}
	world->boot++;
	world->ticks = 0;
}

/* ---- looking ---- */

static void set_name(const struct life *life, struct process *ret)
{
	static const char *const inits[] = { "runc:[2:INIT]", "crun", "exe" };
	bool is_program = life->started && life->runtime != GVISOR;

	ret->forked = !is_program && life->runtime != GVISOR;
	snprintf(ret->comm, sizeof(ret->comm), "%s",
		is_program && !life->lies ? "sleep" : inits[life->runtime]);
	if (life->dead)
		return;
	/* runc makes a copy of itself for each container */
	if (is_program)
		snprintf(ret->exe, sizeof(ret->exe), "8:1");
	else if (life->runtime == RUNC)
		snprintf(ret->exe, sizeof(ret->exe), "0:%" PRId64, life->start_ticks);
	else
		snprintf(ret->exe, sizeof(ret->exe), "8:2");
}

void world_look(const struct world *world, int64_t pid, struct process *ret)
{
	const struct life *life = life_of_pid(world, pid);

	*ret = (struct process){ .pid = LIFECYCLE_UNKNOWN,
		.start_ticks = LIFECYCLE_UNKNOWN,
		.pid_ns = 1,
		.exit_status = LIFECYCLE_UNKNOWN };
	snprintf(ret->boot_id, sizeof(ret->boot_id), "boot %d", world->boot);
	if (pid <= 0)
		return;
	ret->pid = pid;
	ret->liveness = LIVENESS_GONE;
	if (life == NULL)
		return;
	ret->liveness = life->dead ? LIVENESS_ZOMBIE : LIVENESS_ALIVE;
	ret->start_ticks = life->start_ticks;
	if (life->dead)
		ret->exit_status = life->exit_code << 8;
	set_name(life, ret);
}

void world_look_recorded(
	const struct world *world, const struct lifecycle_record *record, struct process *ret)
{
	world_look(world, record->current.pid, ret);
	if (generation_is_of_other_boot(&record->current, ret->boot_id))
		ret->liveness = LIVENESS_GONE;
	else if (!value_is_known(record->current.pid_start_ticks))
		ret->liveness = LIVENESS_UNKNOWN;
	else if (value_is_known(ret->start_ticks) &&
		 ret->start_ticks != record->current.pid_start_ticks)
		ret->liveness = LIVENESS_GONE;
}

/* ---- the truth ---- */

static const struct life *life_of(const struct world *world, const char *instance)
{
	for (int i = 0; i < world->life_count; i++)
		if (text_is_same(world->lives[i].instance, instance))
			return &world->lives[i];
	return NULL;
}

static const char *judge_reason(
	const struct world *world, const struct life *life, enum lifecycle_reason reason)
{
	if (reason == LIFECYCLE_REASON_EXITED && !life->started)
		return "it exited, it says, and it never ran";
	if (reason == LIFECYCLE_REASON_CREATE_FAILED && !life->failed)
		return "it could not be created, it says, and it could";
	if (reason == LIFECYCLE_REASON_NEVER_STARTED && life->started)
		return "it never started, it says, and it did";
	if (reason == LIFECYCLE_REASON_LOST_REBOOT && life->boot == world->boot)
		return "a reboot ended it, it says, and there was none";
	if (reason != LIFECYCLE_REASON_NONE && !life->dead)
		return "there is a reason for an end, and it lives";
	return NULL;
}

static const char *judge_end(const struct life *life, const struct lifecycle_generation *generation)
{
	if (generation->status == LIFECYCLE_STATUS_STOPPED && !life->dead)
		return "it is stopped, it says, and it lives";
	if (value_is_known(generation->finished_at) && generation->finished_at < life->died_at)
		return "it had finished, it says, before it did";
	if (value_is_known(generation->exit_code) && generation->exit_code != life->exit_code)
		return "it says another exit code";
	return NULL;
}

static const char *judge_start(
	const struct life *life, const struct lifecycle_generation *generation)
{
	if (generation->status == LIFECYCLE_STATUS_RUNNING && !life->started)
		return "it runs, it says, and it never did";
	if (!generation_start_is_known(generation))
		return NULL;
	if (!life->started)
		return "its start was seen, it says, and there was none";
	return generation->started_at < life->started_at ? "it started, it says, before it did"
							 : NULL;
}

static const char *judge_generation(
	const struct world *world, const struct lifecycle_generation *generation)
{
	const struct life *life = life_of(world, generation->instance);
	const char *fault;

	if (life == NULL)
		return "it is of no life";
	if (value_is_known(generation->pid) && generation->pid != life->pid)
		return "it is of another process";
	if (generation->create_error && !life->failed)
		return "there was a create error, it says, and there was none";
	fault = judge_reason(world, life, generation->reason);
	if (!fault)
		fault = judge_start(life, generation);
	return fault ? fault : judge_end(life, generation);
}

int64_t world_look_at_fifo(const struct world *world, const struct lifecycle_record *record)
{
	const struct life *life = life_of(world, record->current.instance);

	if (life == NULL || life->runtime == GVISOR || record_is_stopped(record))
		return LIFECYCLE_UNKNOWN;
	return life->started ? life->started_at : 0;
}

const char *world_judge(const struct world *world, const struct lifecycle_record *record)
{
	const char *fault = NULL;

	if (record_has_generation(record))
		fault = judge_generation(world, &record->current);
	for (size_t i = 0; i < record->previous_count && !fault; i++)
		fault = judge_generation(world, &record->previous[i].is);
	return fault;
}

const char *world_judge_view(const struct world *world, const struct lifecycle_record *record,
	const struct lifecycle_observed *observed)
{
	const struct life *life = life_of(world, record->current.instance);

	if (life == NULL)
		return record_has_generation(record) ? "it is of no life" : NULL;
	if (observed->status == LIFECYCLE_STATUS_STOPPED && !life->dead)
		return "a reader is told that it is stopped, and it lives";
	if (observed->status != LIFECYCLE_STATUS_STOPPED && life->dead)
		return "a reader is told that it lives, and it is dead";
	if (observed->status == LIFECYCLE_STATUS_RUNNING && !life->started)
		return "a reader is told that it runs, and it never did";
	if (observed->create_error && !life->failed)
		return "a reader is told of a create error, and there was none";
	return judge_reason(world, life, observed->reason);
}
