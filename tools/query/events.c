/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/when.h"
#include "query/commands.h"
#include "query/follow/teller.h"
#include "records/pidfd.h"
#include "records/records.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct events_options {
	bool follow;
	const char *since;
};

struct follow {
	struct cli_call *call;
	struct records records; /* while they are read */
	struct lifecycle_watch *watch;
	struct lifecycle_strings wanted; /* IDs; none: all */
	struct teller teller;
};

/* ---- one container ---- */

static bool is_wanted(const struct follow *follow, const char *id)
{
	for (size_t i = 0; i < follow->wanted.count; i++)
		if (strcmp(follow->wanted.items[i], id) == 0)
			return true;
	return follow->call->operand_count == 0;
}

/* The process that is held has ended. */
static int take_end(struct follow *follow, struct known_container *container)
{
	struct lifecycle_record *record = NULL;
	int result;

	(void)records_load(&follow->records, container->id, &record, NULL);
	result = teller_take_end(&follow->teller, container, record);
	lifecycle_record_free(record);
	return result;
}

static bool is_end_unrecorded(const struct view *view)
{
	return view_is(view, LIFECYCLE_STATUS_STOPPED) &&
	       view->current->status != LIFECYCLE_STATUS_STOPPED;
}

/*
 * The record and what is seen of its process. An end that is seen may be newer than the record that was read before: then
 * that is read once more, and has all that came before the end.
 */
static int load(struct follow *follow, const char *id, struct lifecycle_record **ret_record,
	struct view *ret_view, struct lifecycle_error *error)
{
	if (records_load(&follow->records, id, ret_record, error) < 0)
		return -1;
	view_of(*ret_record, ret_view);
	if (!is_end_unrecorded(ret_view))
		return 0;
	lifecycle_record_free(*ret_record);
	if (records_load(&follow->records, id, ret_record, error) < 0)
		return -1;
	view_of(*ret_record, ret_view);
	return 0;
}

/*
 * Reads a record again. It may be missing for a moment while a bad one is set aside, so that is its end only if
 * its directory went. One that cannot be read is complained of, and what is known of it stays.
 */
static int take_record(struct follow *follow, const char *id, bool went)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;
	struct view view;
	int result = 0;

	if (load(follow, id, &record, &view, &error) == 0) {
		result = teller_take_record(&follow->teller, id, &view);
		lifecycle_record_free(record);
	} else if (error.code != LIFECYCLE_ERROR_NOT_FOUND) {
		cli_complain(follow->call, &error);
	} else if (went) {
		result = teller_take_removal(&follow->teller, id);
	}
	return result;
}

static int look_at(struct follow *follow, const char *id, bool went)
{
	int result;

	if (!is_wanted(follow, id))
		return 0;
	result = take_record(follow, id, went);
	if (result == TELLER_ENDED_MEANWHILE)
		result = take_record(follow, id, went);
	return result < 0 ? -1 : 0;
}

/* ---- the whole store ---- */

