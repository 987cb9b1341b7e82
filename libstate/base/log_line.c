/* SPDX-License-Identifier: Apache-2.0 */
#include "log_line.h"
#include "io.h"

#include <endian.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_SIZE 1024
#define FACILITY  3 /* syslog's "daemon" */

/* In journald's datagram: a message, two IDs of at most 255 bytes, a name, and what is short. */
#define DATAGRAM_SIZE 4096

#define SHORT_ID_LENGTH 12 /* as Docker and podman cut an ID */

/* Asked where poll() may not be, or may look at no descriptor, for not one more can be opened. */
static bool is_ready_to_select(int64_t deadline)
{
	int left = io_poll_timeout(deadline);
	struct timeval time = { left / 1000, left % 1000 * 1000 };
	fd_set files;

	FD_ZERO(&files);
	FD_SET(STDERR_FILENO, &files);
	return select(STDERR_FILENO + 1, NULL, &files, NULL, &time) == 1;
}

static bool is_ready(int64_t deadline)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	int count = poll(&ready, 1, io_poll_timeout(deadline));

	if (count < 0)
		return is_ready_to_select(deadline);
	return count == 1 && (ready.revents & POLLOUT) != 0;
}

/* A pipe that is ready takes 4 KiB (PIPE_BUF) without blocking. */
void log_line_to_stderr(const char *name, const char *message, int64_t deadline)
{
	char line[LINE_SIZE];

	snprintf(line, sizeof(line) - 1, "%s: %s", name, message);
	strcat(line, "\n");
	if (is_ready(deadline))
		(void)!write(STDERR_FILENO, line, strlen(line));
}

/* ---- the system's log ---- */

struct datagram {
	size_t length;
	char bytes[DATAGRAM_SIZE];
};

static void add(struct datagram *datagram, const void *bytes, size_t length)
{
	memcpy(datagram->bytes + datagram->length, bytes, length);
	datagram->length += length;
}

/* With its length before it, so that no byte of a value can begin another field. What has no room is left out. */
static void add_field(struct datagram *datagram, const char *field, const char *value, size_t most)
{
	size_t length = value != NULL ? strnlen(value, most) : 0;
	uint64_t counted = htole64(length);

	if (length == 0 || sizeof(datagram->bytes) - datagram->length <
				   strlen(field) + sizeof(counted) + length + 2)
		return;
	add(datagram, field, strlen(field));
	add(datagram, "\n", 1);
	add(datagram, &counted, sizeof(counted));
	add(datagram, value, length);
	add(datagram, "\n", 1);
}

static void make_fields(struct datagram *datagram, enum log_line_severity severity,
	const char *name, const char *message, const struct log_line_context *context)
{
	const char priority[] = { (char)('0' + (int)severity), '\0' };
	const char facility[] = { '0' + FACILITY, '\0' };

	datagram->length = 0;
	add_field(datagram, "MESSAGE", message, LINE_SIZE);
	add_field(datagram, "PRIORITY", priority, 1);
	add_field(datagram, "SYSLOG_FACILITY", facility, 1);
	add_field(datagram, "SYSLOG_IDENTIFIER", name, LINE_SIZE);
	add_field(datagram, "CONTAINER_ID", context->container_id, SHORT_ID_LENGTH);
	add_field(datagram, "CONTAINER_ID_FULL", context->container_id, LINE_SIZE);
	add_field(datagram, "OCI_HOOK", context->hook, LINE_SIZE);
	add_field(datagram, "CONTAINER_NAME", context->container_name, LINE_SIZE);
}

static bool send_to(int fd, const char *path, const char *bytes, size_t length)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, path);
	return sendto(fd, bytes, length, MSG_NOSIGNAL, (const struct sockaddr *)&address,
		       sizeof(address)) == (ssize_t)length;
}

void log_line_to_system(enum log_line_severity severity, const char *name, const char *message,
	const struct log_line_context *context)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct datagram datagram;
	char line[LINE_SIZE];

	if (fd < 0)
		return;
	make_fields(&datagram, severity, name, message, context);
	if (!send_to(fd, "/run/systemd/journal/socket", datagram.bytes, datagram.length)) {
		snprintf(line, sizeof(line), "<%d>%s: %s", FACILITY << 3 | (int)severity, name,
			message);
		(void)send_to(fd, "/dev/log", line, strlen(line));
	}
	(void)close(fd);
}
