/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields: a text about a story, filled in. What stands in it as <field> is replaced by the story's value, by - if that is
 * not known; words of a command are quoted as a shell wants them. What would steer a terminal is escaped.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include "query/output/story.h"

#include <stdio.h>

/* -1 if memory is out. */
int fields_print(const struct story *story, const char *text, FILE *out);

/* Whether there is such a field: of the length, for it ends before the >. */
bool fields_has(const char *name, size_t length);

#endif
