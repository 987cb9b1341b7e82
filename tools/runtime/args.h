/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI runtime's command line, read by one that does not know which runtime it is for. Pure.
 *
 * [--lifecycle-* options and the runtime's global options] COMMAND [options] ID
 *
 * The command is the first word that names a command and is not an option's value. A table has the options of the known
 * runtimes whose value is a word of its own. The word after an option that is not in the table is the option's
 * value, unless the word names a command. If then another command's name follows where a command may stand, the line
 * can be read in two ways: it is RUNTIME_UNCLEAR, and left to the runtime as it is. So is a line of ours (create, run,
 * start, restore) whose options are unclear; one that asks for help is RUNTIME_OTHER.
 */
#ifndef ARGS_H
#define ARGS_H

#include "base/defaults.h"
#include "runtime/locals.h"

#include <stdbool.h>
#include <stddef.h>

enum runtime_command {
	RUNTIME_OTHER = 0,
	RUNTIME_CREATE,
	RUNTIME_RUN,
	RUNTIME_START,
	RUNTIME_RESTORE,
	RUNTIME_UNCLEAR,
};

struct runtime_args {
	/* ours */
	const char *runtime;
	const char *root;
	const char *hooks_dir;
	const char *exit_dir;
	const char *annotations[DEFAULTS_MAX_KEYS + 1]; /* NULL after the last one */
	const char *name_annotations[DEFAULTS_MAX_KEYS + 1];
	bool wrap;
	bool help;
	bool version;
	/* the runtime's, as far as they concern us; NULL if not there */
	enum runtime_command command;
	const char *log; /* the file that it names */
	const char *log_format;
	struct locals local;
};

/*
 * Takes our own options out of `argv`, which stays NULL-terminated, and reads the rest. -1 with a reason in
 * *ret_why, and the word that is wrong in *ret_word, if an option of ours is wrong. The rest is read all the same,
 * because it names the log to which the reason is written.
 */
int runtime_args_read(
	char **argv, struct runtime_args *ret_args, const char **ret_why, const char **ret_word);

#endif
