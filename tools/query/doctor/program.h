/* SPDX-License-Identifier: Apache-2.0 */
/* program: one of our programs at a path that somebody's configuration names: whether it is there, and is of this version. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "query/doctor/report.h"

enum program_state {
	PROGRAM_WELL,
	PROGRAM_MISSING,
	PROGRAM_NOT_EXECUTABLE,
	PROGRAM_OTHER_VERSION,
	PROGRAM_SILENT, /* it does not tell its version */
};

struct program {
	enum program_state state;
	const char *version; /* NULL if that is not known */
};

/* `option` makes it print its version. Only a program that only root, or its owner who asks, can change is run. */
struct program program_look(struct report *report, const char *path, const char *option);

/* The same of lifecycle-runtime, or of a script that calls it. */
struct program program_look_at_runtime(struct report *report, const char *path);

/* Whether the path names lifecycle-runtime, by its name, or as a script that speaks of it. */
bool program_is_runtime(const char *path);

/* Says what is wrong with it, as a check, and what puts it right; nothing for PROGRAM_WELL. `context` comes before. */
void program_report(struct report *report, const char *what, const char *context, const char *path,
	struct program program);

/* Reads a file, up to a megabyte, if it is a regular one: free() it. NULL with errno set. */
char *program_read_file(const char *path);

#endif
