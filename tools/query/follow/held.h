/* SPDX-License-Identifier: Apache-2.0 */
/* held: a container's living process, held by a pidfd: so its end is noticed when it ends, whoever records it or not. */
#ifndef HELD_H
#define HELD_H

#include "records/view.h"

/* A program's exec tells nobody, so that it has happened is looked for this often. */
#define HELD_LOOK_MS 20

struct held {
	int pidfd;                              /* -1 for none */
	bool may_exec;                          /* its program may start at any moment */
	int64_t generation;                     /* whose process it is */
	char instance[LIFECYCLE_INSTANCE_SIZE]; /* the generation's; "" if it has none */
};

#define HELD_NONE                                                                                  \
	{                                                                                          \
		.pidfd = -1                                                                        \
	}

/* Holds the process of the generation that is shown, if none is held yet. False: there is no such process. */
bool held_open(struct held *held, const struct view *view);
void held_close(struct held *held);

/* Whether it is, or was, a process of the generation that is shown. */
bool held_is_of_shown(const struct held *held, const struct view *view);
bool held_has_ended(const struct held *held);

/* The exit code of a process that has ended: 128+N for a signal; unknown if nobody tells. */
int64_t held_exit_code(const struct held *held);

#endif
