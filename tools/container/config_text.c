/* SPDX-License-Identifier: Apache-2.0 */
#include "container/config_text.h"
#include "base/error.h"
#include "base/text_stream.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * An integer beyond 2^63 is the JSON string MARK and its digits meanwhile. The mark is a control character, which no text
 * has unescaped: so in a text that jansson wrote, what looks like one is one.
 */
#define MARK "\\u0001"

static bool is_large_integer(const char *digits, size_t length)
{
	char copy[24];

	if (length < 19 || length >= sizeof(copy))
		return false;
	memcpy(copy, digits, length);
	copy[length] = '\0';
	errno = 0;
	return strtoull(copy, NULL, 10) > INT64_MAX && errno == 0;
}

/* How long the string is that begins here, with its quotes; up to the end if it has none. */
static size_t string_length(const char *text, size_t length)
{
	size_t i = 1;

	while (i < length && text[i] != '"')
		i += text[i] == '\\' ? 2 : 1;
	return i < length ? i + 1 : length;
}

/* How long the number is that begins here. */
static size_t number_length(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && (isalnum((unsigned char)text[i]) || strchr("+-.", text[i]) != NULL))
		i++;
	return i;
}

static size_t put_token(FILE *out, const char *text, size_t length)
{
	size_t token = 1;
	bool large = false;

	if (*text == '"') {
		token = string_length(text, length);
	} else if (isdigit((unsigned char)*text) || *text == '-') {
		token = number_length(text, length);
		large = strspn(text, "0123456789") >= token && is_large_integer(text, token);
	}
	fputs(large ? "\"" MARK : "", out);
	(void)fwrite(text, 1, token, out);
	fputs(large ? "\"" : "", out);
	return token;
}

/* `put` writes what begins at a place of the text, and tells how long that was. */
static int rewrite(const char *text, size_t length, size_t (*put)(FILE *, const char *, size_t),
	char **ret_text, size_t *ret_length, struct lifecycle_error *error)
{
	char *result = NULL;
	FILE *out = text_stream_open(&result, ret_length);
	size_t i = 0;

	if (out == NULL)
		return error_no_memory(error);
	while (i < length)
		i += put(out, text + i, length - i);
	if (fclose(out) != 0) {
		free(result);
		return error_no_memory(error);
	}
	*ret_text = result;
	return 0;
}

int config_text_parse(
	const char *text, size_t length, json_t **ret_config, struct lifecycle_error *error)
{
	json_error_t why;
	json_t *config;
	char *marked = NULL;

	if (memchr(text, '\0', length) != NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "config.json is no JSON text");
	if (rewrite(text, length, put_token, &marked, &length, error) < 0)
		return -1;
	config = json_loadb(marked, length, JSON_REJECT_DUPLICATES, &why);
	free(marked);
	if (config == NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "config.json, line %d: %s",
			why.line, why.text);
	if (!json_is_object(config)) {
		json_decref(config);
		return error_set(error, LIFECYCLE_ERROR_INVALID, "config.json is no object");
	}
	*ret_config = config;
	return 0;
}

static size_t put_unmarked(FILE *out, const char *text, size_t length)
{
	static const char begin[] = "\"" MARK;
	size_t skipped = sizeof(begin) - 1, digits;

	if (*text != '"')
		return (size_t)(fputc(*text, out) != EOF);
	if (length > skipped && strncmp(text, begin, skipped) == 0) {
		digits = strspn(text + skipped, "0123456789");
		if (is_large_integer(text + skipped, digits) && text[skipped + digits] == '"') {
			(void)fwrite(text + skipped, 1, digits, out);
			return skipped + digits + 1;
		}
	}
	digits = string_length(text, length);
	(void)fwrite(text, 1, digits, out);
	return digits;
}

int config_text_make(
	const json_t *config, char **ret_text, size_t *ret_length, struct lifecycle_error *error)
{
	char *marked = json_dumps(config, JSON_COMPACT);
	int result;

	if (marked == NULL)
		return error_no_memory(error);
	result = rewrite(marked, strlen(marked), put_unmarked, ret_text, ret_length, error);
	free(marked);
	return result;
}
