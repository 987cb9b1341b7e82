/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI runtime's command line, read by one that does not know which runtime it is for. Pure.
 *
 * [--lifecycle-* options and the runtime's global options] COMMAND [options] ID
 *
 * The command is the first word that names one and is not an option's value. Of options whose value is a word of
 * its own, those of the known runtimes are in a table. Of others nothing is known: the word after one is its
 * value unless it names a command; and if after that word another command stands where one may stand, the line can
 * be read in two ways: it is RUNTIME_UNCLEAR, and left to the runtime as it is.
 */
#ifndef LIFECYCLE_RUNTIME_ARGS_H
#define LIFECYCLE_RUNTIME_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum runtime_command {
	RUNTIME_OTHER = 0,
	RUNTIME_CREATE,
	RUNTIME_RUN,
	RUNTIME_START,
	RUNTIME_UNCLEAR,
};

struct runtime_args {
	/* ours */
	const char *runtime;
	const char *root;
	const char *hooks_dir;
	const char *exit_dir;
	bool wrap;
	bool help;
	bool version;
	/* the runtime's, as far as they concern us; NULL if not there */
	enum runtime_command command;
	const char *log; /* the file that it names */
	const char *log_format;
	const char *bundle;
	const char *config; /* another file than config.json */
	const char *pid_file;
	const char *id;
};

/*
 * Takes our own options out of `argv`, which stays NULL-terminated, and reads the rest. -1 with a reason in
 * *ret_why, and the word that it is about in *ret_word, if an option of ours is wrong; the rest is read all the same,
 * because it has the log that the reason is to be told to.
 */
int runtime_args_read(
	char **argv, struct runtime_args *ret_args, const char **ret_why, const char **ret_word);

#endif
