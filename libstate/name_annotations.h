/* SPDX-License-Identifier: Apache-2.0 */
/* name_annotations: which annotation is the name that a person gave to the container, its pod, or the pod's namespace. */
#ifndef NAME_ANNOTATIONS_H
#define NAME_ANNOTATIONS_H

#include "oci_state.h"

/* Where engines put the names that Kubernetes gave to a container, its pod and the namespace: of the keys, the first that
 * is there counts. */
extern const char *const name_annotations_of_containers[];
extern const char *const name_annotations_of_pods[];
extern const char *const name_annotations_of_namespaces[];

/* The name: of the keys that were asked for (a NULL-terminated list, or NULL), else of the well-known ones the
 * first that is there and not empty; NULL if there is none. It lives as long as the state. */
const char *name_annotations_find(const struct oci_state *state, const char *const *asked_for);

#define NAME_ANNOTATIONS_KEPT 3

/* The keys of those of these names which the state has, a NULL-terminated list: a record keeps them without being asked to. */
void name_annotations_list_kept(
	const struct oci_state *state, const char *ret_keys[NAME_ANNOTATIONS_KEPT + 1]);

#endif
