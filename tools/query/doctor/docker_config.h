/* SPDX-License-Identifier: Apache-2.0 */
/* docker_config: what dockerd's daemon.json says of runtimes. Pure. */
#ifndef DOCKER_CONFIG_H
#define DOCKER_CONFIG_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>

struct docker_runtime {
	char *name;
	char *path;
	char *real; /* what its arguments say with --lifecycle-runtime; NULL for nothing */
	char *root; /* and with --lifecycle-root */
};

struct docker_config {
	char *default_runtime; /* NULL if the file says nothing */
	struct docker_runtime *runtimes;
	size_t count;
	bool is_more_than_one; /* JSON, and after it more JSON: set only if the text could not be read */
};

int docker_config_read(
	const char *text, struct docker_config *ret_config, struct lifecycle_error *error);
void docker_config_free(struct docker_config *config);

#endif
