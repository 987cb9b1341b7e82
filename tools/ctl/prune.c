/* SPDX-License-Identifier: Apache-2.0 */
#include "base/defaults.h"
#include "base/error.h"
#include "cli/when.h"
#include "ctl/commands.h"
#include "ctl/site.h"

#include <stdio.h>
#include <unistd.h>

struct prune_options {
	const char *older_than;
	bool dry_run;
	bool force;
};

struct pruning {
	struct cli_call *call;
	struct site site;
	struct lifecycle_prune prune;
	bool counts; /* what would be removed, and prints nothing */
	size_t count;
	bool failed; /* something could not be looked at, or removed */
};

static void report(struct pruning *pruning, const char *id)
{
	if (!pruning->counts)
		puts(id);
	pruning->count++;
}

/* Who counts only says nothing of it: it is said when it is to be removed. */
static void complain(struct pruning *pruning, const struct lifecycle_error *error)
{
	pruning->failed = true;
	if (!pruning->counts)
		cli_complain(pruning->call, error);
}

/* ---- records, and the containers that are theirs ---- */

static int prune_record(struct pruning *pruning, const char *id, bool dry_run, bool *ret_removed)
{
	struct lifecycle_error error;
	struct lifecycle_prune prune = pruning->prune;

	prune.dry_run |= dry_run;
	prune.deadline = lifecycle_monotonic_now() + DEFAULTS_TIMEOUT_NS;
	*ret_removed = false;
	if (lifecycle_store_prune(pruning->site.records.store, id, &prune, ret_removed, &error) ==
			0 ||
		error.code == LIFECYCLE_ERROR_NOT_FOUND)
		return 0;
	complain(pruning, &error);
	return -1;
}

static int remove_container(struct pruning *pruning, const char *id)
{
	struct lifecycle_error error;

	if (container_remove(pruning->site.place, id, false, &error) == 0 ||
		error.code == LIFECYCLE_ERROR_NOT_FOUND)
		return 0;
	complain(pruning, &error);
	return -1;
}

/* The record goes last: whoever is killed in between finds the container by it. */
static void prune_one(struct pruning *pruning, const char *id)
{
	struct lifecycle_error error;
	bool here, removed;

	if (place_look(pruning->site.place, id, &here, &error) < 0) {
		complain(pruning, &error);
		return;
	}
	if (here && !pruning->prune.dry_run) {
		if (prune_record(pruning, id, true, &removed) < 0 || !removed ||
			remove_container(pruning, id) < 0)
			return;
	}
	if (prune_record(pruning, id, false, &removed) == 0 && removed)
		report(pruning, id);
}

static int prune_records(struct pruning *pruning, struct lifecycle_error *error)
{
	struct lifecycle_strings ids;

	if (pruning->site.records.store == NULL)
		return 0;
	if (lifecycle_store_list(pruning->site.records.store, &ids, NULL, error) < 0)
		return -1;
	for (size_t i = 0; i < ids.count; i++)
		prune_one(pruning, ids.items[i]);
	lifecycle_strings_free(&ids);
	return 0;
}

/* ---- containers that have no record, as after a reboot ---- */

static void prune_unrecorded(struct pruning *pruning, const char *id)
{
	struct lifecycle_observed state;
	struct lifecycle_error error;

	if (container_state(pruning->site.place, id, &state, &error) < 0) {
		if (error.code != LIFECYCLE_ERROR_NOT_FOUND)
			complain(pruning, &error);
		return;
	}
	if (state.status != LIFECYCLE_STATUS_NONE)
		return;
	if (pruning->prune.dry_run || remove_container(pruning, id) == 0)
		report(pruning, id);
}

/* When they ended nobody knows: with a time they stay. */
static int prune_containers(struct pruning *pruning, struct lifecycle_error *error)
{
	struct lifecycle_strings ids;

	if (pruning->prune.older_than > 0)
		return 0;
	if (place_list(pruning->site.place, &ids, error) < 0)
		return -1;
	for (size_t i = 0; i < ids.count; i++)
		prune_unrecorded(pruning, ids.items[i]);
	lifecycle_strings_free(&ids);
	return 0;
}

/* ---- both ---- */

static int prune_all(struct pruning *pruning, struct lifecycle_error *error)
{
	enum lifecycle_access access =
		pruning->prune.dry_run ? LIFECYCLE_ACCESS_READ : LIFECYCLE_ACCESS_MEND;
	int result;

	if (site_open(pruning->call, access, &pruning->site, error) < 0)
		return -1;
	records_note_missing(&pruning->site.records, pruning->call);
	if (!pruning->prune.dry_run)
		hold_sweep(pruning->site.place);
	result = prune_records(pruning, error);
	if (result == 0)
		result = prune_containers(pruning, error);
	site_close(&pruning->site);
	return result;
}

/* ---- asking ---- */

static int count_all(
	struct pruning *pruning, struct pruning *ret_counted, struct lifecycle_error *error)
{
	*ret_counted = *pruning;
	ret_counted->counts = true;
	ret_counted->prune.dry_run = true;
	return prune_all(ret_counted, error);
}

static bool is_yes(const char *answer)
{
	return answer[0] == 'y' || answer[0] == 'Y';
}

/* A person is asked, a script is not: it would wait for ever. 1 if there is nothing to be done. */
static int ask(struct pruning *pruning, struct lifecycle_error *error)
{
	char answer[16] = "";
	struct pruning counted;

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return 0;
	if (count_all(pruning, &counted, error) < 0)
		return -1;
	if (counted.count == 0)
		return counted.failed ? 0 : 1;
	fprintf(stderr, "This removes %zu stopped container%s, and how %s ended. Go on? [y/N] ",
		counted.count, counted.count == 1 ? "" : "s", counted.count == 1 ? "it" : "they");
	if (fgets(answer, sizeof(answer), stdin) != NULL && is_yes(answer))
		return 0;
	return error_set(error, LIFECYCLE_ERROR_SYSTEM, "nothing is removed");
}

static int run(struct cli_call *call)
{
	const struct prune_options *options = call->options;
	struct pruning pruning = { .call = call,
		.prune = { .size = sizeof(struct lifecycle_prune), .dry_run = options->dry_run } };
	struct lifecycle_error error;
	int result = 0;

	if (options->older_than != NULL)
		result =
			when_parse_duration(options->older_than, &pruning.prune.older_than, &error);
	if (result == 0 && !options->dry_run && !options->force)
		result = ask(&pruning, &error);
	if (result == 0)
		result = prune_all(&pruning, &error);
	return result >= 0 ? call->status : cli_fail(call, &error);
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
	{ .name = "force",
		.letter = 'f',
		.kind = CLI_FLAG,
		.offset = offsetof(struct prune_options, force),
		.help = "do not ask on a terminal" },
};

const struct cli_command ctl_prune = {
	.name = "prune",
	.arguments = "",
	.summary = "remove the records of stopped containers, and print their IDs",
	.details = "The containers of this program go with their records, as remove has it. A "
		   "container\n"
		   "whose end nobody saw counts from when it was first found stopped by this "
		   "command,\n"
		   "or by a hook that keeps the store small.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct prune_options),
	.run = run,
};
