/* SPDX-License-Identifier: Apache-2.0 */
/* commands: the commands of lifecycle-ctl, each in its own file. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command ctl_cleanup;
extern const struct cli_command ctl_create;
extern const struct cli_command ctl_exec;
extern const struct cli_command ctl_forget;
extern const struct cli_command ctl_health;
extern const struct cli_command ctl_kill;
extern const struct cli_command ctl_logs;
extern const struct cli_command ctl_prune;
extern const struct cli_command ctl_remove;
extern const struct cli_command ctl_restart;
extern const struct cli_command ctl_run;
extern const struct cli_command ctl_start;
extern const struct cli_command ctl_stop;

#endif
