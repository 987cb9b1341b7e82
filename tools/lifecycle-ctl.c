/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle-ctl: what changes the store by hand. */
#include "ctl/commands.h"
#include "records/records.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct cli_option globals[] = {
	RECORDS_ROOT_OPTION,
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
	.globals_size = sizeof(struct records_options),
	.commands = commands,
	.command_count = COUNT(commands),
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
