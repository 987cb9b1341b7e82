/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel tells of a process and what its pidfd shows, in every order that they come in. Times are milliseconds. */
#include "libstate.h"
#include "unit.h"
#include "watch/life.h"

#include <string.h>

#define MS INT64_C(1000000)

enum what { END, EXEC, NAME, EXIT, ALIVE, GONE, GONE_LATE, LOST };

struct step {
	enum what what;
	int at;
	int status;
};

/* Watched since 100: it was the runtime's then. */
static const struct one {
	const char *what;
	struct step steps[8];
	bool fresh; /* registered at 100, when it had ended or exec'ed: created at 50, forked at 40 */
	bool not_held;
	bool late; /* registered as a program */
	bool no_events;
	bool ended; /* by `now` */
	bool never_execed;
	int now;
	int execed_at; /* 0: it did not */
	int ended_at;  /* 0: nobody knows */
	int status;    /* -1: to be had from the pidfd */
} cases[] = {
	{ "exec, end, event", { { EXEC, 110, 0 }, { GONE, 201, 0 }, { EXIT, 200, 3 } }, .now = 205,
		.execed_at = 110, .ended = true, .ended_at = 200, .status = 3 },
	{ "the pidfd is readable before the event is sent", { { EXEC, 110, 0 }, { GONE, 201, 0 } },
		.now = 205, .execed_at = 110 },
	{ "the event never comes", { { EXEC, 110, 0 }, { GONE, 201, 0 } }, .now = 1201,
		.execed_at = 110, .ended = true, .ended_at = 201, .status = -1 },
	{ "nobody tells of events", { { GONE, 201, 0 } }, .no_events = true, .late = true,
		.now = 201, .ended = true, .ended_at = 201, .status = -1 },
	{ "nobody looked for long", { { GONE_LATE, 201, 0 } }, .no_events = true, .late = true,
		.now = 201, .ended = true, .status = -1 },
	{ "no exec", { { EXIT, 200, 9 }, { GONE, 200, 0 } }, .now = 201, .ended = true,
		.ended_at = 200, .status = 9, .never_execed = true },
	{ "no exec was told, and some of what was is lost",
		{ { LOST, 0, 0 }, { EXIT, 200, 9 }, { GONE, 200, 0 } }, .now = 201, .ended = true,
		.ended_at = 200, .status = 9 },
	{ "it took a name: it may run a workload in place",
		{ { NAME, 150, 0 }, { EXIT, 200, 9 }, { GONE, 200, 0 } }, .now = 201, .ended = true,
		.ended_at = 200, .status = 9 },
	{ "a name that it took before it was looked at",
		{ { NAME, 90, 0 }, { EXIT, 200, 9 }, { GONE, 200, 0 } }, .now = 201, .ended = true,
		.ended_at = 200, .status = 9, .never_execed = true },
	{ "an exec before it was looked at is another's", { { EXEC, 90, 0 }, { EXEC, 110, 0 } },
		.now = 120, .execed_at = 110 },
	{ "an exit before it was looked at is another's", { { EXIT, 90, 5 }, { ALIVE, 110, 0 } },
		.now = 120, .never_execed = true },
	{ "its program execs again", { { EXEC, 110, 0 }, { EXEC, 150, 0 } }, .now = 160,
		.execed_at = 110 },
	{ "registered late: its execs are its own matter",
		{ { EXEC, 110, 0 }, { EXIT, 200, 0 }, { GONE, 201, 0 } }, .late = true, .now = 205,
		.ended = true, .ended_at = 200 },
	{ "its pid is used again within a round",
		{ { EXEC, 110, 0 }, { EXIT, 120, 3 }, { EXEC, 130, 0 }, { EXIT, 140, 4 },
			{ GONE, 150, 0 } },
		.now = 150, .execed_at = 110, .ended = true, .ended_at = 120, .status = 3 },
	{ "it never exec'ed, and who has its pid next does",
		{ { EXIT, 120, 9 }, { EXEC, 130, 0 }, { EXIT, 140, 4 }, { GONE, 150, 0 } },
		.now = 150, .ended = true, .ended_at = 120, .status = 9, .never_execed = true },
	{ "its first thread ends before the others",
		{ { EXEC, 110, 0 }, { EXIT, 120, 0 }, { ALIVE, 125, 0 }, { GONE, 400, 0 } },
		.now = 400, .execed_at = 110, .ended = true, .ended_at = 400, .status = -1 },
	{ "its threads end together, the first one first",
		{ { EXEC, 110, 0 }, { EXIT, 120, 9 }, { ALIVE, 121, 0 }, { GONE, 126, 0 } },
		.now = 126, .execed_at = 110, .ended = true, .ended_at = 120, .status = 9 },
	{ "its first thread ends, and another one takes its pid by an exec",
		{ { EXEC, 110, 0 }, { EXIT, 120, 0 }, { ALIVE, 125, 0 }, { EXEC, 130, 0 },
			{ EXIT, 300, 7 }, { GONE, 301, 0 } },
		.now = 301, .execed_at = 110, .ended = true, .ended_at = 300, .status = 7 },
	{ "it ended before it was held", { { EXEC, 60, 0 }, { EXIT, 70, 2 } }, .fresh = true,
		.not_held = true, .now = 100, .execed_at = 60, .ended = true, .ended_at = 70,
		.status = 2 },
	{ "so did one that never exec'ed", { { EXIT, 70, 2 } }, .fresh = true, .not_held = true,
		.now = 100, .ended = true, .ended_at = 70, .status = 2, .never_execed = true },
	{ "what had its pid before it",
		{ { EXEC, 20, 0 }, { EXIT, 30, 1 }, { EXEC, 60, 0 }, { EXIT, 70, 2 } },
		.fresh = true, .not_held = true, .now = 100, .execed_at = 60, .ended = true,
		.ended_at = 70, .status = 2 },
	{ "an exec between its fork and its creation: the clock was set, or it is another's",
		{ { EXEC, 45, 0 }, { EXIT, 70, 2 } }, .fresh = true, .not_held = true, .now = 100,
		.ended = true, .ended_at = 70, .status = 2 },
	{ "nothing is told of one that was not held", { { LOST, 0, 0 } }, .fresh = true,
		.not_held = true, .now = 500 },
};

