/* SPDX-License-Identifier: Apache-2.0 */
#include "comm.h"

#include <string.h>

bool comm_may_be_of_workload(const char *comm)
{
	return strncmp(comm, "youki:[", strlen("youki:[")) == 0;
}

bool comm_is_runtime_init(const char *comm)
{
	return strcmp(comm, "runc:[2:INIT]") == 0 || strcmp(comm, "crun") == 0 ||
	       comm_may_be_of_workload(comm);
}
