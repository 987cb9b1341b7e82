/* SPDX-License-Identifier: Apache-2.0 */
#include "base/defaults.h"
#include "base/error.h"
#include "cli/when.h"
#include "ctl/commands.h"
#include "records/records.h"

#include <stdio.h>

struct prune_options {
	const char *older_than;
	bool dry_run;
};

static void prune_one(struct cli_call *call, const struct records *records, const char *id,
	struct lifecycle_prune *prune)
{
	struct lifecycle_error error;
	bool removed;

	prune->deadline = lifecycle_monotonic_now() + DEFAULTS_TIMEOUT_NS;
	if (lifecycle_store_prune(records->store, id, prune, &removed, &error) == 0) {
		if (removed)
			puts(id);
	} else if (error.code != LIFECYCLE_ERROR_NOT_FOUND) {
		cli_complain(call, &error);
	}
}

static int prune_all(struct cli_call *call, const struct records *records,
	struct lifecycle_prune *prune, struct lifecycle_error *error)
{
	struct lifecycle_strings ids;

	records_note_missing(records, call);
	if (records->store == NULL)
		return 0;
	if (lifecycle_store_list(records->store, &ids, NULL, error) < 0)
		return -1;
	for (size_t i = 0; i < ids.count; i++)
		prune_one(call, records, ids.items[i], prune);
	lifecycle_strings_free(&ids);
	return 0;
}

static int run(struct cli_call *call)
{
	const struct prune_options *options = call->options;
	struct lifecycle_prune prune = { .size = sizeof(prune), .dry_run = options->dry_run };
	struct lifecycle_error error;
	struct records records;
	int result = 0;

	if (options->older_than != NULL)
		result = when_parse_duration(options->older_than, &prune.older_than, &error);
	if (result == 0)
		result = records_open(call,
			options->dry_run ? LIFECYCLE_ACCESS_READ : LIFECYCLE_ACCESS_MEND, &records,
			&error);
	if (result == 0) {
		result = prune_all(call, &records, &prune, &error);
		records_close(&records);
	}
	return result == 0 ? call->status : cli_fail(call, &error);
}

static const struct cli_option options[] = {
	{ .name = "older-than",
		.kind = CLI_TEXT,
		.offset = offsetof(struct prune_options, older_than),
		.argument = "TIME",
		.help = "only those stopped for longer, as 90, 30m, 24h or 7d (default: 0)" },
	{ .name = "dry-run",
		.letter = 'n',
		.kind = CLI_FLAG,
		.offset = offsetof(struct prune_options, dry_run),
		.help = "print which would be removed, and remove none" },
};

const struct cli_command ctl_prune = {
	.name = "prune",
	.arguments = "",
	.summary = "remove the records of stopped containers, and print their IDs",
	.details = "A container whose end nobody saw counts from when it was first found stopped "
		   "by this\n"
		   "command, or by a hook that keeps the store small.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct prune_options),
	.run = run,
};
