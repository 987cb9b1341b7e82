/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conmon: the small process that stays beside a container: it holds what the container writes, in the log, and writes
 * down its exit status.
 */
#ifndef CONMON_H
#define CONMON_H

#include "container/hold.h"
#include "container/settings.h"

#include <stdbool.h>

/* Files of a container's directory. */
#define CONMON_LOG_NAME "log"

struct conmon_answer {
	int64_t pid;      /* the container's process; unknown: it was not created */
	char words[1024]; /* why not, in the runtime's words */
};

/* Has the runtime create the container, and waits until it has or has failed. -1: conmon itself did not work. */
int conmon_create(const struct place *place, const struct hold *hold,
	const struct settings *settings, struct conmon_answer *ret_answer,
	struct lifecycle_error *error);

/* Whether a conmon is there that still has the container created: whoever began that may have been killed. */
bool conmon_is_creating(const char *path, const char *id);

/*
 * The exit status that conmon wrote down for the container in `path`, waiting for it as long as conmon lives, and up to
 * the deadline. False: there is none.
 */
bool conmon_exit_code(const char *path, const char *id, int64_t deadline, int *ret_code);

#endif
