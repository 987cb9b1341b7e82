/* SPDX-License-Identifier: Apache-2.0 */
#include "comm.h"

#include <string.h>

bool comm_is_runtime_init(const char *comm)
{
	return strcmp(comm, "runc:[2:INIT]") == 0 || strcmp(comm, "crun") == 0 ||
	       strncmp(comm, "youki:[", strlen("youki:[")) == 0;
}
