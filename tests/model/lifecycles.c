/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thousands of containers' lives by chance, in a world where the truth is known: hooks that fail, are killed and never
 * come, poststops that come late or twice, processes that die at any time, pids that come again, reboots. No record may
 * ever say what is not so. And records and evidence of any kind, where less is known but never may known things change.
 * lifecycles [COUNT [SEED]]: so many worlds; that one only, told step by step. Prints TAP.
 */
#include "invariants.h"
#include "observed.h"
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORLDS      300
#define ANY_RECORDS 300
#define ANY_STEPS   25
#define SECOND      INT64_C(1000000000)

/* ---- what is wrong in the controls ---- */

bool __real_generation_is_poststop_late(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);
bool __wrap_generation_is_poststop_late(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);
bool __real_comm_is_runtime_init(const char *comm);
bool __wrap_comm_is_runtime_init(const char *comm);
bool __real_command_has_failed(const struct command *command);
bool __wrap_command_has_failed(const struct command *command);

static enum {
	NOTHING,
	LATE_IS_NOW,
	NAMES_IMPLY,
	ALL_GOES_WELL,
} wrong;

bool __wrap_generation_is_poststop_late(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return wrong != LATE_IS_NOW && __real_generation_is_poststop_late(record, evidence);
}

/* Then poststart is believed to mean what it is called. */
bool __wrap_comm_is_runtime_init(const char *comm)
{
	return wrong != NAMES_IMPLY && __real_comm_is_runtime_init(comm);
}

bool __wrap_command_has_failed(const struct command *command)
{
	return wrong != ALL_GOES_WELL && __real_command_has_failed(command);
}

/* ---- one run ---- */

/* Who is registered, and who looks on. */
struct setting {
	enum runtime runtime;
	bool prestart, create_container, poststart, poststop;
	bool runtime_caller; /* lifecycle-runtime */
	bool exit_files;
	bool fifo;   /* the runtime waits on one, and its link could be made */
	bool kernel; /* lifecycle-watch, by the process connector */
	bool pidfds; /* lifecycle-watch, without it */
	int wraps;   /* percent of create hooks */
};

struct run {
	struct world world;
	struct setting setting;
	struct lifecycle_record *record;
	int evidence_count;
	struct exit_file exit_file; /* the last that conmon wrote */
	bool shared;                /* by two engines */
	const char *fault;
	bool tells;
};

static struct lifecycle_record *copy(const struct lifecycle_record *record)
{
	struct lifecycle_record *made = NULL;
	size_t length;
	char *text;

	if (lifecycle_record_encode(record, NULL, &text, &length, NULL) < 0 ||
		lifecycle_record_decode(text, length, &made, NULL) < 0)
		abort();
	free(text);
	return made;
}

static void tell(const struct run *run, const char *what)
{
	size_t length;
	char *text;

	if (!run->tells || lifecycle_record_encode(run->record, NULL, &text, &length, NULL) < 0)
		return;
	printf("# %s: %s\n", what, text);
	free(text);
}

static void look_on(struct run *run)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	struct process process;

	world_look_recorded(&run->world, run->record, &process);
	run->record->exec_fifo = LIFECYCLE_UNKNOWN;
	if (run->setting.fifo)
		run->record->exec_fifo = world_look_at_fifo(&run->world, run->record);
	observed_fill(run->record, &process, &observed);
	if (!run->fault)
		run->fault = invariants_of_view(run->record, &process, &observed);
	if (!run->fault && value_is_known(run->record->current.pid_start_ticks))
		run->fault = world_judge_view(&run->world, run->record, &observed);
}

static void expect(struct run *run, bool holds, const char *fault)
{
	if (!holds && !run->fault)
		run->fault = fault;
}

static void judge(struct run *run, const struct lifecycle_record *before)
{
	if (!run->fault)
		run->fault = invariants_of_record(run->record);
	if (!run->fault)
		run->fault = invariants_of_step(before, run->record);
	if (!run->fault)
		run->fault = world_judge(&run->world, run->record);
}

