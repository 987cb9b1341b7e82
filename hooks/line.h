/* SPDX-License-Identifier: Apache-2.0 */
/* line: one line to where somebody may see it, and nothing is waited for longer than told. */
#ifndef LINE_H
#define LINE_H

#include <stdint.h>

/* "NAME: MESSAGE" on stderr, if that takes it before the deadline. */
void line_to_stderr(const char *name, const char *message, int64_t deadline);

enum line_severity {
	LINE_ERROR = 3, /* syslog's numbers */
	LINE_WARNING = 4,
};

/* The same as one datagram to the system's log, if there is one that takes it at once. */
void line_to_system_log(enum line_severity severity, const char *name, const char *message);

#endif
