/* SPDX-License-Identifier: Apache-2.0 */
/* transition: record + evidence -> record. Pure. */
#ifndef TRANSITION_H
#define TRANSITION_H

#include "observation.h"

/*
 * Folds evidence into a record. `ret_instance` is that of the current generation that the evidence went to, "" if it
 * went to none: who folds the end of a command later puts it into evidence->folded_into.
 */
int transition_fold(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	char ret_instance[INSTANCE_SIZE], struct lifecycle_error *error);

#endif
