/* SPDX-License-Identifier: Apache-2.0 */
/* ctl: the commands of lifecycle-ctl, each in its own file. */
#ifndef CTL_H
#define CTL_H

#include "cli.h"

extern const struct cli_command ctl_prune;
extern const struct cli_command ctl_forget;

#endif
