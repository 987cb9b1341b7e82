/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: what a container has written, as conmon keeps it, printed as the container wrote it, each stream where it belongs: on
 * stdout, on stderr. Of a line of any length no more than a piece is in memory.
 */
#ifndef CONTAINER_LOG_H
#define CONTAINER_LOG_H

#include "libstate.h"

#include <stdbool.h>

struct log_options {
	bool timestamps; /* before each line: when its first part was written */
	int64_t since;   /* only lines that were begun then or later; unknown: all */
	int64_t tail;    /* only so many of the last lines that are there; unknown: all */
};

struct log_reader;

/* The log of the container whose directory is `path`; it need not be there yet. */
int log_open(const char *path, const struct log_options *options, struct log_reader **ret_reader,
	struct lifecycle_error *error);
void log_close(struct log_reader *reader);

/* To be polled for being readable: then there may be more to print. */
int log_fd(const struct log_reader *reader);

/* Prints some of what there is by now, and does not wait for more. Returns 1 if there may be more, 0 if that was all. */
int log_print(struct log_reader *reader, struct lifecycle_error *error);

/* How many lines of the file were none of conmon's, and so were not printed: a write of conmon's was cut short. */
int64_t log_left_out(const struct log_reader *reader);

#endif
