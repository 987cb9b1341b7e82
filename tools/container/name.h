/* SPDX-License-Identifier: Apache-2.0 */
/* name: what people may call containers and volumes. Pure. */
#ifndef CONTAINER_NAME_H
#define CONTAINER_NAME_H

#include "libstate.h"

/* An error says what is allowed. */
int name_check(const char *name, struct lifecycle_error *error);

#endif
