/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crun sends a hook's stderr to /dev/null, and syslog() may block and reads the environment: so a line goes to
 * stderr, and one datagram to the system's log, and nothing is waited for.
 */
#include "hook.h"
#include "line.h"

void log_line(const struct hook *hook, const char *message, int64_t deadline)
{
	line_to_stderr(hook->name, message, deadline);
	line_to_system_log(LINE_ERROR, hook->name, message);
}
