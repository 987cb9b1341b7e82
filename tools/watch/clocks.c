/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/clocks.h"

#include <time.h>
#include <unistd.h>

#define SECOND_NS INT64_C(1000000000)

static int64_t read_clock(clockid_t clock)
{
	struct timespec time = { 0 };

	(void)clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * SECOND_NS + time.tv_nsec;
}

struct clocks clocks_now(void)
{
	long ticks = sysconf(_SC_CLK_TCK);

	return (struct clocks){ .monotonic = read_clock(CLOCK_MONOTONIC),
		.real = read_clock(CLOCK_REALTIME),
		.boot = read_clock(CLOCK_BOOTTIME),
		.tick = SECOND_NS / (ticks > 0 ? ticks : 100) };
}

int64_t clocks_real(const struct clocks *clocks, int64_t monotonic)
{
	return monotonic - clocks->monotonic + clocks->real;
}

int64_t clocks_monotonic(const struct clocks *clocks, int64_t real)
{
	return real - clocks->real + clocks->monotonic;
}

/* The time that the machine slept is in the ticks, and not in CLOCK_MONOTONIC. */
int64_t clocks_of_ticks(const struct clocks *clocks, int64_t ticks)
{
	int64_t most = clocks->boot / clocks->tick;

	if (ticks > most)
		ticks = most;
	return (ticks - 1) * clocks->tick - (clocks->boot - clocks->monotonic);
}
