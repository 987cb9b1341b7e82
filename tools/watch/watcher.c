/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/watcher.h"
#include "base/log_line.h"

#include <stdarg.h>
#include <stdio.h>

#define SAY_NS INT64_C(100000000)

void watcher_say(const char *format, ...)
{
	char line[640];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	log_line_to_stderr("lifecycle-watch", line, lifecycle_monotonic_now() + SAY_NS);
}

void watcher_activate(struct watcher *watcher, struct watched *watched)
{
	if (watched->active)
		return;
	watched->active = true;
	watched->next_active = watcher->active;
	watcher->active = watched;
}
