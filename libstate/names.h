/* SPDX-License-Identifier: Apache-2.0 */
/* names: the words of the record's JSON for the values of the enumerations. */
#ifndef NAMES_H
#define NAMES_H

#include "libstate.h"

struct names {
	const char *const *words; /* by value; words[0] is NULL, for _NONE */
	size_t count;
};

extern const struct names names_of_points;
extern const struct names names_of_statuses;
extern const struct names names_of_reasons;
extern const struct names names_of_sources;

/* NULL for 0 and for what is out of range. */
const char *names_word(const struct names *names, int value);

/* 0 for NULL and for a word that is not one. */
int names_value(const struct names *names, const char *word);

#endif
