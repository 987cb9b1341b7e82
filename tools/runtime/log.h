/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to the engine, and what the runtime said to it.
 *
 * An engine gives a runtime `--log FILE --log-format json` and shows the last error in FILE to its user; the
 * runtime's stderr may be the container's by then. So a line goes to FILE if there is one, and to stderr if there is
 * none, or if nothing will be started any more; and to the system's log, because engines throw FILE away.
 */
#ifndef LIFECYCLE_RUNTIME_LOG_H
#define LIFECYCLE_RUNTIME_LOG_H

#include <stddef.h>
#include <stdint.h>

struct runtime_log {
	const char *path; /* NULL if the engine named none */
	const char *format;
};

void runtime_log_warning(const struct runtime_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void runtime_log_error(const struct runtime_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* How long the file is now: what comes after is of the next command. */
int64_t runtime_log_length(const struct runtime_log *log);

/* The message of the last error after that place, or if none is marked as one the last line; "" if there is none. */
void runtime_log_last_error(
	const struct runtime_log *log, int64_t place, char *buffer, size_t size);

#endif
