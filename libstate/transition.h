/* SPDX-License-Identifier: Apache-2.0 */
/* transition: record + evidence -> record, and record + a look at its process -> what is true now. Pure. */
#ifndef TRANSITION_H
#define TRANSITION_H

#include "observation.h"

/*
 * Folds evidence into a record. `ret_instance` is that of the current generation that the evidence went to, "" if it
 * went to none: who folds the end of a command later puts it into evidence->folded_into.
 */
int transition_fold(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	char ret_instance[INSTANCE_SIZE], struct lifecycle_error *error);

/* `process` is the record's, as evidence.recorded is. */
void transition_observe(const struct lifecycle_record *record, const struct process *process,
	struct lifecycle_observed *ret);

/* Whether `process` is its program by now; only if it is the record's is it known what it was before. */
enum program transition_program(
	const struct lifecycle_record *record, const struct process *process);

#endif
