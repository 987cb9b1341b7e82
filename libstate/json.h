/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: jansson's trees from text and to text, so that no lack of memory spoils what is read or written. (jansson 2.14
 * loses bytes in silence then, and says that it succeeded.)
 */
#ifndef JSON_H
#define JSON_H

#include "libstate.h"

struct json_t;

/*
 * Reads JSON as `flags` of jansson's say. NULL with LIFECYCLE_ERROR_NO_MEMORY if memory ran out, NULL with `bad` if the
 * text is bad.
 */
struct json_t *json_read_text(const char *text, size_t length, size_t flags,
	enum lifecycle_error_code bad, struct lifecycle_error *error);

/*
 * Where the braces of the object stand that is the member `key` of the text's own object. False if there is none, or if its
 * key is spelled with escapes. Of a text that is not JSON the answer means nothing.
 */
bool json_find_object(
	const char *text, size_t length, const char *key, size_t *ret_open, size_t *ret_close);

/*
 * Writes a tree as compact text, NUL-terminated: free() it. The text was read back and is equal to the tree.
 */
int json_write_text(
	struct json_t *json, char **ret_text, size_t *ret_length, struct lifecycle_error *error);

#endif
