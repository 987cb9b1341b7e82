/* SPDX-License-Identifier: Apache-2.0 */
/* list: strings that are owned together, such as the IDs in a store. */
#ifndef LIST_H
#define LIST_H

#include "libstate.h"

/* Adds a copy. */
int list_add(struct lifecycle_strings *strings, const char *string, struct lifecycle_error *error);

#endif
