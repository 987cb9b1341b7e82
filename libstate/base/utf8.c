/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd";
#define REPLACEMENT_LENGTH (sizeof(replacement) - 1)

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* How many bytes a character of UTF-8 has by its first byte, and the least code point of that many. */
static size_t lead(unsigned char byte, uint32_t *ret_code_point, uint32_t *ret_least)
{
	if (byte < 0x80) {
		*ret_code_point = byte;
		*ret_least = 1; /* not NUL */
		return 1;
	}
	if ((byte & 0xe0) == 0xc0) {
		*ret_code_point = byte & 0x1f;
		*ret_least = 0x80;
		return 2;
	}
	if ((byte & 0xf0) == 0xe0) {
		*ret_code_point = byte & 0x0f;
		*ret_least = 0x800;
		return 3;
	}
	*ret_code_point = byte & 0x07;
	*ret_least = 0x10000;
	return (byte & 0xf8) == 0xf0 ? 4 : 0;
}

size_t utf8_character(const char *text, size_t length, uint32_t *ret_code_point)
{
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t code_point;
	uint32_t least;
	size_t size = lead(bytes[0], &code_point, &least);

	if (size == 0 || size > length)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if (!is_continuation(bytes[i]))
			return 0;
		code_point = code_point << 6 | (bytes[i] & 0x3f);
	}
	if (code_point < least || code_point > 0x10ffff ||
		(code_point >= 0xd800 && code_point <= 0xdfff))
		return 0;
	*ret_code_point = code_point;
	return size;
}

bool utf8_steers_terminal(uint32_t code_point)
{
	static const struct {
		uint32_t first;
		uint32_t last;
	} ranges[] = {
		{ 0x00, 0x1f },     /* C0 */
		{ 0x7f, 0x9f },     /* DEL, C1 */
		{ 0x061c, 0x061c }, /* Arabic letter mark */
		{ 0x200e, 0x200f }, /* left-to-right mark, right-to-left mark */
		{ 0x2028, 0x202e }, /* line and paragraph separators, embeddings and overrides */
		{ 0x2066, 0x2069 }, /* isolates */
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code_point >= ranges[i].first && code_point <= ranges[i].last)
			return true;
	return false;
}

/* How many bytes of ASCII, but NUL, come first. */
static size_t ascii_run(const char *bytes, size_t length)
{
	size_t run = 0;

	while (run < length && (signed char)bytes[run] > 0)
		run++;
	return run;
}

/* Writes the text to `out`, or, if that is NULL, only counts its bytes. */
static size_t convert(const char *bytes, size_t length, char *out)
{
	size_t used = 0;

	for (size_t at = 0; at < length;) {
		uint32_t code_point;
		size_t size = ascii_run(bytes + at, length - at);
		const char *from = bytes + at;
		size_t count;

		if (size == 0)
			size = utf8_character(bytes + at, length - at, &code_point);
		count = size;
		if (size == 0) {
			from = replacement;
			count = REPLACEMENT_LENGTH;
			size = 1;
		}
		if (out != NULL)
			memcpy(out + used, from, count);
		used += count;
		at += size;
	}
	return used;
}

/* Keeps whole characters of what is UTF-8 by now. */
static void cut(char *text, size_t length, size_t limit, bool tail)
{
	size_t at = tail ? length - limit : limit;

	if (!tail) {
		while (at > 0 && is_continuation((unsigned char)text[at]))
			at--;
		text[at] = '\0';
		return;
	}
	while (at < length && is_continuation((unsigned char)text[at]))
		at++;
	memmove(text, text + at, length - at + 1);
}

char *utf8_copy(const char *bytes, size_t length, size_t limit, bool tail)
{
	const char *from = bytes;
	size_t size;
	char *text;

	/* No byte becomes less than a byte, so what is beyond the limit need not be looked at. */
	if (length > limit + 4) {
		if (tail)
			from += length - (limit + 4);
		length = limit + 4;
	}
	size = convert(from, length, NULL);
	text = malloc(size + 1);
	if (text == NULL)
		return NULL;
	(void)convert(from, length, text);
	text[size] = '\0';
	if (size > limit)
		cut(text, size, limit, tail);
	return text;
}