/* Written and read again, and folded into. */
static void fold(struct run *run, struct lifecycle_evidence *evidence, struct life *life)
{
	struct lifecycle_record *before = run->record;
	char instance[INSTANCE_SIZE];

	run->record = copy(before);
	world_look_recorded(&run->world, run->record, &evidence->recorded);
	run->record->exec_fifo = LIFECYCLE_UNKNOWN;
	if (run->setting.fifo)
		run->record->exec_fifo = world_look_at_fifo(&run->world, run->record);
	evidence->exec_fifo = run->record->exec_fifo;
	/* in the container's namespace */
	if (evidence->point == LIFECYCLE_POINT_CREATE_CONTAINER &&
		evidence->recorded.liveness != LIVENESS_GONE)
		evidence->recorded.liveness = LIVENESS_UNKNOWN;
	evidence->program = generation_program(&run->record->current, &evidence->process);
	if (transition_fold(run->record, evidence, instance, NULL) < 0)
		abort();
	memcpy(evidence->folded_into, instance, sizeof(instance));
	evidence->stored = true;
	if (text_is_same(run->record->current.instance, evidence->instance))
		memcpy(life->instance, evidence->instance, sizeof(life->instance));
	judge(run, before);
	lifecycle_record_free(before);
	tell(run, lifecycle_point_name(evidence->point));
	look_on(run);
}

static struct lifecycle_evidence evidence_of(
	struct run *run, enum lifecycle_point point, const char *status, int64_t pid)
{
	struct lifecycle_evidence evidence = {
		.point = point, .id = "c1", .status = status, .pid = pid
	};

	run->world.now += SECOND;
	evidence.time = run->world.now;
	evidence.seen_at = run->world.now;
	evidence.exit_file = (struct exit_file){ LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN };
	evidence.command.duration_ns = LIFECYCLE_UNKNOWN;
	evidence.command.exit_code = LIFECYCLE_UNKNOWN;
	evidence.command.signal = LIFECYCLE_UNKNOWN;
	evidence.command.index = LIFECYCLE_UNKNOWN;
	evidence.previous.exit_status = LIFECYCLE_UNKNOWN;
	world_look(&run->world, pid, &evidence.process);
	snprintf(
		evidence.instance, sizeof(evidence.instance), "instance %d", ++run->evidence_count);
	return evidence;
}

/* ---- what the kernel tells, late or soon ---- */

static void tell_of_process(struct run *run, struct life *life, enum lifecycle_event event)
{
	struct lifecycle_evidence evidence =
		evidence_of(run, LIFECYCLE_POINT_ENGINE, NULL, LIFECYCLE_UNKNOWN);

	evidence.event = event;
	evidence.time = event == LIFECYCLE_EVENT_EXECED ? life->started_at : life->died_at;
	memcpy(evidence.reported, life->instance, sizeof(evidence.reported));
	evidence.ending.exit_code = life->exit_code;
	evidence.ending.exit_signal = LIFECYCLE_UNKNOWN;
	evidence.never_execed = run->setting.kernel && !life->started;
	fold(run, &evidence, life);
}

static void tell_of_life(struct run *run, struct life *life)
{
	bool is_watched = run->setting.kernel || run->setting.pidfds;

	/* of what a reboot ended nobody tells */
	if (!is_watched || life->boot != run->world.boot || life->instance[0] == '\0')
		return;
	if (run->setting.kernel && life->started && life->runtime != GVISOR &&
		!life->exec_is_told) {
		life->exec_is_told = true;
		tell_of_process(run, life, LIFECYCLE_EVENT_EXECED);
	}
	if (life->dead && !life->exit_is_told) {
		life->exit_is_told = true;
		tell_of_process(run, life, LIFECYCLE_EVENT_EXITED);
	}
}

static void tell_of_processes(struct run *run, int percent)
{
	for (int i = 0; i < run->world.life_count; i++)
		if (chance(percent))
			tell_of_life(run, &run->world.lives[i]);
}

/* Nobody else saw more than it: what it told is in the record, whatever else was told before or after. */
static void expect_kernels_word(struct run *run)
{
	const struct lifecycle_generation *current = &run->record->current;

	for (int i = 0; i < run->world.life_count; i++) {
		const struct life *life = &run->world.lives[i];

		if (!text_is_same(current->instance, life->instance))
			continue;
		expect(run,
			!life->exec_is_told || current->started_at_source == LIFECYCLE_SOURCE_EXEC,
			"the kernel's start is forgotten");
		expect(run,
			!life->exit_is_told || (current->finished_at == life->died_at &&
						       current->exit_code == life->exit_code),
			"the kernel's end is forgotten");
	}
}

/* ---- what may happen at any time ---- */

