/* SPDX-License-Identifier: Apache-2.0 */
/* options: the command line of a hook. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/defaults.h"
#include "hook.h"

#include <stdio.h>

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
	const char *name_annotations[DEFAULTS_MAX_KEYS + 1];
	const char *annotations[DEFAULTS_MAX_KEYS + 1];
	const char *argv0;
	int64_t index;  /* unknown if it is not given */
	char **command; /* its path and its arguments, NULL if there is none */
};

/* Prints nothing: nothing is known of stderr yet. */
void options_parse(const struct hook *hook, int argc, char **argv, struct options *ret);
void options_print_help(const struct hook *hook, FILE *stream);

#endif
