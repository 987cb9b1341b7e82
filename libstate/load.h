/* SPDX-License-Identifier: Apache-2.0 */
/* load: a record is read from its directory, without a lock. The public functions are in libstate.h. */
#ifndef LOAD_H
#define LOAD_H

#include "record.h"

#include <sys/types.h>

/* What the record's file in the directory `fd` says; it must be the owner's, or anybody's: FSIO_ANY_OWNER. */
int load_record(
	int fd, uid_t owner, struct lifecycle_record **ret_record, struct lifecycle_error *error);

/* The same of anybody's, with what the FIFO beside it tells. nerdctl's records do not say whose they are: those get `id`, unless it
 * is NULL. */
int load_named_record(int fd, const char *id, struct lifecycle_record **ret_record,
	struct lifecycle_error *error);

/* When the FIFO beside the record was written, as exec_fifo_look() has it. Of what is stopped it tells nothing more. */
void load_fifo(struct lifecycle_record *record, int64_t written_at);

#endif
