/* SPDX-License-Identifier: Apache-2.0 */
/* generation: when a life of a container under its ID begins, and how it ended. Pure. */
#ifndef GENERATION_H
#define GENERATION_H

#include "observation.h"

/* Another process than the record's, or the first: a new generation has to begin before this is folded. */
bool generation_begins(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* Moves an open generation to `previous`, with the reason why it is over, and begins the next. */
int generation_begin(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error);

/* From now on the record is about this process. */
int generation_set_identity(struct lifecycle_record *record, const struct process *process,
	struct lifecycle_error *error);

/*
 * Runtimes run create hooks one after the other: one that has no end when the next comes has none. If the
 * program was seen to run all the same, then it is only its end that could not be written.
 */
int generation_fail_unfinished_hooks(
	struct lifecycle_record *record, struct lifecycle_error *error);

/* Stopped, as a poststop tells it. */
void generation_finish(struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* A poststop while another process lives: runtimes forget a container before they run its poststop. */
bool generation_is_poststop_late(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* Then it ends the newest earlier generation that has no end. */
void generation_finish_previous(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

#endif
