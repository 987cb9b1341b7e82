/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/when.h"
#include "query/commands.h"
#include "query/follow/looker.h"
#include "records/pidfd.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct events_options {
	bool follow;
	const char *since;
	const char *after;
	const char *until;
	const char *format;
	struct cli_values filters;
};

struct follow {
	struct cursor now; /* as of before the round that is under way */
	struct lifecycle_watch *watch;
	struct looker looker;
	struct teller *teller; /* the looker's */
};

/* What was missed is not said to have been told. */
static void end_round(struct follow *follow)
{
	struct lines *lines = &follow->teller->lines;

	lines_end_round(lines, follow->looker.missed ? &lines->cursor : &follow->now);
}

/* ---- the past ---- */

static int print_past(struct follow *follow)
{
	int result;

	follow->teller->lines.of_past = true;
	result = looker_look_at_all(&follow->looker);
	lines_end_past(&follow->teller->lines, result == 0);
	if (result == 0)
		end_round(follow);
	follow->looker.goes_on = false;
	return result;
}

/* ---- what happens ---- */

static int take_change(enum lifecycle_change change, const char *id, void *arg)
{
	struct follow *follow = arg;
	int result;

	if (looker_open(&follow->looker) < 0)
		return -1;
	if (change == LIFECYCLE_CHANGE_ANYTHING || follow->looker.missed)
		result = looker_look_at_all(&follow->looker);
	else
		result = looker_look_at(&follow->looker, id, change == LIFECYCLE_CHANGE_REMOVED);
	looker_close(&follow->looker);
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
	for (size_t i = 0; i < follow->teller->known.count; i++) {
		const struct held *held = &follow->teller->known.containers[i].held;

		fds[POLL_HELD + i] = (struct pollfd){ .fd = held->pidfd, .events = POLLIN };
		if (held->may_exec)
			timeout = HELD_LOOK_MS;
	}
	if (poll(fds, POLL_HELD + follow->teller->known.count,
		    choice_time_left(&follow->teller->lines.choice, timeout)) < 0 &&
		errno != EINTR)
		return error_errno(&follow->teller->error, errno, "cannot wait for changes");
	cursor_now(follow->teller->origin.boot_id, &follow->now);
	if (fds[POLL_READER].revents != 0)
		return cli_end_without_reader(&follow->teller->error);
	return 0;
}

/* Nothing here makes a container known or forgets it, so each stays in its place. */
static int look_at_held(struct follow *follow, const struct pollfd *fds)
{
	int result = 0;

	if (looker_open(&follow->looker) < 0)
		return -1;
	for (size_t i = 0; i < follow->teller->known.count && result == 0; i++) {
		struct known_container *container = &follow->teller->known.containers[i];

		if (fds[POLL_HELD + i].revents != 0)
			result = looker_take_end(&follow->looker, container);
		else if (container->held.may_exec)
			result = looker_look_at(&follow->looker, container->id, false);
	}
	looker_close(&follow->looker);
	return result;
}

static int follow_once(struct follow *follow)
{
	struct pollfd *fds = calloc(POLL_HELD + follow->teller->known.count, sizeof(*fds));
	int result;

	if (fds == NULL)
		return error_no_memory(&follow->teller->error);
	result = poll_all(follow, fds);
	if (result == 0)
		result = look_at_held(follow, fds);
	free(fds);
	return result;
}

/* Until whoever reads has gone, or the time is over, or something fails. */
static int follow_changes(struct follow *follow)
{
	int result = 0;

	while (result == 0 && !choice_is_over(&follow->teller->lines.choice)) {
		if (fflush(stdout) != 0)
			return error_errno(&follow->teller->error, errno,
				"cannot write to the standard output");
		result = follow_once(follow);
		if (result == 0)
			result = lifecycle_watch_read(
				follow->watch, take_change, follow, &follow->teller->error);
		if (result == 0)
			end_round(follow);
	}
	return result;
}

/* ---- the command ---- */

static int resolve_wanted(struct follow *follow)
{
	const struct cli_call *call = follow->looker.call;
	struct lifecycle_strings *wanted = &follow->looker.wanted;

	wanted->items = calloc(call->operand_count + 1, sizeof(*wanted->items));
	if (wanted->items == NULL)
		return error_no_memory(&follow->teller->error);
	for (; wanted->count < call->operand_count; wanted->count++)
		if (records_resolve(&follow->looker.records, call->operands[wanted->count],
			    &wanted->items[wanted->count], &follow->teller->error) < 0)
			return -1;
	return 0;
}

