/* SPDX-License-Identifier: Apache-2.0 */
/* notify: one datagram to who started us and asked to be told, as sd_notify(3) describes it. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/* Nothing if nobody asked. */
void notify_send(const char *state);

/* How often, in milliseconds, to tell that we live; -1 for never. */
int notify_interval(void);

#endif
