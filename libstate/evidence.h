/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence: the one gatherer of what a hook sees. The public functions are lifecycle_evidence_*() and
 * lifecycle_observe(); see libstate.h.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "transition.h"

/* It is in the store by now: a command's end, folded later, belongs to the generation that it went to. */
void evidence_mark_stored(struct lifecycle_evidence *evidence);

#endif