static void poststop(struct run *run, struct life *life)
{
	static const int64_t pids[] = { LIFECYCLE_UNKNOWN, 0, -1 };
	struct lifecycle_evidence evidence =
		evidence_of(run, LIFECYCLE_POINT_POSTSTOP, "stopped", pids[life->runtime]);

	life->poststop_is_late = false;
	if (!run->setting.poststop)
		return;
	if (run->setting.exit_files)
		evidence.exit_file = run->exit_file;
	fold(run, &evidence, life);
	if (text_is_same(run->record->current.instance, life->instance))
		expect(run, value_is_known(run->record->current.finished_at), "an end is not told");
}

static void late_poststops(struct run *run)
{
	for (int i = 0; i < run->world.life_count; i++)
		if (run->world.lives[i].poststop_is_late && chance(20))
			poststop(run, &run->world.lives[i]);
}

static bool has_late(const struct run *run)
{
	for (int i = 0; i < run->world.life_count; i++)
		if (run->world.lives[i].poststop_is_late)
			return true;
	return false;
}

static void die(struct run *run, struct life *life)
{
	if (life->dead)
		return;
	world_end_life(&run->world, life);
	if (run->setting.exit_files && chance(80))
		run->exit_file = (struct exit_file){ life->exit_code, life->died_at };
}

/* The runtime is asked for what cannot be, and says no. */
static void refusal(struct run *run, struct life *life)
{
	enum lifecycle_point point = chance(50) ? LIFECYCLE_POINT_CREATE : LIFECYCLE_POINT_START;
	struct lifecycle_evidence evidence = evidence_of(run, point, NULL, LIFECYCLE_UNKNOWN);

	if (!run->setting.runtime_caller || life->dead ||
		(point == LIFECYCLE_POINT_START && !life->started))
		return;
	evidence.command.progress = COMMAND_PROGRESS_ENDED;
	evidence.command.exit_code = 1;
	fold(run, &evidence, life);
}

/* ---- a life ---- */

/* What a runtime's caller saw of its create or start, which began at `began`. */
static void tell_of_runtime(struct run *run, struct life *life, enum lifecycle_point point,
	int64_t began, int exit_code)
{
	struct lifecycle_evidence evidence = evidence_of(run, point, NULL, LIFECYCLE_UNKNOWN);

	if (!run->setting.runtime_caller)
		return;
	if (exit_code != 0 || point == LIFECYCLE_POINT_CREATE)
		evidence.time = began;
	evidence.command.progress = COMMAND_PROGRESS_ENDED;
	evidence.command.exit_code = exit_code;
	fold(run, &evidence, life);
}

/* A create hook; false if it fails, which ends the container. */
static bool create_hook(struct run *run, struct life *life, enum lifecycle_point point)
{
	bool inside = point == LIFECYCLE_POINT_CREATE_CONTAINER;
	int64_t pid = inside ? (life->runtime == RUNC ? 1 : 0) : life->pid;
	struct lifecycle_evidence evidence =
		evidence_of(run, point, life->runtime == RUNC ? "creating" : "created", pid);
	bool wraps = chance(run->setting.wraps);
	int outcome = (int)chance_below(10);

	if (inside)
		world_look(&run->world, LIFECYCLE_UNKNOWN, &evidence.process);
	if (wraps) {
		evidence.command.progress = COMMAND_PROGRESS_BEGUN;
		evidence.command.path = "/x";
	}
	fold(run, &evidence, life);
	if (!wraps)
		return true;
	/* it never comes back; else it fails, or does not */
	if (outcome > 0) {
		evidence.command.progress = COMMAND_PROGRESS_ENDED;
		evidence.command.duration_ns = 5;
		evidence.command.exit_code = outcome == 1 ? 1 : 0;
		life->failed = outcome == 1;
		fold(run, &evidence, life);
		expect(run, !life->failed || run->record->current.create_error,
			"a hook's failure is not told");
	}
	life->failed = outcome <= 1;
	return !life->failed;
}

static bool create_hooks(struct run *run, struct life *life)
{
	return (!run->setting.prestart || create_hook(run, life, LIFECYCLE_POINT_PRESTART)) &&
	       create_hook(run, life, LIFECYCLE_POINT_CREATE_RUNTIME) &&
	       (!run->setting.create_container ||
		       create_hook(run, life, LIFECYCLE_POINT_CREATE_CONTAINER));
}

static void poststart(struct run *run, struct life *life, const char *status)
{
	struct lifecycle_evidence evidence =
		evidence_of(run, LIFECYCLE_POINT_POSTSTART, status, life->pid);

	if (!run->setting.poststart)
		return;
	fold(run, &evidence, life);
	expect(run,
		!life->started || life->dead || generation_start_is_known(&run->record->current),
		"a start is not told");
}

