/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#include "utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Writes the character at `text` of `*size` bytes, or its first byte as \xNN if a terminal would not just show it. */
static int put_character(char *out, size_t room, const char *text, size_t *size)
{
	uint32_t code_point;

	*size = utf8_character(text, strlen(text), &code_point);
	if (*size > 0 && !utf8_steers_terminal(code_point))
		return snprintf(out, room, "%.*s", (int)*size, text);
	*size = 1;
	return snprintf(out, room, "\\x%02x", (unsigned char)*text);
}

/* A message is one line wherever it ends up: what it quotes may come from a stranger. No character is cut. */
static void put_printable(char *out, size_t room, const char *text)
{
	size_t size;

	*out = '\0';
	for (; *text != '\0'; text += size) {
		int length = put_character(out, room, text, &size);

		if ((size_t)length >= room) {
			*out = '\0';
			return;
		}
		out += length;
		room -= (size_t)length;
	}
}

__attribute__((format(printf, 2, 0))) static void put_message(
	struct lifecycle_error *error, const char *format, va_list arguments)
{
	char text[sizeof(error->message)];

	vsnprintf(text, sizeof(text), format, arguments);
	put_printable(error->message, sizeof(error->message), text);
}

static void append(struct lifecycle_error *error, const char *text)
{
	size_t used = strlen(error->message);

	snprintf(error->message + used, sizeof(error->message) - used, ": %s", text);
}

int error_set(
	struct lifecycle_error *error, enum lifecycle_error_code code, const char *format, ...)
{
	va_list arguments;

	if (error == NULL)
		return -1;
	error->code = code;
	error->system_errno = 0;
	va_start(arguments, format);
	put_message(error, format, arguments);
	va_end(arguments);
	return -1;
}

int error_errno(struct lifecycle_error *error, int errnum, const char *format, ...)
{
	va_list arguments;
	const char *description = strerrordesc_np(errnum);

	if (error == NULL)
		return -1;
	error->code = errnum == ENOMEM ? LIFECYCLE_ERROR_NO_MEMORY : LIFECYCLE_ERROR_SYSTEM;
	error->system_errno = errnum;
	va_start(arguments, format);
	put_message(error, format, arguments);
	va_end(arguments);
	append(error, description != NULL ? description : "unknown error");
	return -1;
}

int error_no_memory(struct lifecycle_error *error)
{
	return error_set(error, LIFECYCLE_ERROR_NO_MEMORY, "out of memory");
}

int error_wrap(struct lifecycle_error *error, const char *format, ...)
{
	char inner[sizeof(error->message)];
	va_list arguments;

	if (error == NULL)
		return -1;
	memcpy(inner, error->message, sizeof(inner));
	va_start(arguments, format);
	put_message(error, format, arguments);
	va_end(arguments);
	append(error, inner);
	return -1;
}

bool error_is_ours(const struct lifecycle_error *error)
{
	return error->code == LIFECYCLE_ERROR_NO_MEMORY ||
	       (error->code == LIFECYCLE_ERROR_SYSTEM &&
		       (error->system_errno == EMFILE || error->system_errno == ENFILE));
}
