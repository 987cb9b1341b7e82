/* SPDX-License-Identifier: Apache-2.0 */
/* xml: text that anybody may have written, as XML 1.0 in UTF-8, whatever the locale. Pure. */
#ifndef XML_H
#define XML_H

#include <stddef.h>
#include <stdio.h>

/*
 * Writes `length` bytes of text. What XML gives a meaning becomes an entity; what steers a terminal, what is not UTF-8
 * and what XML 1.0 forbids becomes \xNN, as elsewhere.
 */
void xml_print(FILE *out, const char *text, size_t length);

/* How many bytes of the text's first line fit in so many columns, as they are shown; *ret_columns is how many these take. */
size_t xml_fit(const char *text, size_t columns, size_t *ret_columns);

#endif
