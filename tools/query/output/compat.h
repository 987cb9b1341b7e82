/* SPDX-License-Identifier: Apache-2.0 */
/* compat: a view in the shape that other systems have for the same thing. Pure, but for the freezer. */
#ifndef COMPAT_H
#define COMPAT_H

#include "records/view.h"

#include <jansson.h>

/* The object of `docker inspect`. What is unknown has the value that Docker has for unknown, or null. */
int compat_docker(const struct view *view, json_t **ret_object, struct lifecycle_error *error);

/* The runtime specification's state: what is unknown is not there. */
int compat_oci(const struct view *view, json_t **ret_object, struct lifecycle_error *error);

/* Every key that such a state can have, with null. */
int compat_oci_known(json_t **ret_known, struct lifecycle_error *error);

/* What `docker ps` and `podman ps` call otherwise than a row does: names, state, running_for (since its creation). */
int compat_ps(
	const struct view *view, int64_t now, json_t **ret_object, struct lifecycle_error *error);

/* Adds these keys, with null. */
int compat_ps_add_known(json_t *known, struct lifecycle_error *error);

#endif
