/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real runtime as our child or in our place: in either case it finds what the engine gave us. Descriptors,
 * environment, working directory, umask and limits are never touched, except that a child is LISTEN_PID where we were;
 * what is touched of the signals and of closed descriptors 0 to 2 is put back before it begins.
 */
#ifndef LIFECYCLE_RUNTIME_CHILD_H
#define LIFECYCLE_RUNTIME_CHILD_H

#include "base/inherit.h"
#include <sys/types.h>

/* Becomes the runtime; returns only if that fails, with errno set and all put back. */
void runtime_become(const struct inherited_signals *inherited, const char *path, char **argv);

/*
 * Runs the runtime as a child: it dies with us, and signals that are sent to us are handed on. -1 with errno set if
 * there is no child. `failed` is called in the child, with errno set, if it cannot become the runtime.
 */
int runtime_run(const struct inherited_signals *inherited, const char *path, char **argv,
	void (*failed)(void *arg), void *arg, int *ret_status);

/* Ends as it ended: the same exit status, or the same signal. */
_Noreturn void runtime_end_as(int status);

#endif