static int compare_ids(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool has_id(const struct lifecycle_strings *ids, const char *id)
{
	return ids->count > 0 &&
	       bsearch(&id, ids->items, ids->count, sizeof(*ids->items), compare_ids) != NULL;
}

/* From the last one on, since one that is gone is taken out. */
static int take_removals(struct follow *follow, const struct lifecycle_strings *ids)
{
	for (size_t i = follow->teller.known.count; i-- > 0;) {
		const struct known_container *container = &follow->teller.known.containers[i];

		if (!has_id(ids, container->id) &&
			teller_take_removal(&follow->teller, container->id) < 0)
			return -1;
	}
	return 0;
}

static int look_at_all(struct follow *follow)
{
	struct lifecycle_strings ids;
	struct lifecycle_error error;
	int result;

	if (records_list(&follow->records, &ids, NULL, &error) < 0) {
		if (error.code != LIFECYCLE_ERROR_NOT_FOUND)
			cli_complain(follow->call, &error);
		return 0;
	}
	result = take_removals(follow, &ids);
	for (size_t i = 0; i < ids.count && result == 0; i++)
		result = look_at(follow, ids.items[i], false);
	lifecycle_strings_free(&ids);
	return result;
}

/* ---- the past ---- */

static int print_past(struct follow *follow)
{
	int result;

	follow->teller.lines.of_past = true;
	result = look_at_all(follow);
	lines_end_past(&follow->teller.lines, result == 0);
	return result;
}

/* ---- the command ---- */

/*
 * The store is open only while it is read: another one may take its place, and that a directory is gone the
 * kernel does not tell as long as anybody holds it.
 */
static int open_records(struct follow *follow)
{
	return records_open(
		follow->call, LIFECYCLE_ACCESS_READ, &follow->records, &follow->teller.error);
}

static int take_change(enum lifecycle_change change, const char *id, void *arg)
{
	struct follow *follow = arg;
	int result;

	if (open_records(follow) < 0)
		return -1;
	if (change == LIFECYCLE_CHANGE_ANYTHING)
		result = look_at_all(follow);
	else
		result = look_at(follow, id, change == LIFECYCLE_CHANGE_REMOVED);
	records_close(&follow->records);
	return result;
}

/* What is polled: changes, the reader, and what is held of each container that is known, in their order. */
enum { POLL_WATCH, POLL_READER, POLL_HELD };

static int poll_all(struct follow *follow, struct pollfd *fds)
{
	int timeout = -1;

	fds[POLL_WATCH] =
		(struct pollfd){ .fd = lifecycle_watch_fd(follow->watch), .events = POLLIN };
	fds[POLL_READER] = (struct pollfd){ .fd = STDOUT_FILENO };
	for (size_t i = 0; i < follow->teller.known.count; i++) {
		const struct held *held = &follow->teller.known.containers[i].held;

		fds[POLL_HELD + i] = (struct pollfd){ .fd = held->pidfd, .events = POLLIN };
		if (held->may_exec)
			timeout = HELD_LOOK_MS;
	}
	if (poll(fds, POLL_HELD + follow->teller.known.count, timeout) < 0 && errno != EINTR)
		return error_errno(&follow->teller.error, errno, "cannot wait for changes");
	if (fds[POLL_READER].revents != 0)
		return error_set(&follow->teller.error, LIFECYCLE_ERROR_SYSTEM,
			"nobody reads the standard output any more");
	return 0;
}

/* Nothing here makes a container known or forgets it, so each stays in its place. */
static int look_at_held(struct follow *follow, const struct pollfd *fds)
{
	int result = 0;

	if (open_records(follow) < 0)
		return -1;
	for (size_t i = 0; i < follow->teller.known.count && result == 0; i++) {
		struct known_container *container = &follow->teller.known.containers[i];

		if (fds[POLL_HELD + i].revents != 0)
			result = take_end(follow, container);
		else if (container->held.may_exec)
			result = look_at(follow, container->id, false);
	}
	records_close(&follow->records);
	return result;
}

static int follow_once(struct follow *follow)
{
	struct pollfd *fds = calloc(POLL_HELD + follow->teller.known.count, sizeof(*fds));
	int result;

	if (fds == NULL)
		return error_no_memory(&follow->teller.error);
	result = poll_all(follow, fds);
	if (result == 0)
		result = look_at_held(follow, fds);
	free(fds);
	return result;
}

/* Until whoever reads has gone, or something fails. */
static int follow_changes(struct follow *follow)
{
	int result = 0;

	while (result == 0) {
		if (fflush(stdout) != 0)
			return error_errno(&follow->teller.error, errno,
				"cannot write to the standard output");
		result = follow_once(follow);
		if (result == 0)
			result = lifecycle_watch_read(
				follow->watch, take_change, follow, &follow->teller.error);
	}
	return result;
}

static int resolve_wanted(struct follow *follow)
{
	const struct cli_call *call = follow->call;
	struct lifecycle_strings *wanted = &follow->wanted;

	wanted->items = calloc(call->operand_count + 1, sizeof(*wanted->items));
	if (wanted->items == NULL)
		return error_no_memory(&follow->teller.error);
	for (; wanted->count < call->operand_count; wanted->count++)
		if (records_resolve(&follow->records, call->operands[wanted->count],
			    &wanted->items[wanted->count], &follow->teller.error) < 0)
			return -1;
	return 0;
}

static int prepare(struct follow *follow, const struct events_options *options)
{
	if (options->since != NULL && when_parse_time(options->since, lifecycle_time_now(),
					      &follow->teller.since, &follow->teller.error) < 0)
		return -1;
	return resolve_wanted(follow);
}

/* The watch, if there is one, is older than the first look, so that nothing falls between them. */
static int begin(struct follow *follow, const struct events_options *options)
{
	int result;

	follow->teller.holds = options->follow;
	if (options->follow)
		pidfd_allow_many();
	if (open_records(follow) < 0)
		return -1;
	result = prepare(follow, options);
	if (result == 0 && options->follow)
		result = records_watch(&follow->records, &follow->watch, &follow->teller.error);
	records_close(&follow->records);
	return result;
}

static int look_back(struct follow *follow)
{
	int result;

	if (open_records(follow) < 0)
		return -1;
	records_note_missing(&follow->records, follow->call);
	result = print_past(follow);
	records_close(&follow->records);
	return result;
}

static int run(struct cli_call *call)
{
	const struct events_options *options = call->options;
	struct follow follow = { .call = call };
	int result = begin(&follow, options);

	if (result == 0)
		result = look_back(&follow);
	if (result == 0 && options->follow)
		result = follow_changes(&follow);
	lifecycle_watch_close(follow.watch);
	lifecycle_strings_free(&follow.wanted);
	teller_free(&follow.teller);
	return result == 0 ? call->status : cli_fail(call, &follow.teller.error);
}

static const struct cli_option options[] = {
	{ .name = "follow",
		.letter = 'f',
		.kind = CLI_FLAG,
		.offset = offsetof(struct events_options, follow),
		.help = "go on: print what happens, as it happens" },
	{ .name = "since",
		.kind = CLI_TEXT,
		.offset = offsetof(struct events_options, since),
		.argument = "TIME",
		.help = "only what happened at that time or later" },
};

const struct cli_command query_events = {
	.name = "events",
	.arguments = "[REF...]",
	.summary = "print what happened, as JSON lines",
	.details = "Events: created, hook, hook_ended (of a wrapped command), error, started (if "
		   "it was\n"
		   "seen), stopped, lost; with --follow also removed. Each comes once.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct events_options),
	.most = CLI_ANY_NUMBER,
	.complete = records_complete,
	.run = run,
};
