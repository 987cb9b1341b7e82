/* SPDX-License-Identifier: Apache-2.0 */
#include "log_line.h"
#include "libstate.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_SIZE 1024
#define DAEMON    (3 << 3) /* syslog's facility */

/* As poll() counts, which is in an int. */
static int milliseconds_until(int64_t deadline)
{
	int64_t left = (deadline - lifecycle_monotonic_now()) / 1000000;

	if (left <= 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

/* A pipe that is ready takes 4 KiB (PIPE_BUF) without blocking. */
void log_line_to_stderr(const char *name, const char *message, int64_t deadline)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	char line[LINE_SIZE];

	snprintf(line, sizeof(line) - 1, "%s: %s", name, message);
	strcat(line, "\n");
	if (poll(&ready, 1, milliseconds_until(deadline)) == 1 && (ready.revents & POLLOUT) != 0)
		(void)!write(STDERR_FILENO, line, strlen(line));
}

void log_line_to_system(enum log_line_severity severity, const char *name, const char *message)
{
	static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	char line[LINE_SIZE];

	if (fd < 0)
		return;
	snprintf(line, sizeof(line), "<%d>%s: %s", DAEMON | (int)severity, name, message);
	(void)sendto(fd, line, strlen(line), MSG_NOSIGNAL, (const struct sockaddr *)&address,
		sizeof(address));
	(void)close(fd);
}
