/* SPDX-License-Identifier: Apache-2.0 */
/* aside: the places in a container's directory for a bad record, and for what is in the way of a record. */
#ifndef ASIDE_H
#define ASIDE_H

#include "libstate.h"

/*
 * Renames `name`, whatever it is, to the first of the places that can be made free. A place holds the last that was moved there;
 * what cannot be removed, such as somebody's directory with files in it, takes up its own place alone.
 */
int aside_move(int directory, const char *name, struct lifecycle_error *error);

bool aside_is_there(int directory);

/* Removes all that can be removed from the places; nothing there is no error. */
int aside_remove(int directory, struct lifecycle_error *error);

#endif
