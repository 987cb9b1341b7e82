/* SPDX-License-Identifier: Apache-2.0 */
/* attend: a container in the foreground: its output is shown, our signals are its signals, until it ends. */
#ifndef ATTEND_H
#define ATTEND_H

#include "container/log.h"
#include "container/place.h"

/*
 * Starts the container, and shows what it writes until it has ended. It is held meanwhile, so that who cleans up after it
 * waits for us. The exit code is unknown where conmon could not tell. One that cannot be started is removed.
 */
int attend_run(
	struct place *place, const char *id, int64_t *ret_exit_code, struct lifecycle_error *error);

/* Shows what it writes; with `follow` until it has ended. */
int attend_log(struct place *place, const char *id, const struct log_options *options, bool follow,
	struct lifecycle_error *error);

#endif
