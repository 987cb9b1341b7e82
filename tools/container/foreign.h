/* SPDX-License-Identifier: Apache-2.0 */
/* foreign: a container that an engine has made, and the engine's own command for it. Pure. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "libstate.h"

#include <stddef.h>

/* "a container of podman's: podman stop web". `verb` is one of lifecycle-ctl's commands. */
void foreign_describe(
	const struct lifecycle_record *record, const char *verb, char *buffer, size_t size);

#endif
