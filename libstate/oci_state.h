/* SPDX-License-Identifier: Apache-2.0 */
/* oci_state: the bytes that a runtime wrote to a hook's stdin -> the OCI state of a container. */
#ifndef OCI_STATE_H
#define OCI_STATE_H

#include "libstate.h"

struct oci_state;

/*
 * Strict on types, tolerant of keys that it does not know. LIFECYCLE_ERROR_INVALID: not an object with an `id`
 * that is one, or a known key of the wrong type.
 */
int oci_state_parse(const char *bytes, size_t length, struct oci_state **ret_state,
	struct lifecycle_error *error);
void oci_state_free(struct oci_state *state);

/* These live as long as the state. NULL, or LIFECYCLE_UNKNOWN, for what it does not say. */
const char *oci_state_id(const struct oci_state *state);
const char *oci_state_status(const struct oci_state *state);
const char *oci_state_bundle(const struct oci_state *state);
const char *oci_state_version(const struct oci_state *state);
const char *oci_state_annotation(const struct oci_state *state, const char *key);
int64_t oci_state_pid(const struct oci_state *state);

#endif
