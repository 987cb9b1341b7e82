/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a hook share. Each hook is a point and a name; all else is in the runner. */
#ifndef HOOK_H
#define HOOK_H

#include "libstate.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

struct hook {
	const char *name; /* of the program */
	enum lifecycle_point point;
};

/* All of a hook but its main: returns the exit status. */
int hook_run(const struct hook *hook, int argc, char **argv);

/* ---- options.c: the command line ---- */

#define MAX_ANNOTATIONS 8

enum request {
	REQUEST_HOOK,
	REQUEST_HELP,
	REQUEST_VERSION,
	REQUEST_USAGE_ERROR,
};

struct options {
	enum request request;
	char problem[160]; /* with REQUEST_USAGE_ERROR */
	const char *root;  /* NULL for the default */
	int64_t timeout_ns;
	bool strict;
	bool remove;
	const char *exit_dir;
	int64_t retention_ns;
	const char *name_annotations[MAX_ANNOTATIONS + 1];
	const char *annotations[MAX_ANNOTATIONS + 1];
	const char *argv0;
	char **command; /* its path and its arguments, NULL if there is none */
};

/* Prints nothing: nothing is known of stderr yet. */
void options_parse(const struct hook *hook, int argc, char **argv, struct options *ret);
void options_print_help(const struct hook *hook, FILE *stream);

/* ---- startup.c: a known state to run in, whatever the runtime left us ---- */

#define LIMIT_COUNT  7
#define SIGNAL_COUNT 3

/* What a wrapped command must find as the runtime left it. */
struct inherited {
	sigset_t blocked;
	struct sigaction actions[SIGNAL_COUNT];
	struct rlimit limits[LIMIT_COUNT];
	bool limited[LIMIT_COUNT]; /* and that is known */
	mode_t mask;
	int cwd; /* -1 if it could not be opened */
	char **environment;
};

void startup(struct inherited *ret);
void startup_undo(const struct inherited *inherited);

/* ---- input.c: what the runtime writes to our stdin ---- */

enum input_end {
	INPUT_WHOLE,
	INPUT_LATE, /* the deadline passed first: what has come is there, and the rest may be read later */
	INPUT_BROKEN, /* errno says why */
};

struct input {
	size_t limit; /* set by the caller: what is beyond is read and thrown away */
	char *bytes;
	size_t length;
	size_t capacity;
	bool ended;
};

/* Reads to the end of stdin; at least what a pipe can hold, even if the deadline has passed. */
enum input_end input_read(struct input *input, int64_t deadline);
void input_free(struct input *input);

/* ---- command.c: another hook, run in our place ---- */

#define STDERR_TAIL 4096

struct command_end {
	int status; /* what our exit status is to be */
	struct lifecycle_outcome outcome;
	char tail[STDERR_TAIL]; /* what outcome.stderr_text points to */
};

/* Runs it to its end, with the whole of stdin, its stderr passed on. */
void command_run(const struct hook *hook, const struct options *options,
	const struct inherited *inherited, struct input *input, struct command_end *ret);

/* ---- log.c: one line, where somebody may see it ---- */

void log_line(const struct hook *hook, const char *message, int64_t deadline);

#endif
