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

/* What the evidence says of the current generation: which it is, of which process if that was not known, of which
 * container. */
int generation_describe(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	struct lifecycle_error *error);

void generation_raise_status(struct lifecycle_generation *generation, enum lifecycle_status status);

/* Running, unless it has stopped; the time is kept if nobody knows it as well. */
void generation_start(
	struct lifecycle_generation *generation, int64_t time, enum lifecycle_source source);

/* The same of the current one, if its exec FIFO tells so. It is of the record as it was found. */
void generation_start_by_fifo(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* Why one has ended that nobody else tells of; never_started: its process still was the runtime's. */
enum lifecycle_reason generation_reason_of_end(
	const struct lifecycle_generation *generation, bool never_started);

/* Its process never became a program, whoever said that it did; what was seen stays. */
void generation_drop_said_start(struct lifecycle_generation *generation);

/* Of the current one's process, which has ended: it died as the runtime's init, or its FIFO was never written. */
bool generation_died_unstarted(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/*
 * Runtimes run create hooks one after the other: one that has no end when the next comes has none. If the
 * program was seen to run all the same, then it is only its end that could not be written.
 */
int generation_fail_unfinished_hooks(
	struct lifecycle_record *record, struct lifecycle_error *error);

/* Stopped, as a poststop tells it. */
void generation_finish(struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* A poststop of what another has told the end of: only what is not known yet is filled in. */
void generation_complete(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* A poststop while another process lives: runtimes forget a container before they run its poststop. */
bool generation_is_poststop_late(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* Then it ends the newest earlier generation that has no end. */
void generation_finish_previous(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

/* A poststop after the current generation's: it ends an earlier one that was still open, and whose process has ended. */
void generation_finish_open_previous(
	struct lifecycle_record *record, const struct lifecycle_evidence *evidence);

#endif
