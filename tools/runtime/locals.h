/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands after the command: [options] ID, as runc (Go), crun (argp), youki (clap), runsc and kata-runtime read it.
 * Pure.
 *
 * crun takes the beginning of a long option for the whole, and all but Go's take short options in one word, the last
 * one with its value: `--bund=DIR`, `-bDIR`, `-dbDIR`. A word that may hold a bundle's option, but with letters that no
 * runtime is known to take, makes the bundle unclear.
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
	bool unclear; /* which bundle, or which file of it, is meant */
};

void locals_read(char **words, struct locals *ret_locals);

/* Whether the value of the option at `word` is the next word. */
bool locals_takes_next(const char *word);

#endif
