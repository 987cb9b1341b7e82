/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence: the one gatherer of what a hook sees. The public functions are lifecycle_evidence_*() and
 * lifecycle_observe(); see libstate.h.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "transition.h"

/* Of nothing yet, with an instance of its own; NULL if memory is out. */
struct lifecycle_evidence *evidence_new(enum lifecycle_point point, int64_t time, int64_t deadline);

/* One without a value, and one too many, is left out. */
int evidence_add_annotation(struct lifecycle_evidence *evidence, const char *key, const char *value,
	struct lifecycle_error *error);

/* lifecycle_observe(); *ret_unseen: a process that can be known here could not be looked at. */
void evidence_observe(
	const struct lifecycle_record *record, struct lifecycle_observed *ret, bool *ret_unseen);

/* It is in the store by now: a command's end, folded later, belongs to the generation that it went to. */
void evidence_mark_stored(struct lifecycle_evidence *evidence);

#endif
