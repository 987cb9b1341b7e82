/* SPDX-License-Identifier: Apache-2.0 */
/* comm: what runtimes call the process that waits to become a container's program. Pure. */
#ifndef COMM_H
#define COMM_H

#include <stdbool.h>

/* What runc, crun and youki call it. */
bool comm_is_runtime_init(const char *comm);

#endif
