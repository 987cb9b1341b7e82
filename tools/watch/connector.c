/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/connector.h"
#include "base/error.h"

#include <errno.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP_OF_PROCESSES 1

/* Some 4,000 events: what a busy machine has to tell while others run in our place. */
#define BUFFER_SIZE (4 * 1024 * 1024)

/* Where nobody answers within this, nobody will: from another namespace the kernel takes the request, and drops it. */
#define ANSWER_MS 500

#define MESSAGE_SIZE 256
#define AT_ONCE      32

/* ---- opening ---- */

static int set_up(int fd)
{
	const struct sock_fprog filter = { KERNEL_EVENT_FILTER_LENGTH,
		(struct sock_filter *)(uintptr_t)kernel_event_filter };
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK,
		.nl_groups = GROUP_OF_PROCESSES };
	const int size = BUFFER_SIZE;

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0)
		return -1;
	/* what this user may not force is asked for: less of it is no fault */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return bind(fd, (const struct sockaddr *)(const void *)&address, sizeof(address));
}

static int ask(int fd, bool masked, uint32_t mark)
{
	unsigned char request[KERNEL_EVENT_REQUEST_SIZE];
	size_t length = kernel_event_request(masked, mark, request);

	return send(fd, request, length, 0) == (ssize_t)length ? 0 : -1;
}

/*
 * Who listens to all of a busy machine may find the answer behind other events, and behind answers to others: in another pid
 * namespace those come, none of ours does, and no pid that is told means what it means here.
 */
static int await_answer(int fd, uint32_t mark)
{
	struct pollfd file = { .fd = fd, .events = POLLIN };
	int64_t end = lifecycle_monotonic_now() + ANSWER_MS * INT64_C(1000000);
	char message[MESSAGE_SIZE];
	struct kernel_event event;
	ssize_t length;

	while (lifecycle_monotonic_now() < end) {
		if (poll(&file, 1, ANSWER_MS) <= 0)
			break;
		length = recv(fd, message, sizeof(message), MSG_DONTWAIT);
		if (length < 0 || !kernel_event_parse(message, (size_t)length, &event) ||
			event.kind != KERNEL_EVENT_ANSWER || event.mark != mark)
			continue;
		errno = event.fault;
		return event.fault == 0 ? 0 : -1;
	}
	errno = ETIMEDOUT;
	return -1;
}

/* Kernels before 6.6 know only the request without a mask; those after it want that one first. */
int connector_open(int *ret_fd, struct lifecycle_error *error)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR);
	const uint32_t mark = (uint32_t)lifecycle_monotonic_now();
	int reason;

	if (fd >= 0 && set_up(fd) == 0 && ask(fd, false, mark) == 0 &&
		await_answer(fd, mark) == 0 && ask(fd, true, mark) == 0) {
		*ret_fd = fd;
		return 0;
	}
	reason = errno;
	if (fd >= 0)
		(void)close(fd);
	return error_errno(error, reason, "the kernel does not tell of processes here");
}

/* ---- reading ---- */

static bool is_of_kernel(const struct sockaddr_nl *sender)
{
	return sender->nl_pid == 0;
}

/* How many messages there were; -1 if there are no more, or they were lost. */
static int read_some(int fd, struct connector_batch *batch)
{
	char messages[AT_ONCE][MESSAGE_SIZE];
	struct sockaddr_nl senders[AT_ONCE];
	struct iovec places[AT_ONCE];
	struct mmsghdr headers[AT_ONCE];
	int count;

	for (int i = 0; i < AT_ONCE; i++) {
		places[i].iov_base = messages[i];
		places[i].iov_len = sizeof(messages[i]);
		headers[i].msg_hdr = (struct msghdr){ .msg_name = &senders[i],
			.msg_namelen = sizeof(senders[i]),
			.msg_iov = &places[i],
			.msg_iovlen = 1 };
	}
	count = recvmmsg(fd, headers, AT_ONCE, MSG_DONTWAIT, NULL);
	for (int i = 0; i < count; i++)
		if (is_of_kernel(&senders[i]) && kernel_event_parse(messages[i], headers[i].msg_len,
							 &batch->events[batch->count]))
			batch->count++;
	return count;
}

int connector_read(int fd, struct connector_batch *batch, struct lifecycle_error *error)
{
	const size_t room = sizeof(batch->events) / sizeof(batch->events[0]);

	batch->count = 0;
	batch->lost = false;
	batch->empty = false;
	while (!batch->empty && room - batch->count >= AT_ONCE) {
		if (read_some(fd, batch) >= 0)
			continue;
		if (errno == ENOBUFS)
			batch->lost = true;
		else if (errno == EAGAIN)
			batch->empty = true;
		else if (errno != EINTR)
			return error_errno(error, errno, "the kernel tells of processes no more");
	}
	return 0;
}