static bool create(struct run *run, struct life *life)
{
	int64_t began = run->world.now;

	if (!create_hooks(run, life)) {
		die(run, life);
		/* crun calls none then */
		if (life->runtime != CRUN)
			poststop(run, life);
		tell_of_runtime(run, life, LIFECYCLE_POINT_CREATE, began, 1);
		return false;
	}
	if (life->runtime == RUNC)
		poststart(run, life, "created");
	tell_of_runtime(run, life, LIFECYCLE_POINT_CREATE, began, 0);
	return true;
}

static void exec_program(struct run *run, struct life *life)
{
	run->world.now += SECOND;
	life->started = true;
	life->started_at = run->world.now;
}

static void start(struct run *run, struct life *life)
{
	int64_t began = ++run->world.now;

	if (chance(10)) {
		life->failed = true;
		die(run, life);
		if (chance(20))
			poststop(run, life);
		tell_of_runtime(run, life, LIFECYCLE_POINT_START, began, 1);
		return;
	}
	/* crun's poststart races the exec, and the end */
	if (life->runtime == CRUN && chance(10)) {
		poststart(run, life, "running");
		exec_program(run, life);
	} else {
		exec_program(run, life);
		if (chance(10))
			die(run, life);
		if (life->runtime != RUNC)
			poststart(run, life, life->runtime == CRUN ? "running" : "created");
	}
	tell_of_runtime(run, life, LIFECYCLE_POINT_START, began, 0);
}

static void live(struct run *run)
{
	struct life *life = world_begin_life(&run->world, run->setting.runtime);
	bool created = create(run, life);

	late_poststops(run);
	tell_of_processes(run, 30);
	if (created && chance(85) && !life->dead)
		start(run, life);
	tell_of_processes(run, 50);
	late_poststops(run);
	look_on(run);
	if (chance(20))
		refusal(run, life);
	if (chance(8)) {
		world_reboot(&run->world);
		look_on(run);
		return;
	}
	/* another engine may use the ID, while it lives */
	if (chance(5) && !life->dead && !has_late(run)) {
		run->shared = true;
		return;
	}
	die(run, life);
	tell_of_processes(run, 50);
	look_on(run);
	/* at once, later, or never */
	if (created && chance(70))
		poststop(run, life);
	else if (created && !run->shared && chance(60))
		life->poststop_is_late = true;
	if (created && !life->poststop_is_late && chance(10))
		poststop(run, life);
	life->reaped = true;
	tell_of_processes(run, 50);
	expect_kernels_word(run);
}

static struct setting setting_by_chance(void)
{
	return (struct setting){ .runtime = (enum runtime)chance_below(RUNTIMES),
		.prestart = chance(30),
		.create_container = chance(50),
		.poststart = chance(80),
		.poststop = chance(90),
		.runtime_caller = chance(40),
		.exit_files = chance(40),
		.fifo = chance(50),
		.kernel = chance(40),
		.pidfds = chance(30),
		.wraps = chance(50) ? 0 : 60 };
}

static const char *run_world(uint64_t seed, bool tells)
{
	struct run run = { .world = { .now = INT64_C(1795311412) * SECOND }, .tells = tells };

	chance_seed(seed);
	run.setting = setting_by_chance();
	run.exit_file = (struct exit_file){ LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN };
	run.record = record_new();
	while (run.world.life_count < WORLD_LIVES && !run.fault)
		live(&run);
	lifecycle_record_free(run.record);
	return run.fault;
}

/* ---- records of which nothing is known ---- */

static void any_process(struct process *ret)
{
	static const char *const names[] = { "", "runc:[2:INIT]", "crun", "sleep", "exe" };

	*ret = (struct process){ .liveness = (enum liveness)chance_below(4),
		.pid = chance(80) ? 100 + chance_below(2) : LIFECYCLE_UNKNOWN,
		.start_ticks = chance(80) ? chance_below(2) : LIFECYCLE_UNKNOWN,
		.pid_ns = 1 };
	if (chance(80))
		snprintf(ret->boot_id, sizeof(ret->boot_id), "boot %d", (int)chance_below(2));
	if (chance(70))
		snprintf(ret->exe, sizeof(ret->exe), "8:%d", (int)chance_below(3));
	snprintf(ret->comm, sizeof(ret->comm), "%s", names[chance_below(5)]);
	ret->forked = chance(50);
	ret->exit_status = LIFECYCLE_UNKNOWN;
}

