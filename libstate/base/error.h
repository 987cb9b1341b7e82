/* SPDX-License-Identifier: Apache-2.0 */
/* error: what went wrong, by value, owned by the caller, wrapped with context on its way up. */
#ifndef ERROR_H
#define ERROR_H

#include "libstate.h"

/* Each fills *error (if not NULL) and returns -1, so that a failure can be returned as it is made. */
int error_set(struct lifecycle_error *error, enum lifecycle_error_code code, const char *format,
	...) __attribute__((format(printf, 3, 4)));

/* LIFECYCLE_ERROR_SYSTEM, or LIFECYCLE_ERROR_NO_MEMORY for ENOMEM; the errno's text follows the message. */
int error_errno(struct lifecycle_error *error, int errnum, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

int error_no_memory(struct lifecycle_error *error);

/* Puts "context: " before the message. */
int error_wrap(struct lifecycle_error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What we lack and the next one to ask may have, memory or a descriptor: it says nothing of what was asked for. */
bool error_is_ours(const struct lifecycle_error *error);

#endif
