/* SPDX-License-Identifier: Apache-2.0 */
/* ask: what a program answers, within bounded time. */
#ifndef ASK_H
#define ASK_H

#include "query/doctor/report.h"

enum ask_end {
	ASK_ANSWERED,
	ASK_FAILED, /* it could not be run, or its exit status is not 0 */
	ASK_LATE,   /* it had not answered when its time was over; it was ended */
};

struct answer {
	enum ask_end end;
	const char *text;  /* what it wrote to stdout; the report's */
	const char *words; /* why there is no answer: the last line of its stderr, or ours */
};

/* Where a program is that is looked up in PATH, and where administrators' programs are; NULL if it is not there. */
const char *ask_where(struct report *report, const char *program);

/* argv[0] is a path. */
struct answer ask(struct report *report, const char *const *argv);

/* `PATH OPTION`: the version, which is that word of the answer, from 1 on. NULL if it does not tell. */
const char *ask_version(struct report *report, const char *path, const char *option, unsigned word);

#endif
