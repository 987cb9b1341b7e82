/* SPDX-License-Identifier: Apache-2.0 */
/* inherit: what a program finds as its parent, a runtime or an engine, left it, and gives back to a child. */
#ifndef INHERIT_H
#define INHERIT_H

#include <signal.h>

#define INHERIT_SIGNAL_COUNT 3

struct inherited_signals {
	sigset_t blocked;
	struct sigaction actions[INHERIT_SIGNAL_COUNT];
};

/* From now on a closed pipe or a limit of a file's size is an error of a call, and ends of children can be waited for.
 * The signals of `mask` are blocked from now on; NULL leaves those that are. */
void inherit_signals(struct inherited_signals *ret, const sigset_t *mask);
void inherit_restore_signals(const struct inherited_signals *inherited);

/* No file of ours gets the descriptor 0, 1 or 2: a closed one is opened on /dev/null; with O_CLOEXEC in `flags` a child
 * finds it closed again. */
void inherit_standard_files(int flags);

#endif
