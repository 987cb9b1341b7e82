/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to the engine, and what the runtime said to it.
 *
 * An engine gives a runtime `--log FILE --log-format json` and shows the last error in FILE to its user; the
 * runtime's stderr may be the container's by then. Therefore a line goes to FILE; to stderr if there is no FILE, or if
 * nothing will be started any more; and to the system's log, because engines delete FILE.
 */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>
#include <stdint.h>

struct runtime_log {
	const char *container_id; /* NULL if the command names none */
	const char *path;         /* NULL if the engine named none */
	const char *format;
};

void runtime_log_warning(const struct runtime_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void runtime_log_error(const struct runtime_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* How long the file is now: what is written after this place is the next command's. */
int64_t runtime_log_length(const struct runtime_log *log);

/*
 * The message of the last error after `place`, in a log of JSON objects that may each be on more than one line; without
 * an error the last line of text. What has no letter in it is no message; "" if there is none.
 */
void runtime_log_last_error(
	const struct runtime_log *log, int64_t place, char *buffer, size_t size);

#endif
