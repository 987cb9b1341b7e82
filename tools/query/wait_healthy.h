/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait_healthy: waits until containers of lifecycle-ctl's are healthy, by running their health checks. What is run comes from
 * the container's own directory, DATA/containers/ID, never from its record.
 */
#ifndef WAIT_HEALTHY_H
#define WAIT_HEALTHY_H

#include "cli/cli.h"

/* The containers that the operands name. One that stops first is a failure, told with its exit code. Returns the exit
 * status. */
int wait_healthy(struct cli_call *call, const char *data_root, int64_t deadline);

#endif
