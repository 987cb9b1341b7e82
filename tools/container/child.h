/* SPDX-License-Identifier: Apache-2.0 */
/* child: another program as our child. */
#ifndef CONTAINER_CHILD_H
#define CONTAINER_CHILD_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Where a program is: in PATH, or one of `more` (NULL-terminated, or NULL). free() the path. The error names
 * Debian's package, unless that is NULL. */
int child_find(const char *program, const char *const *more, const char *package, char **ret_path,
	struct lifecycle_error *error);

/* Descriptors of a child; -1: /dev/null. */
struct child_files {
	int in;
	int out;
	int err;
	int extra;   /* its descriptor 3; -1 for none */
	bool gently; /* if we are gone it gets SIGTERM, which a runtime hands on, not SIGKILL */
	bool leads;  /* it leads a process group of its own, which can be ended as a whole */
};

/* Starts argv[0], a path, to die with us unless it forks, with the signals as they are by default and `environment` (K=V, NULL-terminated; NULL for none)
 * added to ours. */
int child_start(const char *const *argv, const char *const *environment,
	const struct child_files *files, pid_t *ret_pid, struct lifecycle_error *error);

/* Waits for its end; a status as waitpid gives it. */
int child_wait(pid_t pid, int *ret_status, struct lifecycle_error *error);

/* Both, with what it says, on stdout and on stderr, in a buffer; cut at the front. "" if it says nothing. */
int child_run(const char *const *argv, char *words, size_t size, int *ret_status,
	struct lifecycle_error *error);

/* The same for what it says on stderr alone. */
int child_run_apart(const char *const *argv, const struct child_files *files, char *words,
	size_t size, int *ret_status, struct lifecycle_error *error);

/* What a child said, cut down to its last line that is not empty. */
void child_keep_last_line(char *words);

#endif
