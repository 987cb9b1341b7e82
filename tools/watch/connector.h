/* SPDX-License-Identifier: Apache-2.0 */
/* connector: the kernel's process connector, which tells of each exec and each exit on the machine. */
#ifndef CONNECTOR_H
#define CONNECTOR_H

#include "libstate.h"
#include "watch/kernel_event.h"

#define CONNECTOR_CLOSED (-1)

/*
 * A descriptor to poll; the caller closes it. It fails on kernels without a connector, without the capability that older
 * ones ask for, and outside the machine's own network, pid and user namespaces.
 */
int connector_open(int *ret_fd, struct lifecycle_error *error);

/* What one reading brought. */
struct connector_batch {
	size_t count;
	bool lost;  /* the kernel had more to tell than it could keep */
	bool empty; /* there is no more; while it has lost some, it keeps none until then */
	struct kernel_event events[1024];
};

/* Reads what there is, up to a batch, and waits for nothing. -1: it can be read no more. */
int connector_read(int fd, struct connector_batch *ret_batch, struct lifecycle_error *error);

#endif
