/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands after the command: [options] ID, as runc (Go), crun (argp), youki (clap), runsc and kata-runtime read it.
 * Pure.
 *
 * crun takes the beginning of a long option for the whole, and all but Go's take short options in one word, the last
 * one with its value: `--bund=DIR`, `-bDIR`, `-dbDIR`. An option that no runtime is known to take, one whose value is not
 * there, no ID, and anything after the ID, which one runtime reads and another does not, make the line unclear.
 */
#ifndef LOCALS_H
#define LOCALS_H

#include <stdbool.h>

struct locals {
	const char *bundle;
	const char *config; /* another file than config.json */
	const char *pid_file;
	const char *id;
	bool detach;
	bool help;    /* is asked for, and nothing is done */
	bool unclear; /* what is meant: nothing else of this can be relied on */
};

void locals_read(char **words, struct locals *ret_locals);

/* Whether the value of the option at `word` is the next word. */
bool locals_takes_next(const char *word);

#endif
