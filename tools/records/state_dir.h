/* SPDX-License-Identifier: Apache-2.0 */
/* state_dir: one container's directory in place of a store, as --state-dir names it: ours, or one of nerdctl's. */
#ifndef STATE_DIR_H
#define STATE_DIR_H

#include "libstate.h"

/* Its container alone: "-" if the record does not say which it is. */
int state_dir_list(
	const char *directory, struct lifecycle_strings *ret_ids, struct lifecycle_error *error);

/* LIFECYCLE_ERROR_NOT_FOUND if another one is meant; free() the ID. */
int state_dir_resolve(
	const char *directory, const char *reference, char **ret_id, struct lifecycle_error *error);

#endif
