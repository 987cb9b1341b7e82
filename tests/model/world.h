/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine on which a container lives and dies under one ID, again and again, by a runtime as runtimes are (see the
 * README): what truly happens, and what the hooks see of it.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "transition.h"

#define WORLD_LIVES 10

enum runtime {
	RUNC,
	CRUN,
	GVISOR,
	RUNTIMES,
};

/* One life, as it truly is. */
struct life {
	enum runtime runtime;
	int64_t pid;
	int64_t start_ticks;
	int boot;
	bool failed;  /* while it was created or started */
	bool started; /* its program ran */
	bool lies;    /* its program takes the name of the runtime's init */
	bool dead;
	bool reaped;
	int64_t started_at;
	int64_t died_at;
	int64_t exit_code;
	bool poststop_is_late; /* it is yet to come */
	bool exec_is_told;     /* by the kernel, or never will be */
	bool exit_is_told;
	char instance[INSTANCE_SIZE];
};

struct world {
	int64_t now;
	int boot;
	int64_t ticks;
	struct life lives[WORLD_LIVES];
	int life_count;
};

/* The same in each run for each seed. */
void chance_seed(uint64_t seed);
bool chance(int percent);
int64_t chance_below(int64_t limit);

struct life *world_begin_life(struct world *world, enum runtime runtime);
void world_end_life(struct world *world, struct life *life);
void world_reboot(struct world *world);

/* What is seen of a pid, and of the record's process. */
void world_look(const struct world *world, int64_t pid, struct process *ret);
/* When the record's exec FIFO was written, as exec_fifo_look() tells it. */
int64_t world_look_at_fifo(const struct world *world, const struct lifecycle_record *record);
void world_look_recorded(
	const struct world *world, const struct lifecycle_record *record, struct process *ret);

/* NULL, or what a record says that is not so. */
const char *world_judge(const struct world *world, const struct lifecycle_record *record);
const char *world_judge_view(const struct world *world, const struct lifecycle_record *record,
	const struct lifecycle_observed *observed);

#endif
