/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where things stand in a JSON text, without reading them into values: for a text that is to be changed in
 * one place and to keep every other byte. (What is to be read as values is the library's.)
 *
 * A value points into the text that jscan() was given and lives as long as it does. Everything but
 * jscan() takes values of a text that jscan() has accepted.
 */
#ifndef JSCAN_H
#define JSCAN_H

#include <stdbool.h>
#include <stddef.h>

/* A text with deeper nesting is refused, so that the scan of a hostile text ends. */
#define JSCAN_DEPTH_MAX 256

enum jscan_kind {
	JSCAN_OBJECT,
	JSCAN_ARRAY,
	JSCAN_STRING,
	JSCAN_NULL,
	JSCAN_OTHER, /* a number, true, false */
};

struct jscan_value {
	enum jscan_kind kind;
	const char *start;
	const char *end; /* one past its last byte */
};

/* True if all of the text is one JSON value by RFC 8259's grammar, with white space around it. */
bool jscan(const char *text, size_t length, struct jscan_value *ret_value);

/* The same of the value with which the text begins, whatever comes after it. */
bool jscan_first(const char *text, size_t length, struct jscan_value *ret_value);

/* Members or elements, one after the other: *cursor is NULL at first. After the last: false, and nothing is touched. */
bool jscan_next_member(const struct jscan_value *object, const char **cursor,
	struct jscan_value *ret_key, struct jscan_value *ret_member);
bool jscan_next_element(
	const struct jscan_value *array, const char **cursor, struct jscan_value *ret_element);

#endif
