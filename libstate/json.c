/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"
#include "base/error.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/* ---- parsing ---- */

#define OPENING "[\""
#define MIDDLE  "\","
#define CLOSING "]"

static bool is_between_tokens(char byte)
{
	switch (byte) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case '{':
	case '}':
	case '[':
	case ']':
	case ',':
	case ':':
		return true;
	default:
		return false;
	}
}

/* No string, number or word of the text is longer, with its quotes. */
static size_t longest_token(const char *text, size_t length)
{
	size_t longest = 0;
	size_t from = 0;
	bool in_string = false;

	for (size_t i = 0; i < length; i++) {
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (!in_string && is_between_tokens(text[i]))
			from = i;
		if (i - from > longest)
			longest = i - from;
	}
	return longest + 2;
}

/*
 * jansson 2.14 keeps the token that it reads in a buffer that grows, and goes on when that fails: a byte is lost, in
 * silence, and if that is the quote at the end it reads and writes past its memory. So the text is put behind a string
 * that is longer than any token in it: what grows grows there, where it is seen, and never at its last quote (the
 * buffer is full at 15, 31, 63 bytes).
 */
static size_t padding_for(const char *text, size_t length)
{
	return (longest_token(text, length) | 15) + 9;
}

static char *with_padding(const char *text, size_t length, size_t padding, size_t *ret_length)
{
	size_t all = strlen(OPENING MIDDLE CLOSING) + padding + length;
	char *padded = malloc(all + 1);
	char *at = padded;

	if (padded == NULL)
		return NULL;
	at = mempcpy(at, OPENING, strlen(OPENING));
	at = (char *)memset(at, ' ', padding) + padding;
	at = mempcpy(at, MIDDLE, strlen(MIDDLE));
	at = mempcpy(at, text, length);
	strcpy(at, CLOSING);
	*ret_length = all;
	return padded;
}

static void say_no(const json_error_t *problem, size_t before, size_t length,
	enum lifecycle_error_code bad, struct lifecycle_error *error)
{
	size_t at = problem->position > 0 ? (size_t)problem->position : 0;

	at = at > before ? at - before : 0;
	(void)error_set(error, bad, "%s near byte %zu", problem->text, at < length ? at : length);
}

/* What stands behind the padding. */
static json_t *take_second(
	json_t *both, size_t padding, enum lifecycle_error_code bad, struct lifecycle_error *error)
{
	json_t *json = NULL;

	if (json_string_length(json_array_get(both, 0)) != padding)
		(void)error_no_memory(error);
	else if (json_array_size(both) != 2)
		(void)error_set(error, bad, "more than one value");
	else
		json = json_incref(json_array_get(both, 1));
	json_decref(both);
	return json;
}

/* Its last quote, or the end of a text that lacks one. */
static size_t end_of_string(const char *text, size_t length, size_t at)
{
	for (at++; at < length && text[at] != '"'; at++)
		if (text[at] == '\\')
			at++;
	return at < length ? at : length;
}

/* jansson calls itself for each level, and a hook's stack may be the container's, and small. */
#define DEEPEST 64

static bool is_too_deep(const char *text, size_t length)
{
	size_t depth = 0;

	for (size_t i = 0; i < length && depth <= DEEPEST; i++) {
		switch (text[i]) {
		case '"':
			i = end_of_string(text, length, i);
			break;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth -= depth > 0 ? 1 : 0;
			break;
		default:
			break;
		}
	}
	return depth > DEEPEST;
}

/*
 * jansson would open and read /dev/urandom for its hashes; the kernel has given each program random bytes. The first
 * call counts.
 */
static void seed_hashes(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint32_t seed = 0;

	if (random != NULL)
		memcpy(&seed, (const char *)random + 1, sizeof(seed));
	if (seed != 0)
		json_object_seed(seed);
}

