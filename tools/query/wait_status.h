/* SPDX-License-Identifier: Apache-2.0 */
/* wait_status: waits until containers have a status, by what is recorded and by their processes. */
#ifndef WAIT_STATUS_H
#define WAIT_STATUS_H

#include "cli/cli.h"
#include "libstate.h"

/* The containers that the operands name. Waiting for their end prints their exit codes. Returns the exit status. */
int wait_status(struct cli_call *call, enum lifecycle_status status, int64_t deadline);

/* The same until their records are gone. */
int wait_removed(struct cli_call *call, int64_t deadline);

#endif
