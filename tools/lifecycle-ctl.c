/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle-ctl: runs containers, through a real OCI runtime; and what changes the store by hand. */
#include "ctl/commands.h"
#include "ctl/site.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct cli_option globals[] = {
	RECORDS_ROOT_OPTION,
	{ .name = "data-root",
		.kind = CLI_TEXT,
		.offset = offsetof(struct ctl_globals, data_root),
		.argument = "DIR",
		.complete = cli_complete_directory,
		.help = "containers (default: $OCI_LIFECYCLE_DATA_ROOT, else "
			"/var/lib/oci-lifecycle)" },
	{ .name = "hooks-dir",
		.kind = CLI_TEXT,
		.offset = offsetof(struct ctl_globals, hooks_dir),
		.argument = "DIR",
		.complete = cli_complete_directory,
		.help = "where our hooks are (default: where they are installed)" },
};

static const struct cli_command *const commands[] = {
	&ctl_create,
	&ctl_run,
	&ctl_start,
	&ctl_stop,
	&ctl_restart,
	&ctl_kill,
	&ctl_exec,
	&ctl_logs,
	&ctl_health,
	&ctl_remove,
	&ctl_prune,
	&ctl_forget,
	&ctl_cleanup,
};

/* People look for these here. */
static const char *const elsewhere[] = { "list", "ps", "ls", "inspect", "started-at", "timeline",
	"trace", "explain", "events", "wait", "metrics", "verify", "doctor", NULL };

static const struct cli_tool tool = {
	.name = "lifecycle-ctl",
	.summary = "Runs containers by an OCI runtime and conmon, and keeps the store of records.",
	.globals = globals,
	.global_count = COUNT(globals),
	.globals_size = sizeof(struct ctl_globals),
	.commands = commands,
	.command_count = COUNT(commands),
	.other = "lifecycle-query",
	.elsewhere = elsewhere,
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
