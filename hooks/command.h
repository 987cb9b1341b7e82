/* SPDX-License-Identifier: Apache-2.0 */
/* command: another hook, run in our place. */
#ifndef COMMAND_H
#define COMMAND_H

#include "hook.h"
#include "input.h"
#include "options.h"
#include "startup.h"

struct command_end {
	int status; /* what our exit status is to be */
	struct lifecycle_outcome outcome;
	char tail[DEFAULTS_TEXT_LIMIT]; /* what outcome.stderr_text points to */
};

/* Runs the command to its end: it gets the whole of stdin, and its stderr is passed on. */
void command_run(const struct hook *hook, const struct options *options,
	const struct startup *startup, struct input *input, struct command_end *ret);

#endif