static int go_on(struct follow *follow, const char *after)
{
	struct cursor *cursor = &follow->teller->lines.cursor;

	if (cursor_parse(after, cursor, &follow->teller->error) < 0)
		return -1;
	follow->teller->goes_on_at = cursor_goes_on_at(cursor, &follow->now);
	follow->looker.goes_on = true;
	return 0;
}

static int choose(struct follow *follow, const struct events_options *options)
{
	struct choice *choice = &follow->teller->lines.choice;
	struct lifecycle_error *error = &follow->teller->error;

	choice->escape = isatty(STDOUT_FILENO);
	if (options->until != NULL &&
		when_parse_time(options->until, lifecycle_time_now(), &choice->until, error) < 0)
		return -1;
	if (choice_parse_filters(&options->filters, choice, error) < 0)
		return -1;
	return choice_parse_format(options->format, choice, error);
}

static int prepare(struct follow *follow, const struct events_options *options)
{
	if (options->after != NULL && go_on(follow, options->after) < 0)
		return -1;
	if (options->since != NULL && when_parse_time(options->since, lifecycle_time_now(),
					      &follow->teller->since, &follow->teller->error) < 0)
		return -1;
	if (choose(follow, options) < 0)
		return -1;
	return resolve_wanted(follow);
}

/* The watch, if there is one, is older than the first look, so that nothing falls between them. */
static int begin(struct follow *follow, const struct events_options *options)
{
	int result;

	origin_read(&follow->teller->origin);
	cursor_now(follow->teller->origin.boot_id, &follow->now);
	follow->teller->holds = options->follow;
	if (options->follow)
		pidfd_allow_many();
	if (looker_open(&follow->looker) < 0)
		return -1;
	result = prepare(follow, options);
	if (result == 0 && options->follow)
		result = records_watch(
			&follow->looker.records, &follow->watch, &follow->teller->error);
	looker_close(&follow->looker);
	return result;
}

static int look_back(struct follow *follow)
{
	int result;

	if (looker_open(&follow->looker) < 0)
		return -1;
	records_note_missing(&follow->looker.records, follow->looker.call);
	result = print_past(follow);
	looker_close(&follow->looker);
	return result;
}

static int run(struct cli_call *call)
{
	const struct events_options *options = call->options;
	struct follow follow = { .looker.call = call };
	int result;

	follow.teller = &follow.looker.teller;
	result = begin(&follow, options);

	if (result == 0)
		result = look_back(&follow);
	if (result == 0 && options->follow)
		result = follow_changes(&follow);
	lines_end_round(&follow.teller->lines, NULL);
	lifecycle_watch_close(follow.watch);
	looker_free(&follow.looker);
	return result == 0 ? call->status : cli_fail(call, &follow.teller->error);
}

static const struct cli_option options[] = {
	{ .name = "follow",
		.letter = 'f',
		.kind = CLI_FLAG,
		.offset = offsetof(struct events_options, follow),
		.help = "go on: print what happens, as it happens" },
	{ .name = "after",
		.kind = CLI_TEXT,
		.offset = offsetof(struct events_options, after),
		.argument = "CURSOR",
		.help = "go on where a run ended whose last line has that cursor" },
	{ .name = "since",
		.kind = CLI_TEXT,
		.offset = offsetof(struct events_options, since),
		.argument = "TIME",
		.help = "only what happened at that time or later" },
	{ .name = "until",
		.kind = CLI_TEXT,
		.offset = offsetof(struct events_options, until),
		.argument = "TIME",
		.help = "only what happened before; --follow ends then" },
	{ .name = "filter",
		.kind = CLI_MANY,
		.offset = offsetof(struct events_options, filters),
		.argument = "KEY=VALUE",
		.complete = choice_complete,
		.help = "only events for which this holds (may be repeated)" },
	{ .name = "format",
		.kind = CLI_TEXT,
		.offset = offsetof(struct events_options, format),
		.argument = "FORMAT",
		.help = "json (the default), or a TEMPLATE, a line for each" },
	CLI_FORMAT_ALIASES(offsetof(struct events_options, format)),
};

const struct cli_command query_events = {
	.name = "events",
	.arguments = "[REF...]",
	.summary = "print what happened, as JSON lines",
	.details = "Events: created, hook, hook_ended (of a wrapped command), error, started (if "
		   "it was\n"
		   "seen), stopped, lost; with --follow also removed. Each comes once.",
	.print_details = choice_print_help,
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct events_options),
	.most = CLI_ANY_NUMBER,
	.complete = records_complete,
	.run = run,
};
