/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real runtime as our child or in our place: in either case the runtime finds what the engine gave us.
 * Descriptors, environment, working directory, umask and limits stay as they are, but for a LISTEN_PID of ours, which
 * becomes the child's pid. Signals, and those of the descriptors 0 to 2 that were closed, are put back before the
 * runtime begins.
 */
#ifndef CHILD_H
#define CHILD_H

#include "base/inherit.h"

#include <sys/types.h>

/* Becomes the runtime. Returns only on failure, with errno set and all put back. */
void runtime_become(const struct inherited_signals *inherited, const char *path, char **argv);

/* In place of what waitpid() gives: it failed again and again. */
#define RUNTIME_STATUS_UNKNOWN (-1)

/*
 * Runs the runtime as a child, which dies with us and gets the signals that are sent to us. -1 with errno set if there
 * is no child. `failed` is called in the child, with errno set, if the child cannot become the runtime.
 */
int runtime_run(const struct inherited_signals *inherited, const char *path, char **argv,
	void (*failed)(void *arg), void *arg, int *ret_status);

/* Ends as the child ended: with the same exit status, or by the same signal. */
_Noreturn void runtime_end_as(int status);

#endif
