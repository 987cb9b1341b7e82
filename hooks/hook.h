/* SPDX-License-Identifier: Apache-2.0 */
/* hook: what a hook is. Each hook is a point and a name; all else is in the runner. */
#ifndef HOOK_H
#define HOOK_H

#include "libstate.h"

struct hook {
	const char *name; /* of the program */
	enum lifecycle_point point;
};

/* All of a hook but its main: returns the exit status. */
int hook_run(const struct hook *hook, int argc, char **argv);

#endif
