/* SPDX-License-Identifier: Apache-2.0 */
/* name_annotations: which annotation of an OCI state is the name that a person gave to the container. */
#ifndef NAME_ANNOTATIONS_H
#define NAME_ANNOTATIONS_H

#include "oci_state.h"

/* The name: of the keys that were asked for (a NULL-terminated list, or NULL), else of the well-known ones the
 * first that is there and not empty; NULL if there is none. It lives as long as the state. */
const char *name_annotations_find(const struct oci_state *state, const char *const *asked_for);

#endif
