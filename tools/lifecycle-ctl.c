/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle-ctl: what changes the store by hand. */
#include "ctl.h"
#include "source.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct cli_option globals[] = {
	SOURCE_ROOT_OPTION,
	CLI_HELP_OPTION,
	CLI_VERSION_OPTION,
};

static const struct cli_command *const commands[] = {
	&ctl_prune,
	&ctl_forget,
};

static const struct cli_tool tool = {
	.name = "lifecycle-ctl",
	.summary = "Removes records of containers from the store. It touches no container.",
	.globals = globals,
	.global_count = COUNT(globals),
	.commands = commands,
	.command_count = COUNT(commands),
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
