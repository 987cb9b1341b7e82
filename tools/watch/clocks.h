/* SPDX-License-Identifier: Apache-2.0 */
/* clocks: one moment on the clocks of the kernel's events, of records, and of a process's start. Pure but for the look. */
#ifndef CLOCKS_H
#define CLOCKS_H

#include "libstate.h"

struct clocks {
	int64_t monotonic;
	int64_t real;
	int64_t boot;
	int64_t tick; /* nanoseconds of one of a process's ticks */
};

struct clocks clocks_now(void);

/* A time on CLOCK_MONOTONIC as one on CLOCK_REALTIME, and back; if the wall clock was set in between, it is not that. */
int64_t clocks_real(const struct clocks *clocks, int64_t monotonic);
int64_t clocks_monotonic(const struct clocks *clocks, int64_t real);

/* Before a process of these start ticks was forked, by two ticks at most, on CLOCK_MONOTONIC. */
int64_t clocks_of_ticks(const struct clocks *clocks, int64_t ticks);

#endif
