/* SPDX-License-Identifier: Apache-2.0 */
/* What the process connector says, as bytes: read, and let through by the socket filter, alike. */
#include "unit.h"
#include "watch/kernel_event.h"

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_SIZE (sizeof(struct nlmsghdr) + sizeof(struct cn_msg))
#define SIZE        (HEADER_SIZE + sizeof(struct proc_event))

struct bytes {
	_Alignas(8) unsigned char at[SIZE];
	size_t length;
};

/* As the kernel makes one: the headers' own structures. */
static struct bytes message(uint32_t what, int thread, int process, int status)
{
	struct bytes bytes = { .length = SIZE };
	struct nlmsghdr header = { .nlmsg_len = SIZE, .nlmsg_type = NLMSG_DONE };
	struct cn_msg connector = {
		.id = { CN_IDX_PROC, CN_VAL_PROC }, .ack = 78, .len = sizeof(struct proc_event)
	};
	struct proc_event event = { .timestamp_ns = 5000000007 };

	memcpy(&event.what, &what, sizeof(what));
	event.event_data.exit.process_pid = thread;
	event.event_data.exit.process_tgid = process;
	event.event_data.exit.exit_code = (unsigned int)status;
	memcpy(bytes.at, &header, sizeof(header));
	memcpy(bytes.at + sizeof(header), &connector, sizeof(connector));
	memcpy(bytes.at + HEADER_SIZE, &event, sizeof(event));
	return bytes;
}

static const struct {
	uint32_t what;
	int thread, process, status;
	enum kernel_event_kind kind;
} cases[] = {
	{ 0x00000002, 100, 100, 0, KERNEL_EVENT_EXECED },
	{ 0x00000200, 100, 100, 0, KERNEL_EVENT_RENAMED },
	{ 0x80000000, 100, 100, 0x300, KERNEL_EVENT_EXITED },
	{ 0x80000000, 4194303, 4194303, 137, KERNEL_EVENT_EXITED },
	/* another thread than the first */
	{ 0x00000002, 101, 100, 0, KERNEL_EVENT_NONE },
	{ 0x00000200, 101, 100, 0, KERNEL_EVENT_NONE },
	{ 0x80000000, 101, 100, 0x300, KERNEL_EVENT_NONE },
	/* fork, uid, coredump */
	{ 0x00000001, 100, 100, 0, KERNEL_EVENT_NONE },
	{ 0x00000004, 100, 100, 0, KERNEL_EVENT_NONE },
	{ 0x40000000, 100, 100, 0, KERNEL_EVENT_NONE },
	/* the answer to a request: no fault, EPERM */
	{ 0x00000000, 0, 0, 0, KERNEL_EVENT_ANSWER },
	{ 0x00000000, 1, 0, 0, KERNEL_EVENT_ANSWER },
};

START_TEST(test_parse)
{
	struct bytes bytes =
		message(cases[_i].what, cases[_i].thread, cases[_i].process, cases[_i].status);
	struct kernel_event event = { .kind = KERNEL_EVENT_NONE };
	bool known = kernel_event_parse(bytes.at, bytes.length, &event);

	ck_assert_int_eq(known, cases[_i].kind != KERNEL_EVENT_NONE);
	ck_assert_int_eq(event.kind, cases[_i].kind);
	if (!known)
		return;
	ck_assert_int_eq(event.time, 5000000007);
	if (event.kind == KERNEL_EVENT_ANSWER) {
		ck_assert_int_eq(event.fault, cases[_i].thread);
		ck_assert_uint_eq(event.mark, 77);
		return;
	}
	ck_assert_int_eq(event.pid, cases[_i].process);
	ck_assert_int_eq(event.status, cases[_i].status);
}
END_TEST

/* The kernel runs the filter on any socket's messages. */
START_TEST(test_filter)
{
	const struct sock_fprog filter = { KERNEL_EVENT_FILTER_LENGTH,
		(struct sock_filter *)(uintptr_t)kernel_event_filter };
	struct bytes bytes =
		message(cases[_i].what, cases[_i].thread, cases[_i].process, cases[_i].status);
	unsigned char received[SIZE + 1];
	ssize_t expected = cases[_i].kind != KERNEL_EVENT_NONE ? (ssize_t)bytes.length : -1;
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
	ck_assert_int_eq(
		setsockopt(ends[0], SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)), 0);
	(void)send(ends[1], bytes.at, bytes.length, 0);
	ck_assert_int_eq(recv(ends[0], received, sizeof(received), 0), expected);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(test_what_is_no_message)
{
	struct bytes bytes = message(0x80000000, 100, 100, 0);
	const uint32_t other = 7;
	struct kernel_event event;

	for (size_t length = 0; length < HEADER_SIZE + 32; length++)
		ck_assert(!kernel_event_parse(bytes.at, length, &event));
	memcpy(bytes.at + sizeof(struct nlmsghdr), &other, sizeof(other));
	ck_assert(!kernel_event_parse(bytes.at, bytes.length, &event));
}
END_TEST

START_TEST(test_request)
{
	unsigned char request[KERNEL_EVENT_REQUEST_SIZE];
	struct nlmsghdr header;
	struct cn_msg connector;
	uint32_t words[2];

	ck_assert_uint_eq(kernel_event_request(false, 7, request), HEADER_SIZE + 4);
	ck_assert_uint_eq(kernel_event_request(true, 7, request), HEADER_SIZE + 8);
	memcpy(&header, request, sizeof(header));
	memcpy(&connector, request + sizeof(header), sizeof(connector));
	memcpy(words, request + HEADER_SIZE, sizeof(words));
	ck_assert_uint_eq(header.nlmsg_len, HEADER_SIZE + 8);
	ck_assert_uint_eq(connector.len, 8);
	ck_assert_uint_eq(connector.id.idx, CN_IDX_PROC);
	ck_assert_uint_eq(connector.ack, 7);
	ck_assert_uint_eq(words[0], PROC_CN_MCAST_LISTEN);
	ck_assert_uint_eq(words[1], 0x80000202);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("kernel_event");
	TCase *tcase = tcase_create("kernel_event");

	tcase_add_loop_test(tcase, test_parse, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_filter, 0, COUNT(cases));
	tcase_add_test(tcase, test_what_is_no_message);
	tcase_add_test(tcase, test_request);
	suite_add_tcase(suite, tcase);
	return suite;
}
