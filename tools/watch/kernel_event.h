/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_event: what the process connector tells, as values; the bytes of its messages are known here alone. Pure. */
#ifndef KERNEL_EVENT_H
#define KERNEL_EVENT_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kernel_event_kind {
	KERNEL_EVENT_NONE = 0,
	KERNEL_EVENT_ANSWER,  /* the connector heard us */
	KERNEL_EVENT_EXECED,  /* the process became another program */
	KERNEL_EVENT_RENAMED, /* it gave itself another name */
	KERNEL_EVENT_EXITED, /* its first thread ended, and with it the process if that was the last one */
};

struct kernel_event {
	enum kernel_event_kind kind;
	int32_t pid;
	int32_t status; /* of EXITED, as waitpid() has it */
	int32_t fault;  /* of ANSWER: 0, or an errno */
	uint32_t mark;  /* of ANSWER: the request's; who listens gets others' answers, too */
	int64_t time;   /* on CLOCK_MONOTONIC */
};

/* Reads one message; false if it is none of these, or of a thread that is not the first. */
bool kernel_event_parse(const void *message, size_t length, struct kernel_event *ret_event);

/*
 * A request to be told of these events, as one message, whose answer bears `mark`. With `mask`, which Linux takes from
 * 6.6 on, of no others.
 */
#define KERNEL_EVENT_REQUEST_SIZE 64
size_t kernel_event_request(
	bool mask, uint32_t mark, unsigned char request[KERNEL_EVENT_REQUEST_SIZE]);

/* A socket filter that lets the same messages pass that kernel_event_parse() takes. */
#define KERNEL_EVENT_FILTER_LENGTH 11
extern const struct sock_filter kernel_event_filter[KERNEL_EVENT_FILTER_LENGTH];

#endif
