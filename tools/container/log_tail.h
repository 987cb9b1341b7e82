/* SPDX-License-Identifier: Apache-2.0 */
/* log_tail: where in conmon's log the last lines begin, found from the file's end. */
#ifndef LOG_TAIL_H
#define LOG_TAIL_H

#include "container/log_part.h"

/* Begins as { .left = the number of lines that are wanted }. */
struct log_tail {
	int64_t left;
	bool seen[LOG_STREAM_NONE];
	bool wanted[LOG_STREAM_NONE];   /* the line that was seen last; it may begin before */
	int64_t start[LOG_STREAM_NONE]; /* where in the file what is wanted of the stream begins */
};

/* Takes the part at this place in the file, the last one first. Pure. */
void log_tail_take(struct log_tail *tail, const struct log_part *part, int64_t at);

/* No part before can be wanted. Pure. */
bool log_tail_is_found(const struct log_tail *tail);

/* Finds out where what is wanted begins; what is behind the last newline is not counted. -1 with errno set. */
int log_tail_find(int file, struct log_tail *tail);

#endif
