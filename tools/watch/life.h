/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life: what is known of one process, of what the kernel told and what its pidfd showed, and what follows from that. All
 * times are on CLOCK_MONOTONIC. Pure.
 *
 * A pidfd becomes readable before the exit event is sent, and an exit event is of the first thread alone: only both
 * together tell the end.
 */
#ifndef LIFE_H
#define LIFE_H

#include "watch/kernel_event.h"

struct life {
	/* Earlier events with its pid are another process's. */
	int64_t exec_from;
	int64_t exit_from;
	/* Between this and exec_from an exec may be its own: the wall clock cannot tell. */
	int64_t unsure_from;
	bool awaits_exec; /* it is not its program yet, as far as is known */
	bool sure;        /* each exec since its creation was told */
	bool held;        /* there is a pidfd of it; else it ended before one was had */
	int64_t execed_at;
	/* Of its first thread's end. */
	int64_t told_at;
	int told_status;
	int64_t alive_at; /* seen to go on after that, by its other threads */
	/* Of its end, by the pidfd. */
	int64_t noticed_at;
	bool noticed_late; /* nobody looked for so long that this is not when it ended */
};

/* Nothing is known; unknown times are LIFECYCLE_UNKNOWN. */
struct life life_unknown(void);

void life_take(struct life *life, const struct kernel_event *event);

/* Looked at its pidfd. `late`: not for a while. */
void life_look(struct life *life, bool has_ended, int64_t now, bool late);

/* Some of what the kernel told is lost. */
void life_doubt(struct life *life);

/* How it ended. */
struct life_end {
	bool timed;      /* else nobody knows when */
	bool has_status; /* the exit event's; else it may be had from the pidfd */
	int64_t time;
	int status;
};

/*
 * Whether all is known of its end that will be: by the event and the pidfd together, or after a while by one of them.
 * `has_events`: there is somebody who tells of exits.
 */
bool life_has_ended(
	const struct life *life, int64_t now, bool has_events, struct life_end *ret_end);

/* A process that ended before it could be held, of which no event will come any more. */
bool life_is_forgotten(const struct life *life, int64_t since, int64_t now);

/* The kernel kept a status that differs: the event was of the first thread alone. */
void life_correct(const struct life *life, int status, struct life_end *end);

/* Watched from its creation to its end without a gap, and it never became a program. */
bool life_never_execed(const struct life *life);

#endif
