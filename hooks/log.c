/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crun sends a hook's stderr to /dev/null, and syslog() may block and reads the environment: so a line goes to
 * stderr, and one datagram to the system's log, and nothing is waited for.
 */
#include "hook.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DAEMON_ERROR (3 << 3 | 3) /* syslog's facility and severity */

/* A pipe that is ready takes 4 KiB (PIPE_BUF) without blocking. */
static void write_stderr(const char *line, size_t length, int64_t deadline)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	int64_t left = deadline - lifecycle_monotonic_now();

	if (poll(&ready, 1, left <= 0 ? 0 : (int)(left / 1000000)) == 1 &&
		(ready.revents & POLLOUT) != 0)
		(void)!write(STDERR_FILENO, line, length);
}

static void send_datagram(const char *line)
{
	static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	(void)sendto(fd, line, strlen(line), MSG_NOSIGNAL, (const struct sockaddr *)&address,
		sizeof(address));
	(void)close(fd);
}

void log_line(const struct hook *hook, const char *message, int64_t deadline)
{
	char line[1024];
	int length = snprintf(line, sizeof(line), "%s: %s\n", hook->name, message);

	write_stderr(line, (size_t)length, deadline);
	(void)snprintf(line, sizeof(line), "<%d>%s: %s", DAEMON_ERROR, hook->name, message);
	send_datagram(line);
}
