/* SPDX-License-Identifier: Apache-2.0 */
/* generation: when a life of a container under its ID begins, and how it ended. Pure. */
#ifndef GENERATION_H
#define GENERATION_H

#include "facts.h"

/* Another process than the record's, or the first: a new generation has to begin before this is folded. */
bool begins_generation(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* Moves an open generation to `previous`, with the reason why it is over, and begins the next. */
int begin_generation(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error);

/* From now on the record is about this process. */
int take_identity(struct lifecycle_record *record, const struct process *process,
	struct lifecycle_error *error);

/*
 * Runtimes run create hooks one after the other: one that has no end when the next comes has none. If the
 * program was seen to run all the same, then it is only its end that could not be written.
 */
int settle_unfinished(struct lifecycle_record *record, struct lifecycle_error *error);

/* Stopped, as a poststop tells it. */
void finish_generation(struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* A poststop while another process lives: runtimes forget a container before they run its poststop. */
bool is_late(const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* Then it ends the newest earlier generation that has no end. */
void complete_previous(struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

#endif
