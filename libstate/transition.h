/* SPDX-License-Identifier: Apache-2.0 */
/* transition: record + evidence -> record, and record + a look at its process -> what is true now. Pure. */
#ifndef TRANSITION_H
#define TRANSITION_H

#include "facts.h"

/* Folds evidence into a record; notes in evidence->folded_into where it went. */
int transition_fold(struct lifecycle_record *record, struct lifecycle_evidence *evidence,
	struct lifecycle_error *error);

/* `process` is the record's, as evidence.recorded is. */
void transition_observe(const struct lifecycle_record *record, const struct process *process,
	struct lifecycle_observed *ret);

/* Whether `process` is its program by now; only if it is the record's is it known what it was before. */
enum program transition_program(
	const struct lifecycle_record *record, const struct process *process);

#endif
