/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/life.h"
#include "libstate.h"

/* How long after the pidfd an exit event may come. */
#define PATIENCE_NS INT64_C(1000000000)

/* How soon the other threads of a process that ends are gone, too. */
#define TOGETHER_NS INT64_C(10000000)

static bool is_known(int64_t time)
{
	return time != LIFECYCLE_UNKNOWN;
}

struct life life_unknown(void)
{
	return (struct life){ .exec_from = LIFECYCLE_UNKNOWN,
		.exit_from = LIFECYCLE_UNKNOWN,
		.unsure_from = LIFECYCLE_UNKNOWN,
		.execed_at = LIFECYCLE_UNKNOWN,
		.told_at = LIFECYCLE_UNKNOWN,
		.alive_at = LIFECYCLE_UNKNOWN,
		.noticed_at = LIFECYCLE_UNKNOWN };
}

/* ---- what the kernel tells ---- */

/* Its first exec makes it the program; each later one is the program's own matter. */
static void take_exec(struct life *life, int64_t time)
{
	if (!life->awaits_exec || is_known(life->told_at))
		return;
	if (time >= life->exec_from) {
		life->execed_at = time;
		life->awaits_exec = false;
	} else if (is_known(life->unsure_from) && time >= life->unsure_from) {
		life->sure = false;
	}
}

/* A runtime that runs the workload in its own process gives that process another name. */
static void take_name(struct life *life, int64_t time)
{
	if (life->awaits_exec && !is_known(life->told_at) && time >= life->exec_from)
		life->sure = false;
}

/* A second one is its own only if it went on after the first, and another thread took its pid by an exec. */
static void take_exit(struct life *life, const struct kernel_event *event)
{
	if (event->time < life->exit_from || (is_known(life->told_at) && !is_known(life->alive_at)))
		return;
	life->told_at = event->time;
	life->told_status = event->status;
	life->alive_at = LIFECYCLE_UNKNOWN;
}

void life_take(struct life *life, const struct kernel_event *event)
{
	if (event->kind == KERNEL_EVENT_EXECED)
		take_exec(life, event->time);
	else if (event->kind == KERNEL_EVENT_RENAMED)
		take_name(life, event->time);
	else if (event->kind == KERNEL_EVENT_EXITED)
		take_exit(life, event);
}

void life_doubt(struct life *life)
{
	life->sure = false;
}

/* ---- what its pidfd shows ---- */

void life_look(struct life *life, bool has_ended, int64_t now, bool late)
{
	if (has_ended && !is_known(life->noticed_at)) {
		life->noticed_at = now;
		life->noticed_late = late;
	}
	if (!has_ended && is_known(life->told_at) && !is_known(life->alive_at))
		life->alive_at = now;
}

/* ---- what follows ---- */

/* All threads of a process that ends do so at once, and the first one need not be the last. */
static bool event_is_end(const struct life *life)
{
	if (!is_known(life->told_at))
		return false;
	return !is_known(life->alive_at) || life->noticed_at - life->alive_at <= TOGETHER_NS;
}

/* The first thread ended long before the others: no other event will come. */
static bool event_was_before(const struct life *life)
{
	return is_known(life->told_at) && is_known(life->alive_at);
}

static struct life_end end_by_event(const struct life *life)
{
	return (struct life_end){ .timed = true,
		.has_status = true,
		.time = life->told_at,
		.status = life->told_status };
}

static struct life_end end_by_pidfd(const struct life *life)
{
	return (struct life_end){ .timed = !life->noticed_late, .time = life->noticed_at };
}

bool life_has_ended(const struct life *life, int64_t now, bool has_events, struct life_end *ret_end)
{
	if (!life->held) {
		if (is_known(life->told_at))
			*ret_end = end_by_event(life);
		return is_known(life->told_at);
	}
	if (!is_known(life->noticed_at))
		return false;
	if (event_is_end(life)) {
		*ret_end = end_by_event(life);
		return true;
	}
	*ret_end = end_by_pidfd(life);
	return !has_events || event_was_before(life) || now - life->noticed_at >= PATIENCE_NS;
}

bool life_is_forgotten(const struct life *life, int64_t since, int64_t now)
{
	return !life->held && !is_known(life->told_at) && now - since >= PATIENCE_NS;
}

void life_correct(const struct life *life, int status, struct life_end *end)
{
	if (end->has_status && end->status == status)
		return;
	if (end->has_status)
		*end = end_by_pidfd(life);
	end->has_status = true;
	end->status = status;
}

bool life_never_execed(const struct life *life)
{
	return life->sure && life->awaits_exec;
}
