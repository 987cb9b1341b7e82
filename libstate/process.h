/* SPDX-License-Identifier: Apache-2.0 */
/* process: which process a pid is, and whether it lives. Reads /proc, if that is procfs, and writes nothing. */
#ifndef PROCESS_H
#define PROCESS_H

#include "transition.h"

/*
 * Looks at the process `pid`; LIFECYCLE_UNKNOWN for none. It always says where and when it looked (pid_ns,
 * boot_id). In a pid namespace that /proc is not of, a pid means nothing: nothing else is known then.
 */
void process_look(int64_t pid, struct process *ret);

/* Looks at a generation's process: gone if its pid is another process's by now, or if this is another boot. */
void process_look_recorded(const struct lifecycle_generation *generation, struct process *ret);

#endif
