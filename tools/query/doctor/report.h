/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: what doctor has found: subjects (an engine, the store), the checks of each, and the lines that put right what is
 * wrong. Texts live in the report's own pool; if memory is out, that is remembered, and report_print() says so.
 */
#ifndef REPORT_H
#define REPORT_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum report_state {
	REPORT_WELL,
	REPORT_NOTE,    /* good to know; no fault */
	REPORT_UNKNOWN, /* not to be found out, which is not well */
	REPORT_WRONG,
};

/* Whether an engine's containers are recorded. */
enum report_recorded {
	REPORT_RECORDED_NONE, /* the subject has no containers */
	REPORT_RECORDED_YES,
	REPORT_RECORDED_SOME,
	REPORT_RECORDED_PARTLY, /* all of them, but not their whole lives */
	REPORT_RECORDED_NO,
	REPORT_RECORDED_UNKNOWN,
};

struct report_check {
	enum report_state state;
	const char *what;
	const char *text;
	const char *cure; /* lines of a shell, each with its end; "" for none */
};

struct report_subject {
	const char *name;
	const char *version; /* NULL if that is not known, or there is none */
	const char *path;    /* NULL for none */
	bool is_absent;
	enum report_recorded recorded;
	struct report_check *checks;
	size_t count;
};

struct report {
	struct report_subject *subjects;
	size_t count;
	char **pool;
	size_t pool_count;
	const char *late; /* the program that last did not answer in time: it is not asked again */
	bool no_memory;
};

void report_free(struct report *report);

/* A text that lives as long as the report; "" if memory is out. */
const char *report_text(struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The text as one word of a shell's. */
const char *report_word(struct report *report, const char *text);
/* The list's texts with what stands between them. */
const char *report_joined(
	struct report *report, const char *const *texts, size_t count, const char *between);

/* What follows is about this one. `name` is the caller's. */
void report_begin(struct report *report, const char *name);
void report_absent(struct report *report);
/* Each may be NULL. Of the version the first line is kept. */
void report_found(struct report *report, const char *version, const char *path);
void report_recorded(struct report *report, enum report_recorded recorded);

/* A check of the subject; `what` is the caller's. */
void report_check(struct report *report, enum report_state state, const char *what,
	const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A line that is a part of what puts the last check right. */
void report_cure(struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Nothing is wrong, and nothing unknown. */
bool report_is_well(const struct report *report);

#endif
