/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/text_stream.h"
#include "query/output/template_functions.h"

#include <stdlib.h>
#include <string.h>

/* No wider than that is any cell that a person wants. */
#define WIDEST 999

/* "%-12.5s" */
struct verb {
	bool left;
	bool zeros;
	bool plus;
	int width;
	int precision; /* -1 for none */
	char letter;
};

static const char *read_number(const char *at, int *ret_number)
{
	*ret_number = 0;
	for (; *at >= '0' && *at <= '9'; at++)
		*ret_number = *ret_number <= WIDEST ? *ret_number * 10 + (*at - '0') : *ret_number;
	return at;
}

/* What comes after the '%'; returns what comes after the verb. */
static const char *read_verb(const char *at, struct verb *ret_verb)
{
	*ret_verb = (struct verb){ .precision = -1 };
	for (; *at != '\0' && strchr("-0+ ", *at) != NULL; at++) {
		ret_verb->left |= *at == '-';
		ret_verb->zeros |= *at == '0';
		ret_verb->plus |= *at == '+';
	}
	at = read_number(at, &ret_verb->width);
	if (*at == '.')
		at = read_number(at + 1, &ret_verb->precision);
	ret_verb->letter = *at;
	return *at != '\0' ? at + 1 : at;
}

/* ---- one value ---- */

static int refuse(const struct template_values *values, const struct verb *verb, const char *why)
{
	return error_set(values->error, LIFECYCLE_ERROR_INVALID,
		"printf's '%%%c' in the template %s", verb->letter, why);
}

/* How many characters the text has, and how many bytes the first `most` of them take. */
static int count_characters(const char *text, int most, size_t *ret_bytes)
{
	int count = 0;

	*ret_bytes = 0;
	while (text[*ret_bytes] != '\0' && (most < 0 || count < most)) {
		do {
			(*ret_bytes)++;
		} while (((unsigned char)text[*ret_bytes] & 0xc0) == 0x80);
		count++;
	}
	return count;
}

static void write_padded(const struct verb *verb, const char *text, FILE *out)
{
	size_t bytes;
	int count = count_characters(text, verb->precision, &bytes);
	int blanks = verb->width > count ? verb->width - count : 0;

	fprintf(out, "%*s%.*s%*s", verb->left ? 0 : blanks, "", (int)bytes, text,
		verb->left ? blanks : 0, "");
}

static int write_text(const struct template_values *values, const struct verb *verb,
	const json_t *value, FILE *out)
{
	char *text = NULL;
	size_t size;
	FILE *memory = text_stream_open(&text, &size);
	int result;

	if (memory == NULL)
		return error_no_memory(values->error);
	result = template_functions_write(value, values, memory);
	if (fclose(memory) != 0)
		result = error_no_memory(values->error);
	if (result == 0)
		write_padded(verb, text, out);
	free(text);
	return result;
}

/* A sign, zeros up to the width if that is asked for, and the digits. */
static void print_number(const struct verb *verb, long long number, char text[WIDEST + 1])
{
	unsigned long long size =
		number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;
	const char *sign = number < 0 ? "-" : verb->plus ? "+" : "";
	char digits[32];
	size_t length;

	snprintf(digits, sizeof(digits),
		verb->letter == 'd'   ? "%llu"
		: verb->letter == 'x' ? "%llx"
				      : "%llo",
		size);
	text = stpcpy(text, sign);
	length = strlen(sign) + strlen(digits);
	for (; verb->zeros && !verb->left && length < (size_t)verb->width; length++)
		*text++ = '0';
	stpcpy(text, digits);
}

static int write_number(const struct template_values *values, const struct verb *verb,
	const json_t *value, FILE *out)
{
	struct verb padded = *verb;
	char text[WIDEST + 1] = "";

	if (!json_is_integer(value) && !json_is_null(value))
		return refuse(values, verb, "takes a whole number");
	if (json_is_integer(value))
		print_number(verb, json_integer_value(value), text);
	padded.precision = -1;
	write_padded(&padded, text, out);
	return 0;
}

static int write_quoted(const struct template_values *values, const struct verb *verb,
	const json_t *value, FILE *out)
{
	char *text;

	if (!json_is_string(value) && !json_is_null(value))
		return refuse(values, verb, "takes a text");
	text = json_is_null(value) ? strdup("\"\"")
				   : json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	if (text == NULL)
		return error_no_memory(values->error);
	write_padded(verb, text, out);
	free(text);
	return 0;
}

static int write_value(const struct template_values *values, const struct verb *verb,
	const json_t *value, FILE *out)
{
	switch (verb->letter) {
	case 's':
		if (json_is_number(value) || json_is_boolean(value))
			return refuse(values, verb, "takes a text: '%v' takes anything");
		return write_text(values, verb, value, out);
	case 'v':
		return write_text(values, verb, value, out);
	case 't':
		if (!json_is_boolean(value) && !json_is_null(value))
			return refuse(values, verb, "takes true or false");
		return write_text(values, verb, value, out);
	case 'd':
	case 'x':
	case 'o':
		return write_number(values, verb, value, out);
	case 'q':
		return write_quoted(values, verb, value, out);
	default:
		return refuse(values, verb, "is not known: %s, %v, %d, %x, %o, %q, %t and %% are");
	}
}

/* ---- the whole ---- */

static int write_all(const struct template_values *values, const char *format, FILE *out)
{
	size_t next = 1;

	while (*format != '\0') {
		size_t length = strcspn(format, "%");
		struct verb verb;

		fwrite(format, 1, length, out);
		format += length;
		if (*format == '\0')
			break;
		format = read_verb(format + 1, &verb);
		if (verb.letter == '%') {
			putc('%', out);
			continue;
		}
		if (verb.width > WIDEST || verb.precision > WIDEST)
			return refuse(values, &verb, "is too wide");
		if (next == values->count)
			return refuse(values, &verb, "has no value");
		if (write_value(values, &verb, values->items[next++], out) < 0)
			return -1;
	}
	if (next < values->count)
		return error_set(values->error, LIFECYCLE_ERROR_INVALID,
			"the template's printf has a value that it does not print");
	return 0;
}

int template_printf(const struct template_values *values, json_t **ret_result)
{
	const char *format = json_string_value(values->items[0]);
	char *text = NULL;
	size_t size;
	FILE *out;
	int result;

	if (format == NULL)
		return error_set(values->error, LIFECYCLE_ERROR_INVALID,
			"the template's printf begins with a text");
	out = text_stream_open(&text, &size);
	if (out == NULL)
		return error_no_memory(values->error);
	result = write_all(values, format, out);
	if (fclose(out) != 0 && result == 0)
		result = error_no_memory(values->error);
	if (result == 0) {
		*ret_result = json_stringn(text, size);
		if (*ret_result == NULL)
			result = error_no_memory(values->error);
	}
	free(text);
	return result;
}
