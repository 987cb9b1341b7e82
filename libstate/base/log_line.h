/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_line: one line to where somebody may see it, and nothing is waited for longer than told. (crun sends a hook's
 * stderr to /dev/null; syslog() may block, and reads the environment.)
 */
#ifndef LOG_LINE_H
#define LOG_LINE_H

#include <stdint.h>

enum log_line_severity {
	LOG_LINE_ERROR = 3, /* syslog's numbers */
	LOG_LINE_WARNING = 4,
};

/* "NAME: MESSAGE" on stderr, if stderr takes it before the deadline. */
void log_line_to_stderr(const char *name, const char *message, int64_t deadline);

/* The same as one datagram to the system's log, if there is a log that takes it at once. */
void log_line_to_system(enum log_line_severity severity, const char *name, const char *message);

#endif
