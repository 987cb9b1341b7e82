/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_fifo: the FIFO on which a runtime's init waits between create and start, and to which `start` writes: so the time
 * of its last modification is that of the start. A link to it in the container's directory keeps it, when the runtime
 * has removed its own.
 */
#ifndef EXEC_FIFO_H
#define EXEC_FIFO_H

#include "observation.h"

/* Whether a descriptor's target, as its link in /proc tells it, is called as a runtime's FIFO is. Pure. */
bool exec_fifo_is_named(const char *target, size_t length);

/* Links the FIFO that this process, which is a runtime's init, holds open, in an old one's place; nothing if it holds none,
 * or the FIFO cannot be linked. */
void exec_fifo_link(int directory, const struct process *init);

/* When it was written; 0: not yet; LIFECYCLE_UNKNOWN: there is none. -1 if that cannot be told. */
int exec_fifo_look(int directory, int64_t *ret_written_at, struct lifecycle_error *error);

void exec_fifo_remove(int directory);

#endif
