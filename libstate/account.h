/* SPDX-License-Identifier: Apache-2.0 */
/* account: what leaves a container's record is written down in the ledger first. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "container.h"
#include "tally.h"

/* The record, of which `before` was told, is about to be replaced by the text, which was made of this one. What cannot be written
 * down does not hold it up. */
void account_changed(const struct container *container, const struct tally *before,
	const struct lifecycle_record *record, const char *text, size_t length);

/*
 * The record is about to be removed. LIFECYCLE_ERROR_TIMEOUT: somebody else writes to the ledger, and the record can be removed
 * later. What else fails, as on a disk that is full, must not keep it from being removed.
 */
int account_removed(const struct container *container, const struct lifecycle_record *record,
	struct lifecycle_error *error);

#endif
