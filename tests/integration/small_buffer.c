/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: a socket gets the smallest receive buffer that there is, whatever was asked for. */
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	static const int least = 1;

	if (level == SOL_SOCKET && (name == SO_RCVBUF || name == SO_RCVBUFFORCE))
		return (int)syscall(SYS_setsockopt, fd, level, SO_RCVBUF, &least, sizeof(least));
	return (int)syscall(SYS_setsockopt, fd, level, name, value, length);
}