static json_t *read_shallow(const char *text, size_t length, size_t flags,
	enum lifecycle_error_code bad, struct lifecycle_error *error)
{
	size_t padding = padding_for(text, length);
	size_t padded_length;
	char *padded = with_padding(text, length, padding, &padded_length);
	json_error_t problem;
	json_t *both = NULL;
	bool no_memory = padded == NULL;

	if (padded != NULL) {
		seed_hashes();
		errno = 0;
		both = json_loadb(padded, padded_length, flags, &problem);
		/* jansson says nothing of that, or that the syntax is bad */
		no_memory = both == NULL && errno == ENOMEM;
		free(padded);
	}
	if (both != NULL)
		return take_second(both, padding, bad, error);
	if (no_memory)
		(void)error_no_memory(error);
	else
		say_no(&problem, strlen(OPENING MIDDLE) + padding, length, bad, error);
	return NULL;
}

json_t *json_read_text(const char *text, size_t length, size_t flags, enum lifecycle_error_code bad,
	struct lifecycle_error *error)
{
	if (!is_too_deep(text, length))
		return read_shallow(text, length, flags, bad, error);
	(void)error_set(error, bad, "it is nested more than %d deep", DEEPEST);
	return NULL;
}

/* ---- finding what stands where ---- */

static bool is_string(const char *text, size_t from, size_t to, const char *expected)
{
	size_t length = strlen(expected);

	return to - from == length + 1 && memcmp(text + from + 1, expected, length) == 0;
}

bool json_find_object(
	const char *text, size_t length, const char *key, size_t *ret_open, size_t *ret_close)
{
	size_t depth = 0, open = 0;
	bool is_named = false; /* by the string before */

	for (size_t i = 0; i < length; i++) {
		size_t string = i;

		switch (text[i]) {
		case '"':
			i = end_of_string(text, length, i);
			is_named = depth == 1 && is_string(text, string, i, key);
			break;
		case '{':
		case '[':
			if (text[i] == '{' && depth == 1 && is_named)
				open = i;
			depth++;
			break;
		case '}':
		case ']':
			depth -= depth > 0 ? 1 : 0;
			if (depth != 1 || open == 0)
				break;
			*ret_open = open;
			*ret_close = i;
			return true;
		default:
			break;
		}
	}
	return false;
}

/* ---- writing JSON ---- */

struct buffer {
	char *bytes;
	size_t length;
	size_t capacity;
	bool failed;
};

/* jansson goes on after a failed callback at times, and says that it succeeded: so it is sticky. */
static int append(const char *bytes, size_t length, void *data)
{
	struct buffer *buffer = data;

	if (!buffer->failed && length >= buffer->capacity - buffer->length) {
		size_t capacity = (buffer->length + length + 1) * 2;
		char *larger = realloc(buffer->bytes, capacity);

		buffer->failed = larger == NULL;
		if (larger != NULL) {
			buffer->bytes = larger;
			buffer->capacity = capacity;
		}
	}
	if (buffer->failed)
		return -1;
	memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
	return 0;
}

static bool reads_back(const struct buffer *buffer, json_t *json)
{
	json_t *again =
		json_read_text(buffer->bytes, buffer->length, 0, LIFECYCLE_ERROR_CORRUPT, NULL);
	bool equal = again != NULL && json_equal(again, json);

	json_decref(again);
	return equal;
}

int json_write_text(
	json_t *json, char **ret_text, size_t *ret_length, struct lifecycle_error *error)
{
	struct buffer buffer = { .capacity = 4096 };

	buffer.bytes = malloc(buffer.capacity);
	if (buffer.bytes == NULL)
		return error_no_memory(error);
	if (json_dump_callback(json, append, &buffer, JSON_COMPACT) < 0 || buffer.failed ||
		!reads_back(&buffer, json)) {
		free(buffer.bytes);
		return error_no_memory(error);
	}
	*ret_text = buffer.bytes;
	*ret_length = buffer.length;
	return 0;
}
