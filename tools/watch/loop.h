/* SPDX-License-Identifier: Apache-2.0 */
/* loop: waits for what is to be looked at, until it is told to end. */
#ifndef LOOP_H
#define LOOP_H

#include "watch/watcher.h"

/* What all later work needs: signals as a descriptor, and where to wait. */
int loop_prepare(struct watcher *watcher, struct lifecycle_error *error);

/* 0 if a signal ended it. */
int loop_run(struct watcher *watcher, struct lifecycle_error *error);

#endif
