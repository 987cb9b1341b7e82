/* SPDX-License-Identifier: Apache-2.0 */
/* exec_wait: a short wait for the exec of the container's program, where the runtime says that the program runs. */
#ifndef EXEC_WAIT_H
#define EXEC_WAIT_H

#include "transition.h"

/*
 * Looks at the process until that is the program, until a tenth of a second has passed, or until the evidence's deadline;
 * fills in what was seen last.
 */
void exec_wait(struct lifecycle_evidence *evidence, const struct lifecycle_record *record);

#endif
