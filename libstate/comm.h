/* SPDX-License-Identifier: Apache-2.0 */
/* comm: what runtimes call the process that waits to become a container's program. Pure. */
#ifndef COMM_H
#define COMM_H

#include <stdbool.h>

/* What runc, crun and youki call it. */
bool comm_is_runtime_init(const char *comm);

/* Of these a workload may run within the process, which then keeps the name for life. */
bool comm_may_be_of_workload(const char *comm);

#endif
