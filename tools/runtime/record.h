/* SPDX-License-Identifier: Apache-2.0 */
/* Records how a runtime's create, start or restore ended. */
#ifndef RUNTIME_RECORD_H
#define RUNTIME_RECORD_H

#include "libstate.h"

struct runtime_seen {
	enum lifecycle_point point;
	const char *id;
	int64_t began;
	int64_t duration_ns;
	int64_t pid;
	int status;        /* as waitpid gave it */
	const char *words; /* the runtime's own words, "" if there are none */
	const char
		*name; /* of the container, where somebody else than a hook knows it; else NULL */
};

int runtime_record(
	const char *root, const struct runtime_seen *seen, struct lifecycle_error *error);

#endif
