/* SPDX-License-Identifier: Apache-2.0 */
/* The strings of a scanned JSON text: what they say, and how to write one. */
#ifndef LIFECYCLE_JSCAN_TEXT_H
#define LIFECYCLE_JSCAN_TEXT_H

#include <stdio.h>

#include "runtime/jscan.h"

/*
 * A string's bytes, escapes resolved, NUL-terminated. False if they need more than `size` bytes, or hold a NUL
 * or half a surrogate pair.
 */
bool jscan_string(const struct jscan_value *string, char *buffer, size_t size);

enum jscan_match {
	JSCAN_DIFFERENT,
	JSCAN_SAME,
	/* Another name, but a parser may take it for this one: Go's upper case, U+017F and U+212A; one in C, up to a NUL. */
	JSCAN_ALIKE,
};

enum jscan_match jscan_key_match(const struct jscan_value *key, const char *name);

enum jscan_found {
	JSCAN_ABSENT,
	JSCAN_FOUND,
	JSCAN_AMBIGUOUS, /* twice, or alike: parsers differ in what they make of it */
};

/* *ret_member is set if it is found. */
enum jscan_found jscan_find(
	const struct jscan_value *object, const char *name, struct jscan_value *ret_member);

/* Writes a string with its quotes; or what stands between them. */
void jscan_put_string(FILE *out, const char *text);
void jscan_put_inside(FILE *out, const char *text);

#endif
