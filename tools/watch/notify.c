/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/notify.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A path, or an abstract name if it begins with @. */
static socklen_t address_of(const char *name, struct sockaddr_un *ret_address)
{
	size_t length = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || length >= sizeof(ret_address->sun_path))
		return 0;
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret_address->sun_path, name, length);
	if (name[0] == '@')
		ret_address->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

void notify_send(const char *state)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	socklen_t length = name != NULL ? address_of(name, &address) : 0;
	int fd;

	if (length == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_DONTWAIT | MSG_NOSIGNAL,
		(const struct sockaddr *)(const void *)&address, length);
	(void)close(fd);
}

/* Half of what is allowed, as sd_watchdog_enabled(3) advises. */
int notify_interval(void)
{
	const char *microseconds = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	long long interval;

	if (microseconds == NULL || (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid()))
		return -1;
	interval = strtoll(microseconds, NULL, 10) / 2000;
	if (interval < 1)
		return -1;
	return interval < INT_MAX ? (int)interval : INT_MAX;
}
