/* SPDX-License-Identifier: Apache-2.0 */
/* ctl: the commands of lifecycle-ctl, each in its own file. */
#ifndef CTL_H
#define CTL_H

#include "cli.h"

extern const struct cli_command ctl_prune;
extern const struct cli_command ctl_forget;

/* How long a container's lock is waited for, that some hook holds. */
#define CTL_PATIENCE_NS INT64_C(2000000000)

#endif
