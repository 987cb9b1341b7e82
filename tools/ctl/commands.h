/* SPDX-License-Identifier: Apache-2.0 */
/* commands: the commands of lifecycle-ctl, each in its own file. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command ctl_prune;
extern const struct cli_command ctl_forget;

#endif
