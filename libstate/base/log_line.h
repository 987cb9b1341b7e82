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

/* What a log that keeps fields is told beside the message; NULL where it is not known. */
struct log_line_context {
	const char *container_id;
	const char *container_name;
	const char *hook; /* the specification's name of its point */
};

/*
 * The same to the system's log, if there is one that takes it at once: to journald with the fields that Docker's and podman's
 * own lines have there (CONTAINER_ID, CONTAINER_ID_FULL, CONTAINER_NAME) and OCI_HOOK; else as one line to /dev/log.
 */
void log_line_to_system(enum log_line_severity severity, const char *name, const char *message,
	const struct log_line_context *context);

#endif
