/* SPDX-License-Identifier: Apache-2.0 */
/* A hook that believes that 64 bits of nanoseconds are enough for any clock: what the tests with clocks have to find. */
#include "../../hooks/hook.h"
#include "libstate.h"

#include <time.h>

int64_t __wrap_lifecycle_time_now(void);

int64_t __wrap_lifecycle_time_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
}

int main(int argc, char **argv)
{
	static const struct hook hook = { "broken-clock", LIFECYCLE_POINT_CREATE_RUNTIME };

	return hook_run(&hook, argc, argv);
}
