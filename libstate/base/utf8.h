/* SPDX-License-Identifier: Apache-2.0 */
/* text: strings for a record, made from bytes that anybody may have written. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A copy of `length` bytes as UTF-8 of at most `limit` bytes: the last that fit if `tail`, else the
 * first. NUL and what is not UTF-8 becomes U+FFFD, a character is never cut. free() it; NULL if
 * memory is out.
 */
char *utf8_copy(const char *bytes, size_t length, size_t limit, bool tail);

#endif
