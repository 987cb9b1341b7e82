/* SPDX-License-Identifier: Apache-2.0 */
/* distance: how far two words are from each other. Pure. */
#ifndef DISTANCE_H
#define DISTANCE_H

#include <stddef.h>

#define DISTANCE_LONGEST 31

/* How many letters have to be changed, added, taken out, or swapped with their neighbour, to make one word of the other;
 * SIZE_MAX if one is longer than the longest. */
size_t distance_between(const char *one, const char *other);

#endif
