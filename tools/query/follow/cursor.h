/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor: up to when a store's changes have been told, so that another run can go on there. It is a text that is printed
 * and given back. It holds no list of events: what was written later is told again, whole, and each event has its ID.
 */
#ifndef CURSOR_H
#define CURSOR_H

#include "libstate.h"

#include <stdbool.h>

#define CURSOR_SIZE 128

/*
 * What counts is when a record was written, which is its file's time of change, and not when an event was: an event may
 * be recorded long after others that were later. That time is the real clock's, which may be set: so a cursor also has
 * the boot that it is of, and how far this clock was from the one that nobody sets.
 */
struct cursor {
	char boot_id[LIFECYCLE_INSTANCE_SIZE];
	int64_t until;  /* all that was written by then has been told; 0: nothing has */
	int64_t offset; /* of the real clock from the time since the boot */
};

/* Everything is yet to be told. */
#define CURSOR_NOTHING                                                                             \
	{                                                                                          \
		.boot_id = "", .until = 0                                                          \
	}

/* As of now. */
void cursor_now(const char *boot_id, struct cursor *ret);

const char *cursor_format(const struct cursor *cursor, char buffer[CURSOR_SIZE]);
int cursor_parse(const char *text, struct cursor *ret, struct lifecycle_error *error);

/*
 * Records that were written at this time or later are to be told whole, by who goes on at the cursor: INT64_MIN, all of
 * them, if the host was booted or its clock was set since.
 */
int64_t cursor_goes_on_at(const struct cursor *cursor, const struct cursor *now);

#endif
