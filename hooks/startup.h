/* SPDX-License-Identifier: Apache-2.0 */
/* startup: a known state to run in, whatever the runtime left us. */
#ifndef STARTUP_H
#define STARTUP_H

#include "base/inherit.h"

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#define STARTUP_LIMIT_COUNT 7

/* What a wrapped command must find as the runtime left it. */
struct startup {
	struct inherited_signals signals;
	struct rlimit limits[STARTUP_LIMIT_COUNT];
	bool limited[STARTUP_LIMIT_COUNT]; /* limits[i] could be read */
	mode_t mask;
	int cwd; /* -1 if it could not be opened, or if no command needs it */
	char **environment;
};

/* A command of others needs more of the limits than we do, and all of it given back. */
void startup_run(struct startup *ret, bool with_command);
/* Gives back what the runtime gave, for a command. */
void startup_undo(const struct startup *startup);

#endif
