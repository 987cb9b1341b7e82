/* SPDX-License-Identifier: Apache-2.0 */
/* argv: what is kept of a command's arguments: the first ones, cut, and nothing that may be secret. */
#ifndef ARGV_H
#define ARGV_H

#include "record.h"

/* Replaces *slot by what is kept of `argv`, which may be NULL. */
int argv_copy(const char *const **slot, const char *const *argv, struct lifecycle_error *error);

#endif