static int64_t any_number(int64_t below)
{
	return chance(50) ? chance_below(below) : LIFECYCLE_UNKNOWN;
}

/* The clock may be set back. */
static int64_t any_time(void)
{
	return (INT64_C(1795311412) + chance_below(20)) * SECOND;
}

static struct lifecycle_evidence any_evidence(int number)
{
	static const char *const statuses[] = { NULL, "", "creating", "created", "running",
		"stopped" };
	struct lifecycle_evidence evidence = {
		.point = (enum lifecycle_point)(LIFECYCLE_POINT_PRESTART + chance_below(7)),
		.time = any_time(),
		.seen_at = any_time(),
		.id = "c1",
		.status = statuses[chance_below(6)],
		.pid = chance(70) ? 100 + chance_below(2) : any_number(2),
		.exit_file = { any_number(256), chance(50) ? any_time() : LIFECYCLE_UNKNOWN },
		.command = { (enum command_progress)chance_below(3), chance(60) ? "/x" : NULL, NULL,
			any_number(3), any_number(9), any_number(3), any_number(3), NULL, NULL },
		.exec_fifo = chance(30)   ? any_time()
			     : chance(50) ? 0
					  : LIFECYCLE_UNKNOWN,
		.stored = chance(20),
	};

	any_process(&evidence.process);
	any_process(&evidence.recorded);
	snprintf(evidence.instance, sizeof(evidence.instance), "instance %d", number);
	snprintf(evidence.folded_into, sizeof(evidence.folded_into), "instance %d", number - 1);
	return evidence;
}

static const char *any_step(struct run *run, int number)
{
	struct lifecycle_evidence evidence = any_evidence(number);
	struct lifecycle_record *before = copy(run->record);
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	char instance[INSTANCE_SIZE];
	const char *fault;

	evidence.program = generation_program(&run->record->current, &evidence.process);
	if (transition_fold(run->record, &evidence, instance, NULL) < 0)
		abort();
	tell(run, lifecycle_point_name(evidence.point));
	observed_fill(run->record, &evidence.recorded, &observed);
	fault = invariants_of_step(before, run->record);
	if (!fault)
		fault = invariants_of_record(run->record);
	if (!fault)
		fault = invariants_of_view(run->record, &evidence.recorded, &observed);
	lifecycle_record_free(before);
	return fault;
}

static const char *run_any(uint64_t seed, bool tells)
{
	struct run run = { .record = record_new(), .tells = tells };
	const char *fault = NULL;

	chance_seed(seed);
	for (int i = 1; i <= ANY_STEPS && !fault; i++)
		fault = any_step(&run, i);
	lifecycle_record_free(run.record);
	return fault;
}

/* ---- all of them ---- */

typedef const char *run_fn(uint64_t seed, bool tells);

static const char *find_fault(run_fn *run, uint64_t count, uint64_t *ret_seed)
{
	const char *fault = NULL;

	for (uint64_t seed = 1; seed <= count && !fault; seed++) {
		fault = run(seed, false);
		*ret_seed = seed;
	}
	return fault;
}

static void test(int number, run_fn *run, uint64_t count, const char *what)
{
	uint64_t seed;
	const char *fault = find_fault(run, count, &seed);

	if (fault)
		printf("not ok %d - %s: with seed %" PRIu64 ": %s\n", number, what, seed, fault);
	else
		printf("ok %d - %s (%" PRIu64 ")\n", number, what, count);
}

static void test_control(int number, const char *expected)
{
	uint64_t seed;
	const char *fault = find_fault(run_world, WORLDS, &seed);

	wrong = NOTHING;
	if (text_is_same(fault, expected))
		printf("ok %d - control: %s\n", number, expected);
	else
		printf("not ok %d - control: %s, but: %s\n", number, expected,
			fault ? fault : "nothing");
}

static int tell_world(uint64_t seed)
{
	const char *fault = run_world(seed, true);

	printf("# %s\n", fault ? fault : "all is true");
	return fault != NULL;
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : WORLDS;

	if (argc > 2)
		return tell_world(strtoull(argv[2], NULL, 10));
	printf("1..5\n");
	test(1, run_world, count, "no record says what is not so");
	test(2, run_any, ANY_RECORDS, "whatever the evidence, what is known stays");
	wrong = LATE_IS_NOW;
	test_control(3, "it is stopped, it says, and it lives");
	wrong = NAMES_IMPLY;
	test_control(4, "it runs, it says, and it never did");
	wrong = ALL_GOES_WELL;
	test_control(5, "a hook's failure is not told");
	return 0;
}
