/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message is one line wherever it ends up: what it quotes may come from a stranger. */
static void make_printable(char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < 0x20 || byte >= 0x7f)
			*text = '?';
	}
}

__attribute__((format(printf, 2, 0))) static void put_message(
	struct lifecycle_error *error, const char *format, va_list arguments)
{
	(void)vsnprintf(error->message, sizeof(error->message), format, arguments);
	make_printable(error->message);
}

static void append(struct lifecycle_error *error, const char *text)
{
	size_t used = strlen(error->message);

	(void)snprintf(error->message + used, sizeof(error->message) - used, ": %s", text);
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
