/* SPDX-License-Identifier: Apache-2.0 */
/* podman_help: the directories that podman's help shows as those that its configuration gives. Pure. */
#ifndef PODMAN_HELP_H
#define PODMAN_HELP_H

#include "libstate.h"

/* free the list; -1 if they are not there. */
int podman_help_directories(
	const char *text, struct lifecycle_strings *ret_directories, struct lifecycle_error *error);

#endif
