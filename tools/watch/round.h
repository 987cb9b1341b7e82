/* SPDX-License-Identifier: Apache-2.0 */
/*
 * round: the order in which all is looked at, which makes it right. First what the kernel told is read into memory; then
 * what the stores say, so that each container is known whose record was written before its exec or its end; then both are
 * held together; the pidfds are looked at last.
 */
#ifndef ROUND_H
#define ROUND_H

#include "watch/watcher.h"

/* Whether the kernel had told something. */
bool round_run(struct watcher *watcher);

#endif