static struct life life_of(const struct one *one)
{
	struct life life = life_unknown();

	life.exec_from = one->fresh ? 50 * MS : 100 * MS;
	life.exit_from = one->fresh ? 50 * MS : 100 * MS;
	if (one->fresh)
		life.unsure_from = 40 * MS;
	life.held = !one->not_held;
	life.awaits_exec = !one->late;
	life.sure = life.awaits_exec;
	return life;
}

static void take(struct life *life, const struct step *step)
{
	static const enum kernel_event_kind kinds[] = { [EXEC] = KERNEL_EVENT_EXECED,
		[NAME] = KERNEL_EVENT_RENAMED,
		[EXIT] = KERNEL_EVENT_EXITED };
	struct kernel_event event = { .time = step->at * MS, .status = step->status };

	if (step->what == LOST) {
		life_doubt(life);
	} else if (step->what >= ALIVE) {
		life_look(life, step->what != ALIVE, step->at * MS, step->what == GONE_LATE);
	} else {
		event.kind = kinds[step->what];
		life_take(life, &event);
	}
}

START_TEST(test_life)
{
	const struct one *one = &cases[_i];
	struct life life = life_of(one);
	struct life_end end;
	bool ended;

	for (const struct step *step = one->steps; step->what != END; step++)
		take(&life, step);
	ended = life_has_ended(&life, one->now * MS, !one->no_events, &end);
	ck_assert_msg(ended == one->ended, "%s: ended is %d", one->what, ended);
	ck_assert_msg(
		life.execed_at == (one->execed_at > 0 ? one->execed_at * MS : LIFECYCLE_UNKNOWN),
		"%s: exec'ed at %lld", one->what, (long long)life.execed_at);
	ck_assert_msg(life_never_execed(&life) == one->never_execed, "%s: never exec'ed is %d",
		one->what, life_never_execed(&life));
	if (!ended)
		return;
	ck_assert_msg(end.timed == (one->ended_at > 0), "%s: timed is %d", one->what, end.timed);
	if (end.timed)
		ck_assert_msg(end.time == one->ended_at * MS, "%s: ended at %lld", one->what,
			(long long)end.time);
	ck_assert_msg(end.has_status == (one->status >= 0), "%s: has a status is %d", one->what,
		end.has_status);
	if (end.has_status)
		ck_assert_msg(end.status == one->status, "%s: status %d", one->what, end.status);
}
END_TEST

/* What the kernel kept is the whole process's; the event was the first thread's. */
START_TEST(test_correct)
{
	const struct one one = { .what = "" };
	const struct step told = { EXIT, 120, 0 };
	const struct step gone = { GONE, 125, 0 };
	struct life life = life_of(&one);
	struct life_end end;

	take(&life, &told);
	take(&life, &gone);
	ck_assert(life_has_ended(&life, 125 * MS, true, &end));
	life_correct(&life, 0, &end);
	ck_assert_int_eq(end.time, 120 * MS);
	life_correct(&life, 0x300, &end);
	ck_assert_int_eq(end.time, 125 * MS);
	ck_assert_int_eq(end.status, 0x300);
}
END_TEST

START_TEST(test_forgotten)
{
	struct life life = life_unknown();

	ck_assert(!life_is_forgotten(&life, 0, 999 * MS));
	ck_assert(life_is_forgotten(&life, 0, 1000 * MS));
	life.held = true;
	ck_assert(!life_is_forgotten(&life, 0, 1000 * MS));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("life");
	TCase *tcase = tcase_create("life");

	tcase_add_loop_test(tcase, test_life, 0, COUNT(cases));
	tcase_add_test(tcase, test_correct);
	tcase_add_test(tcase, test_forgotten);
	suite_add_tcase(suite, tcase);
	return suite;
}
