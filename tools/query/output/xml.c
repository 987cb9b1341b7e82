/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/xml.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

#define LONGEST_CHARACTER 4
#define ESCAPED_COLUMNS   4      /* of \xNN */
#define FIRST_WIDE        0x1100 /* from here on many characters take two columns */

/* A byte, or a character, at `text`. */
struct piece {
	size_t size;
	bool good; /* to be written as it is */
	uint32_t code_point;
};

/* These two are no characters, and no XML 1.0 may hold them; surrogates are not UTF-8, and control characters steer. */
static bool is_forbidden(uint32_t code_point)
{
	return code_point == 0xfffe || code_point == 0xffff;
}

static struct piece piece_at(const char *text, size_t length)
{
	struct piece piece = { .size = 0 };

	if (length > LONGEST_CHARACTER)
		length = LONGEST_CHARACTER;
	piece.size = utf8_character(text, length, &piece.code_point);
	piece.good = piece.size > 0 && !utf8_steers_terminal(piece.code_point) &&
		     !is_forbidden(piece.code_point);
	if (piece.size == 0)
		piece.size = 1;
	return piece;
}

static const char *entity_of(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

static void print_piece(FILE *out, const char *text, const struct piece *piece)
{
	const char *entity = entity_of(*text);

	if (!piece->good)
		for (size_t i = 0; i < piece->size; i++)
			fprintf(out, "\\x%02x", (unsigned char)text[i]);
	else if (entity != NULL)
		fputs(entity, out);
	else
		fwrite(text, 1, piece->size, out);
}

void xml_print(FILE *out, const char *text, size_t length)
{
	while (length > 0) {
		struct piece piece = piece_at(text, length);

		print_piece(out, text, &piece);
		text += piece.size;
		length -= piece.size;
	}
}

static size_t columns_of(const struct piece *piece)
{
	if (!piece->good)
		return ESCAPED_COLUMNS * piece->size;
	return piece->code_point >= FIRST_WIDE ? 2 : 1;
}

size_t xml_fit(const char *text, size_t columns, size_t *ret_columns)
{
	size_t length = strcspn(text, "\n");
	size_t fits = 0;

	*ret_columns = 0;
	while (fits < length) {
		struct piece piece = piece_at(text + fits, length - fits);

		if (*ret_columns + columns_of(&piece) > columns)
			break;
		*ret_columns += columns_of(&piece);
		fits += piece.size;
	}
	return fits;
}
