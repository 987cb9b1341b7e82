/* SPDX-License-Identifier: Apache-2.0 */
#include "lock.h"
#include "base/error.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

#define FIRST_PAUSE_NS   INT64_C(100000)
#define LONGEST_PAUSE_NS INT64_C(5000000)

static bool pause_until(int64_t deadline, int64_t *pause)
{
	int64_t left = deadline - lifecycle_monotonic_now();
	struct timespec time = { 0 };

	if (left <= 0)
		return false;
	time.tv_nsec = (long)(*pause < left ? *pause : left);
	(void)nanosleep(&time, NULL);
	if (*pause < LONGEST_PAUSE_NS)
		*pause *= 2;
	return true;
}

/* flock() would wait for ever, and a signal to end that is not for a library to use: so it is asked again. */
int lock_wait(int fd, int64_t deadline, struct lifecycle_error *error)
{
	int64_t pause = FIRST_PAUSE_NS;

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(error, errno, "the container cannot be locked");
		if (!pause_until(deadline, &pause))
			return error_set(error, LIFECYCLE_ERROR_TIMEOUT,
				"the container is locked by another process");
	}
	return 0;
}
