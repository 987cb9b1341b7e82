/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings: what is remembered of a container besides its OCI configuration, as annotations `oci-lifecycle.*` of its
 * config.json. Pure.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "libstate.h"

#include <jansson.h>

#define SETTINGS_NAME_KEY "oci-lifecycle.name"

struct settings {
	const char *name;        /* NULL if it has none */
	const char *runtime;     /* an absolute path */
	json_t *runtime_args;    /* an array of the runtime's global options; NULL for none */
	const char *image;       /* NULL: it was made of a root file system or a bundle */
	const char *stop_signal; /* as kill(1) takes it; NULL: TERM */
	int64_t stop_timeout;    /* nanoseconds; unknown: the default */
	bool remove;             /* when it ends */
	json_t *health; /* as Docker's configuration has it, Test and so on; NULL for none */
};

/* Writes what is known of them into config's annotations. */
int settings_write(json_t *config, const struct settings *settings, struct lifecycle_error *error);

/* The container's settings; texts live as long as `config`, and the values belong to the caller: settings_free(). */
int settings_read(
	const json_t *config, struct settings *ret_settings, struct lifecycle_error *error);
void settings_free(struct settings *settings);

#endif
