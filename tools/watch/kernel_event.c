/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/kernel_event.h"

#include <linux/netlink.h>
#include <string.h>

/*
 * A message, as <linux/connector.h> and <linux/cn_proc.h> have it: spelled out, since the kernel's own declaration of an
 * event holds a union of all of them, and what one build's headers say of it is not what another kernel sends.
 */
struct message {
	struct nlmsghdr header;
	uint32_t index;
	uint32_t value;
	uint32_t sequence;
	uint32_t acknowledged;
	uint16_t length;
	uint16_t flags;
};

struct process_event {
	uint32_t what;
	uint32_t cpu;
	uint64_t time;
	uint32_t data[4];
} __attribute__((packed));

#define INDEX_PROCESSES 1
#define VALUE_PROCESSES 1

#define WHAT_NOTHING UINT32_C(0x00000000)
#define WHAT_EXEC    UINT32_C(0x00000002)
#define WHAT_COMM    UINT32_C(0x00000200)
#define WHAT_EXIT    UINT32_C(0x80000000)

#define OPERATION_LISTEN 1

/* ---- what it tells ---- */

static const struct {
	uint32_t what;
	enum kernel_event_kind kind;
} kinds[] = {
	{ WHAT_NOTHING, KERNEL_EVENT_ANSWER },
	{ WHAT_EXEC, KERNEL_EVENT_EXECED },
	{ WHAT_COMM, KERNEL_EVENT_RENAMED },
	{ WHAT_EXIT, KERNEL_EVENT_EXITED },
};

static enum kernel_event_kind kind_of(uint32_t what)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].what == what)
			return kinds[i].kind;
	return KERNEL_EVENT_NONE;
}

/* Of all but the answer the data begins with the thread and the process; an exit's status comes next. */
static bool take(const struct process_event *from, uint32_t mark, struct kernel_event *ret_event)
{
	struct kernel_event event = { .kind = kind_of(from->what), .time = (int64_t)from->time };

	if (event.kind == KERNEL_EVENT_NONE)
		return false;
	if (event.kind == KERNEL_EVENT_ANSWER) {
		event.fault = (int32_t)from->data[0];
		event.mark = mark;
	} else {
		if (from->data[0] != from->data[1])
			return false;
		event.pid = (int32_t)from->data[1];
		if (event.kind == KERNEL_EVENT_EXITED)
			event.status = (int32_t)from->data[2];
	}
	*ret_event = event;
	return true;
}

bool kernel_event_parse(const void *bytes, size_t length, struct kernel_event *ret_event)
{
	struct message message;
	struct process_event event;

	if (length < sizeof(message) + sizeof(event))
		return false;
	memcpy(&message, bytes, sizeof(message));
	memcpy(&event, (const char *)bytes + sizeof(message), sizeof(event));
	if (message.index != INDEX_PROCESSES || message.value != VALUE_PROCESSES ||
		message.length < sizeof(event))
		return false;
	/* the kernel acknowledges with the next number, and has a sequence of its own */
	return take(&event, message.acknowledged - 1, ret_event);
}

/* ---- what is asked of it ---- */

size_t kernel_event_request(
	bool mask, uint32_t mark, unsigned char request[KERNEL_EVENT_REQUEST_SIZE])
{
	const uint32_t words[] = { OPERATION_LISTEN, WHAT_EXEC | WHAT_COMM | WHAT_EXIT };
	struct message message = {
		.index = INDEX_PROCESSES, .value = VALUE_PROCESSES, .acknowledged = mark
	};
	size_t length;

	message.length = (uint16_t)(mask ? sizeof(words) : sizeof(words[0]));
	length = sizeof(message) + message.length;
	message.header.nlmsg_len = (uint32_t)length;
	message.header.nlmsg_type = NLMSG_DONE;
	memcpy(request, &message, sizeof(message));
	memcpy(request + sizeof(message), words, message.length);
	return length;
}

#define AT(member) (sizeof(struct message) + offsetof(struct process_event, member))

/* A filter reads words as the network has them, and an event has them as the host does. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST(word) __builtin_bswap32(word)
#else
#define HOST(word) (word)
#endif
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)

/* The answer passes; exec, comm and exit pass if thread and process are the same. */
const struct sock_filter kernel_event_filter[KERNEL_EVENT_FILTER_LENGTH] = {
	LOAD(AT(what)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HOST(WHAT_NOTHING), 7, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HOST(WHAT_EXEC), 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HOST(WHAT_COMM), 1, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HOST(WHAT_EXIT), 0, 5),
	LOAD(AT(data[0])),
	BPF_STMT(BPF_MISC | BPF_TAX, 0),
	LOAD(AT(data[1])),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
	BPF_STMT(BPF_RET | BPF_K, 0),
};
