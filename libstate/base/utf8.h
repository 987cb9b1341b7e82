/* SPDX-License-Identifier: Apache-2.0 */
/* utf8: characters of bytes that anybody may have written. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes the character has with which these `length` bytes (one at least) begin; 0 if it is NUL, or is not UTF-8. */
size_t utf8_character(const char *text, size_t length, uint32_t *ret_code_point);

/* Whether a terminal does anything but show it: a control character, a separator of lines, a mark of writing direction. */
bool utf8_steers_terminal(uint32_t code_point);

/*
 * A copy of `length` bytes as UTF-8 of at most `limit` bytes: the last that fit if `tail`, else the
 * first. NUL and what is not UTF-8 becomes U+FFFD, a character is never cut. free() it; NULL if
 * memory is out.
 */
char *utf8_copy(const char *bytes, size_t length, size_t limit, bool tail);

#endif
