/* SPDX-License-Identifier: Apache-2.0 */
/* runtime_call: one call of a container's OCI runtime. */
#ifndef RUNTIME_CALL_H
#define RUNTIME_CALL_H

#include "container/hold.h"
#include "container/settings.h"

/* The options and the command, NULL-terminated, and free() it; the texts are not the array's. `log`, NULL for none, is
 * where the runtime is to write its errors. */
const char **runtime_call_argv(const struct settings *settings, const char *log,
	const char *const *words, struct lifecycle_error *error);

/* The file in the container's directory for what a runtime has to say; free() it. */
int runtime_call_log_path(
	const char *container_path, char **ret_path, struct lifecycle_error *error);

struct runtime_answer {
	int status; /* as waitpid gives it */
	int64_t began;
	int64_t duration_ns;
	char words[1024]; /* the runtime's own, of its failure; one line */
};

/* Calls it and waits. -1: the runtime could not be called at all. */
int runtime_call(const struct settings *settings, const char *container_path,
	const char *const *words, struct runtime_answer *ret_answer, struct lifecycle_error *error);

#endif
