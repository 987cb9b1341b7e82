/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/toml.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* ---- quoted texts ---- */

/* Decodes what stands at the quote; returns what follows, NULL if it does not end on its line. */
static const char *read_quoted(const char *at, char *ret_text, size_t size)
{
	const char quote = *at++;
	size_t length = 0;

	for (; *at != quote; at++) {
		if (*at == '\0' || *at == '\n')
			return NULL;
		if (*at == '\\' && quote == '"' && at[1] != '\0' && at[1] != '\n')
			at++;
		if (length + 1 < size)
			ret_text[length++] = *at;
	}
	if (size > 0)
		ret_text[length] = '\0';
	return at + 1;
}

/* ---- lines ---- */

/* One part of a name, quoted or bare; returns what follows, NULL if there is none. */
static const char *read_part(const char *at, char *ret_part, size_t size)
{
	size_t length;

	if (*at == '"' || *at == '\'')
		return read_quoted(at, ret_part, size);
	length = strcspn(at, " \t\n.=]");
	if (length == 0 || length >= size)
		return NULL;
	memcpy(ret_part, at, length);
	ret_part[length] = '\0';
	return at + length;
}

/* The name with a "/" between its parts; returns what follows, NULL if it is no name. */
static const char *read_name(const char *at, char *ret_name, size_t size)
{
	size_t length = 0;

	for (;;) {
		if (size - length < 2)
			return NULL;
		at = read_part(skip_blanks(at), ret_name + length, size - length - 1);
		if (at == NULL)
			return NULL;
		at = skip_blanks(at);
		if (*at != '.')
			return at;
		at++;
		length += strlen(ret_name + length);
		ret_name[length++] = '/';
	}
}

/* How long the value is: to the end of its line, or of its array. */
static size_t value_length(const char *value)
{
	size_t depth = 0;
	const char *at = value;

	for (; *at != '\0' && (*at != '\n' || depth > 0); at++) {
		if (*at == '#') {
			at += strcspn(at, "\n");
			if (*at == '\0' || depth == 0)
				break;
		}
		if (*at == '"' || *at == '\'') {
			const char *after = read_quoted(at, NULL, 0);

			at = after != NULL ? after - 1 : at;
		} else if (*at == '[') {
			depth++;
		} else if (*at == ']' && depth > 0) {
			depth--;
		}
	}
	return (size_t)(at - value);
}

static const char *after_line(const char *at)
{
	at += strcspn(at, "\n");
	return *at == '\n' ? at + 1 : at;
}

static bool read_table(struct toml *toml, const char *at)
{
	char table[TOML_TABLE_SIZE];
	const char *after = read_name(at + 1 + (at[1] == '['), table, sizeof(table));

	toml->at = after_line(at);
	if (after == NULL || *after != ']')
		return false;
	memcpy(toml->table, table, sizeof(table));
	toml->key[0] = '\0';
	toml->value = at;
	toml->length = 0;
	return true;
}

static bool read_key(struct toml *toml, const char *at)
{
	const char *after = read_name(at, toml->key, sizeof(toml->key));

	toml->at = after_line(at);
	if (after == NULL || *after != '=')
		return false;
	toml->value = skip_blanks(after + 1);
	toml->length = value_length(toml->value);
	toml->at = after_line(toml->value + toml->length);
	return true;
}

void toml_begin(struct toml *toml, const char *text)
{
	*toml = (struct toml){ .at = text };
}

bool toml_next(struct toml *toml)
{
	while (*toml->at != '\0') {
		const char *at = skip_blanks(toml->at);

		toml->line = toml->at;
		if (*at == '#' || *at == '\n' || *at == '\0')
			toml->at = after_line(at);
		else if (*at == '[' ? read_table(toml, at) : read_key(toml, at))
			return true;
	}
	return false;
}

bool toml_find(struct toml *toml, const char *text, const char *table, const char *key)
{
	toml_begin(toml, text);
	while (toml_next(toml))
		if (strcmp(toml->key, key) == 0 &&
			(table == NULL || strcmp(toml->table, table) == 0))
			return true;
	return false;
}

/* ---- values ---- */

bool toml_text(const struct toml *toml, char *ret_text, size_t size)
{
	const char *value = toml->value;

	return (*value == '"' || *value == '\'') && read_quoted(value, ret_text, size) != NULL;
}

static int add_text(
	struct lifecycle_strings *texts, const char *text, struct lifecycle_error *error)
{
	char **items = reallocarray(texts->items, texts->count + 1, sizeof(*items));

	if (items == NULL)
		return error_no_memory(error);
	texts->items = items;
	items[texts->count] = strdup(text);
	if (items[texts->count] == NULL)
		return error_no_memory(error);
	texts->count++;
	return 0;
}

int toml_texts(
	const struct toml *toml, struct lifecycle_strings *ret_texts, struct lifecycle_error *error)
{
	struct lifecycle_strings texts = { .count = 0 };
	const char *end = toml->value + toml->length;
	char text[4096];

	for (const char *at = toml->value; at < end;) {
		if (*at != '"' && *at != '\'') {
			at += *at == '#' ? strcspn(at, "\n") : 1;
			continue;
		}
		at = read_quoted(at, text, sizeof(text));
		if (at == NULL)
			break;
		if (add_text(&texts, text, error) < 0) {
			lifecycle_strings_free(&texts);
			return -1;
		}
	}
	*ret_texts = texts;
	return 0;
}

char *toml_uncommented(const char *text)
{
	char *copy = malloc(strlen(text) + 1), *to = copy;
	bool begins = true;

	if (copy == NULL)
		return NULL;
	for (const char *at = text; *at != '\0'; at++) {
		if (begins && *at == '#') {
			begins = false;
			continue;
		}
		begins = *at == '\n';
		*to++ = *at;
	}
	*to = '\0';
	return copy;
}
