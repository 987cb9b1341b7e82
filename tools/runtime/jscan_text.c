/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/jscan_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What is left of a string's inside. */
struct cursor {
	const char *at;
	const char *end;
};

/* The four digits after `\u`. */
static uint32_t take_unit(struct cursor *cursor)
{
	char digits[5] = { 0 };

	memcpy(digits, cursor->at, 4);
	cursor->at += 4;
	return (uint32_t)strtoul(digits, NULL, 16);
}

/* One character after `\u`; false for half a surrogate pair. */
static bool take_unicode(struct cursor *cursor, uint32_t *ret_character)
{
	uint32_t high = take_unit(cursor), low;

	if (high < 0xd800 || high > 0xdfff) {
		*ret_character = high;
		return true;
	}
	if (high > 0xdbff || cursor->end - cursor->at < 6 || memcmp(cursor->at, "\\u", 2) != 0)
		return false;
	cursor->at += 2;
	low = take_unit(cursor);
	if (low < 0xdc00 || low > 0xdfff)
		return false;
	*ret_character = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

static size_t encode_utf8(uint32_t character, char bytes[4])
{
	static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
	size_t count = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;

	for (size_t i = count - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (character & 0x3f));
		character >>= 6;
	}
	bytes[0] = (char)(lead[count] | character);
	return count;
}

static bool take_escape(struct cursor *cursor, uint32_t *ret_character)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";

	if (*cursor->at == 'u') {
		cursor->at++;
		return take_unicode(cursor, ret_character);
	}
	*ret_character = (unsigned char)meant[strchr(letters, *cursor->at++) - letters];
	return true;
}

bool jscan_string(const struct jscan_value *string, char *buffer, size_t size)
{
	struct cursor cursor = { string->start + 1, string->end - 1 };
	size_t used = 0;

	while (cursor.at < cursor.end) {
		char bytes[4] = { *cursor.at++ };
		size_t count = 1;
		uint32_t character;

		if (bytes[0] == '\\') {
			if (!take_escape(&cursor, &character) || character == 0)
				return false;
			count = encode_utf8(character, bytes);
		}
		if (used + count >= size)
			return false;
		memcpy(buffer + used, bytes, count);
		used += count;
	}
	if (used >= size)
		return false;
	buffer[used] = '\0';
	return true;
}

/* Unicode's simple folding, as far as it leads to ASCII letters: in place, it only gets shorter. */
static void fold(char *text)
{
	char *out = text;

	for (const char *in = text; *in != '\0'; in++) {
		if (*in >= 'A' && *in <= 'Z') {
			*out++ = (char)(*in - 'A' + 'a');
		} else if (strncmp(in, "\u017f", 2) == 0) {
			*out++ = 's';
			in += 1;
		} else if (strncmp(in, "\u212a", 3) == 0) {
			*out++ = 'k';
			in += 2;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
}

enum jscan_match jscan_key_match(const struct jscan_value *key, const char *name)
{
	char text[64], folded_name[64];
	size_t length = strlen(name);

	if (memmem(key->start, (size_t)(key->end - key->start), "\\u0000", strlen("\\u0000")) !=
		NULL)
		return JSCAN_ALIKE;
	if (length >= sizeof(folded_name) || !jscan_string(key, text, sizeof(text)))
		return JSCAN_DIFFERENT;
	if (strcmp(text, name) == 0)
		return JSCAN_SAME;
	memcpy(folded_name, name, length + 1);
	fold(folded_name);
	fold(text);
	return strcmp(text, folded_name) == 0 ? JSCAN_ALIKE : JSCAN_DIFFERENT;
}

enum jscan_found jscan_find(
	const struct jscan_value *object, const char *name, struct jscan_value *ret_member)
{
	struct jscan_value key, member, found = { 0 };
	const char *cursor = NULL;
	bool seen = false;

	while (jscan_next_member(object, &cursor, &key, &member)) {
		enum jscan_match match = jscan_key_match(&key, name);

		if (match == JSCAN_ALIKE || (match == JSCAN_SAME && seen))
			return JSCAN_AMBIGUOUS;
		if (match == JSCAN_SAME) {
			found = member;
			seen = true;
		}
	}
	if (!seen)
		return JSCAN_ABSENT;
	*ret_member = found;
	return JSCAN_FOUND;
}

void jscan_put_inside(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			fprintf(out, "\\u%04x", (unsigned)*text);
		else
			fputc(*text, out);
	}
}

void jscan_put_string(FILE *out, const char *text)
{
	fputc('"', out);
	jscan_put_inside(out, text);
	fputc('"', out);
}
