/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_part: the lines of conmon's log, `TIME stdout|stderr P|F TEXT`. Each has a part of a line of the container's: F the last
 * part of one, P one that goes on. Pure.
 */
#ifndef LOG_PART_H
#define LOG_PART_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>

enum log_stream {
	LOG_STREAM_STDOUT,
	LOG_STREAM_STDERR,
	LOG_STREAM_NONE, /* it is no line of conmon's, but what a write that was cut short has left */
};

/* No TIME, stream and P or F is longer, with the spaces after them. */
#define LOG_PART_HEADER_MAX 64

struct log_part {
	enum log_stream stream;
	int64_t time;
	bool ends; /* and with it the container's line */
	const char *text;
	size_t length;
};

/* The line in `bytes`, without its newline; `text` points into them. */
void log_part_parse(const char *bytes, size_t length, struct log_part *ret_part);

/* ---- forwards: a file that is read piece by piece ---- */

/* Begins as { 0 }. */
struct log_scan {
	struct log_part part; /* the line that goes on */
	bool goes_on;
	int64_t left_out; /* lines that were none of conmon's */
};

/*
 * Takes the first line of `bytes`, and returns how many of them that is. 0: the line is not complete. If `full`, no more of it
 * can be had at once: then what is there of it is taken as a part, and the rest comes as parts of the same stream.
 */
size_t log_scan_take(struct log_scan *scan, const char *bytes, size_t length, bool full,
	struct log_part *ret_part);

#endif
