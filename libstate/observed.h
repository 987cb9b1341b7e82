/* SPDX-License-Identifier: Apache-2.0 */
/* observed: a record and a look at its process -> what is true now. Pure. */
#ifndef OBSERVED_H
#define OBSERVED_H

#include "observation.h"

/* `process` is that of the record's current generation, as evidence.recorded is. */
void observed_fill(const struct lifecycle_record *record, const struct process *process,
	struct lifecycle_observed *ret);

/* The current generation is over, and this earlier one's process lives, or may: so does the container. */
void observed_fill_previous(const struct lifecycle_generation *generation,
	const struct process *process, struct lifecycle_observed *ret);

#endif
