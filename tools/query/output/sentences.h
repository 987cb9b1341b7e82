/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sentences: what is known of a container, what is not known and why, and where to look next, as text for people. Each
 * sentence is true whenever its rule holds; of the rules that exclude each other the first that holds is said. Pure.
 */
#ifndef SENTENCES_H
#define SENTENCES_H

#include "query/output/story.h"

#include <stdio.h>

/* Fills in the story's engine. -1 if memory is out. */
int sentences_print(struct story *story, FILE *out);

/* Each text of the rules, for a test of the fields in them; NULL after the last one. */
const char *sentences_text(size_t index);

#endif
