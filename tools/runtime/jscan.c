/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/jscan.h"

#include <ctype.h>
#include <string.h>

/* The part of the text that is still to be scanned. */
struct cursor {
	const char *at;
	const char *end;
};

static bool scan_value(struct cursor *cursor, unsigned depth, struct jscan_value *ret_value);

static bool next_is(const struct cursor *cursor, char byte)
{
	return cursor->at < cursor->end && *cursor->at == byte;
}

static bool take(struct cursor *cursor, char byte)
{
	if (!next_is(cursor, byte))
		return false;
	cursor->at++;
	return true;
}

static void skip_space(struct cursor *cursor)
{
	while (cursor->at < cursor->end && *cursor->at != '\0' &&
		strchr(" \t\r\n", *cursor->at) != NULL)
		cursor->at++;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool take_digits(struct cursor *cursor)
{
	const char *first = cursor->at;

	while (cursor->at < cursor->end && is_digit(*cursor->at))
		cursor->at++;
	return cursor->at > first;
}

static bool scan_number(struct cursor *cursor)
{
	(void)take(cursor, '-');
	if (!take(cursor, '0') && !take_digits(cursor))
		return false;
	if (take(cursor, '.') && !take_digits(cursor))
		return false;
	if (take(cursor, 'e') || take(cursor, 'E')) {
		if (!take(cursor, '+'))
			(void)take(cursor, '-');
		return take_digits(cursor);
	}
	return true;
}

static bool scan_word(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, word, length) != 0)
		return false;
	cursor->at += length;
	return true;
}

static bool take_hex4(struct cursor *cursor)
{
	if (cursor->end - cursor->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)cursor->at[i]))
			return false;
	}
	cursor->at += 4;
	return true;
}

static bool scan_escape(struct cursor *cursor)
{
	if (take(cursor, 'u'))
		return take_hex4(cursor);
	if (cursor->at == cursor->end || *cursor->at == '\0' ||
		strchr("\"\\/bfnrt", *cursor->at) == NULL)
		return false;
	cursor->at++;
	return true;
}

static bool scan_string(struct cursor *cursor)
{
	if (!take(cursor, '"'))
		return false;
	while (cursor->at < cursor->end) {
		unsigned char byte = (unsigned char)*cursor->at++;

		if (byte == '"')
			return true;
		if (byte < 0x20 || (byte == '\\' && !scan_escape(cursor)))
			return false;
	}
	return false;
}

static bool take_after_space(struct cursor *cursor, char byte)
{
	skip_space(cursor);
	return take(cursor, byte);
}

static bool scan_member(struct cursor *cursor, unsigned depth)
{
	struct jscan_value value;

	skip_space(cursor);
	if (!scan_string(cursor))
		return false;
	return take_after_space(cursor, ':') && scan_value(cursor, depth, &value);
}

static bool scan_element(struct cursor *cursor, unsigned depth)
{
	struct jscan_value value;

	return scan_value(cursor, depth, &value);
}

/* What stands between two brackets, `one` after the other. */
static bool scan_list(struct cursor *cursor, unsigned depth, char close,
	bool (*one)(struct cursor *cursor, unsigned depth))
{
	cursor->at++;
	skip_space(cursor);
	if (take(cursor, close))
		return true;
	if (depth == 0)
		return false;
	do {
		if (!one(cursor, depth - 1))
			return false;
		skip_space(cursor);
	} while (take(cursor, ','));
	return take(cursor, close);
}

static bool scan_by_kind(struct cursor *cursor, unsigned depth, enum jscan_kind kind)
{
	switch (kind) {
	case JSCAN_OBJECT:
		return scan_list(cursor, depth, '}', scan_member);
	case JSCAN_ARRAY:
		return scan_list(cursor, depth, ']', scan_element);
	case JSCAN_STRING:
		return scan_string(cursor);
	case JSCAN_NULL:
		return scan_word(cursor, "null");
	case JSCAN_OTHER:
		break;
	}
	return scan_word(cursor, "true") || scan_word(cursor, "false") || scan_number(cursor);
}

static enum jscan_kind kind_of(char first)
{
	switch (first) {
	case '{':
		return JSCAN_OBJECT;
	case '[':
		return JSCAN_ARRAY;
	case '"':
		return JSCAN_STRING;
	case 'n':
		return JSCAN_NULL;
	default:
		return JSCAN_OTHER;
	}
}

static bool scan_value(struct cursor *cursor, unsigned depth, struct jscan_value *ret_value)
{
	struct jscan_value value;

	skip_space(cursor);
	if (cursor->at == cursor->end)
		return false;
	value.kind = kind_of(*cursor->at);
	value.start = cursor->at;
	if (!scan_by_kind(cursor, depth, value.kind))
		return false;
	value.end = cursor->at;
	*ret_value = value;
	return true;
}

bool jscan(const char *text, size_t length, struct jscan_value *ret_value)
{
	struct cursor cursor = { text, text + length };
	struct jscan_value value;

	if (!scan_value(&cursor, JSCAN_DEPTH_MAX, &value))
		return false;
	skip_space(&cursor);
	if (cursor.at != cursor.end)
		return false;
	*ret_value = value;
	return true;
}

bool jscan_first(const char *text, size_t length, struct jscan_value *ret_value)
{
	struct cursor cursor = { text, text + length };

	return scan_value(&cursor, JSCAN_DEPTH_MAX, ret_value);
}

/* Past the opening bracket or the comma before the next one; false at the closing bracket. */
static bool enter_next(const struct jscan_value *list, const char *at, struct cursor *ret_cursor)
{
	struct cursor cursor = { at != NULL ? at : list->start + 1, list->end - 1 };

	skip_space(&cursor);
	(void)take(&cursor, ',');
	if (cursor.at == cursor.end)
		return false;
	*ret_cursor = cursor;
	return true;
}

bool jscan_next_element(
	const struct jscan_value *array, const char **cursor, struct jscan_value *ret_element)
{
	struct cursor rest;

	if (!enter_next(array, *cursor, &rest) || !scan_value(&rest, JSCAN_DEPTH_MAX, ret_element))
		return false;
	*cursor = rest.at;
	return true;
}

bool jscan_next_member(const struct jscan_value *object, const char **cursor,
	struct jscan_value *ret_key, struct jscan_value *ret_member)
{
	struct cursor rest;

	if (!enter_next(object, *cursor, &rest) || !scan_value(&rest, JSCAN_DEPTH_MAX, ret_key) ||
		!take_after_space(&rest, ':') || !scan_value(&rest, JSCAN_DEPTH_MAX, ret_member))
		return false;
	*cursor = rest.at;
	return true;
}
