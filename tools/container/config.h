/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: an OCI configuration, config.json, as JSON. jansson's integers end at 2^63: a larger one, such as an rlimit of
 * 18446744073709551615, is a string here, and a number again in the text.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "container/hold.h"
#include "libstate.h"

#include <jansson.h>

/* A container's process that is not said by a bundle: what `runc spec` gives, with no more rights than it needs. */
json_t *config_default(struct lifecycle_error *error);

/* The config.json in `bundle`; the root file system's path and those of bind mounts become absolute. */
int config_load(const char *bundle, json_t **ret_config, struct lifecycle_error *error);

/* The same of a container. */
int config_load_held(int directory, json_t **ret_config, struct lifecycle_error *error);

struct config_change {
	const char *rootfs;         /* absolute; NULL: as it is */
	const char *const *command; /* NULL-terminated; NULL or empty: as it is */
	const char *const
		*environment; /* K=V, or K for the caller's value; NULL-terminated, or NULL */
	const char *hostname; /* NULL: as it is */
	json_t *mounts;       /* an array of OCI's mounts, to be added; NULL for none */
};

/* What does not need a terminal, and runs what was asked for. */
int config_change(
	json_t *config, const struct config_change *change, struct lifecycle_error *error);

/* Writes it as the container's config.json, with our hooks in it, in one step. */
int config_save(const json_t *config, const struct place *place, const struct hold *hold,
	struct lifecycle_error *error);

#endif
