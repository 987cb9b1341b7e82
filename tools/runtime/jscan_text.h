/* SPDX-License-Identifier: Apache-2.0 */
/* The strings of a scanned JSON text: what they say, and how to write one. */
#ifndef JSCAN_TEXT_H
#define JSCAN_TEXT_H

#include "runtime/jscan.h"

#include <stdio.h>

/*
 * A string's bytes, escapes resolved, NUL-terminated. False if they need more than `size` bytes, or hold a NUL
 * or half a surrogate pair.
 */
bool jscan_string(const struct jscan_value *string, char *buffer, size_t size);

enum jscan_match {
	JSCAN_DIFFERENT,
	JSCAN_SAME,
	/*
	 * Another name that some parsers take for this name: Go's in upper case, or with U+017F or U+212A; C's if the
	 * names differ after a NUL.
	 */
	JSCAN_ALIKE,
};

enum jscan_match jscan_key_match(const struct jscan_value *key, const char *name);

enum jscan_found {
	JSCAN_ABSENT,
	JSCAN_FOUND,
	JSCAN_AMBIGUOUS, /* the name is there twice, or with a similar one: parsers differ in which they take */
};

/* *ret_member is set if it is found. */
enum jscan_found jscan_find(
	const struct jscan_value *object, const char *name, struct jscan_value *ret_member);

/* The first writes a string with its quotes, the second what stands between the quotes. */
void jscan_put_string(FILE *out, const char *text);
void jscan_put_inside(FILE *out, const char *text);

#endif
