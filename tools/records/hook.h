/* SPDX-License-Identifier: Apache-2.0 */
/* hook: what a wrapped hook is called, and how long it took, or has taken by now. */
#ifndef HOOK_H
#define HOOK_H

#include "cli/cli.h"
#include "records/view.h"

enum hook_progress {
	HOOK_ALONE,   /* ours, which wrapped none: it has no length */
	HOOK_BACK,    /* it came back */
	HOOK_AT_WORK, /* not back yet: its length is until now */
	HOOK_LOST, /* it did not come back: its length is until what is known next, so at least that long */
};

/*
 * How far a hook of the record has come, and its length; unknown for HOOK_LOST if nothing is known to have come after it.
 * At work is only the last hook of a container that lives: a runtime calls one hook after the other.
 */
enum hook_progress hook_progress(
	const struct view *view, size_t index, int64_t now, int64_t *ret_length);

/* What is known to have gone wrong with it; NULL for nothing. */
const struct lifecycle_failure *hook_failure(
	const struct view *view, const struct lifecycle_hook *hook);

/* The program: the path, or argv[0] where the path leads through a process, as that of Docker's own hook does. */
const char *hook_program(const char *command, const char *const *argv);

/* "nvidia-cdi-hook chmod --mode 755 (hook 2)", as a shell would take the words; NULL if memory is out, or there was no
 * command. free() it. */
char *hook_command_line(const char *command, const char *const *argv, int64_t index);

/* Of the arguments that the record has, the one of that number; NULL for none. */
const char *hook_argument(const struct lifecycle_hook *hook, const char *number);
bool hook_has_same_arguments(const struct lifecycle_hook *one, const struct lifecycle_hook *other,
	const struct cli_values *numbers);

#endif
