/* SPDX-License-Identifier: Apache-2.0 */
/* freezer: whether a process is paused, as its control group says. */
#ifndef FREEZER_H
#define FREEZER_H

#include <stdint.h>

/* 1: frozen; 0: not; -1: it cannot be told. */
int freezer_look(int64_t pid);

#endif
