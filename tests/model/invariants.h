/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of a record at all times, and of any step from one to the next, whatever the evidence was. */
#ifndef TESTS_INVARIANTS_H
#define TESTS_INVARIANTS_H

#include "transition.h"

/* NULL, or what does not hold. */
const char *invariants_of_record(const struct lifecycle_record *record);
const char *invariants_of_step(
	const struct lifecycle_record *before, const struct lifecycle_record *after);
const char *invariants_of_view(const struct lifecycle_record *record, const struct process *process,
	const struct lifecycle_observed *observed);

#endif
