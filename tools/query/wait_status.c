/* SPDX-License-Identifier: Apache-2.0 */
#include "query/wait_status.h"
#include "base/error.h"
#include "base/io.h"
#include "query/follow/held.h"
#include "records/records.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum wait_progress {
	WAIT_PENDING,
	WAIT_REACHED,
	WAIT_MISSED, /* what is waited for cannot come any more */
};

struct target {
	char *id;
	char *stopped_before; /* the instance that was stopped already when the wait began */
	bool looked;
	struct held held; /* the process that is waited for */
	bool unheld;      /* it lives, and no pidfd is to be had */
	enum wait_progress progress;
	int64_t exit_code;
};

struct wait {
	struct cli_call *call;
	struct records records;
	enum lifecycle_status status;
	bool removed; /* not the end is waited for, but that its record goes */
	int64_t deadline;
	struct lifecycle_watch *watch;
	size_t count;
	struct target *targets;
	struct pollfd *fds; /* the watch's, then the targets' */
	struct lifecycle_error error;
};

/* ---- one container ---- */

static void set_reached(struct target *target, int64_t exit_code)
{
	target->progress = WAIT_REACHED;
	target->exit_code = exit_code;
	held_close(&target->held);
}

static void set_missed(struct wait *wait, struct target *target, const char *why)
{
	struct lifecycle_error error;

	error_set(&error, LIFECYCLE_ERROR_SYSTEM, "'%s' %s", target->id, why);
	cli_complain(wait->call, &error);
	target->progress = WAIT_MISSED;
	held_close(&target->held);
}

static bool was_seen_running(const struct view *view)
{
	return view_known_start(view, view->current) != LIFECYCLE_UNKNOWN ||
	       view_has_reason(view, LIFECYCLE_REASON_EXITED);
}

/* It is stopped, and something else was waited for: a new life of it may bring that. */
static void look_at_stopped(struct wait *wait, struct target *target, const struct view *view)
{
	const char *instance = view->current->instance;

	if (!target->looked && instance != NULL)
		target->stopped_before = strdup(instance);
	if (target->stopped_before != NULL && instance != NULL &&
		strcmp(target->stopped_before, instance) == 0)
		return;
	if (wait->status == LIFECYCLE_STATUS_CREATED || was_seen_running(view))
		set_reached(target, LIFECYCLE_UNKNOWN);
	else
		set_missed(wait, target, "stopped, and was not seen running");
}

/* As nerdctl's: nothing of ours will ever tell one. */
static bool has_no_status(const struct view *view)
{
	return view_is(view, LIFECYCLE_STATUS_NONE) &&
	       view->current->generation == LIFECYCLE_UNKNOWN &&
	       lifecycle_record_hook_count(view->record) == 0;
}

static void compare_status(struct wait *wait, struct target *target, const struct view *view)
{
	enum lifecycle_status status = view->observed.status;

	target->held.may_exec = false;
	target->unheld = target->held.pidfd < 0 && view->observed.looked &&
			 view->observed.pid != LIFECYCLE_UNKNOWN;
	if (status == LIFECYCLE_STATUS_STOPPED && wait->status != LIFECYCLE_STATUS_STOPPED)
		look_at_stopped(wait, target, view);
	else if (status >= wait->status)
		set_reached(target, view->observed.exit_code);
	else if (has_no_status(view))
		set_missed(wait, target, "has a record without a status: nerdctl's tells none");
	else
		target->held.may_exec =
			wait->status == LIFECYCLE_STATUS_RUNNING && target->held.pidfd >= 0;
}

/* Its record may soon be gone. */
static void note_end(struct target *target, const struct view *view)
{
	if (view_is(view, LIFECYCLE_STATUS_STOPPED) &&
		view->observed.exit_code != LIFECYCLE_UNKNOWN)
		target->exit_code = view->observed.exit_code;
}

static void look_at_record(
	struct wait *wait, struct target *target, const struct lifecycle_record *record)
{
	struct view view;

	view_of(record, &view);
	/* the process of the generation that is there first: its end is the one that is waited for */
	(void)held_open(&target->held, &view);
	if (wait->removed)
		note_end(target, &view);
	else
		compare_status(wait, target, &view);
	target->looked = true;
}

static void take_removal(struct wait *wait, struct target *target)
{
	if (wait->status != LIFECYCLE_STATUS_STOPPED)
		set_missed(wait, target, "was removed");
	else if (target->held.pidfd < 0 || wait->removed)
		set_reached(target, target->exit_code);
}

static void look_at(struct wait *wait, struct target *target, bool went)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;

	if (target->progress != WAIT_PENDING)
		return;
	if (records_load(&wait->records, target->id, &record, &error) == 0) {
		look_at_record(wait, target, record);
		lifecycle_record_free(record);
	} else if (error.code != LIFECYCLE_ERROR_NOT_FOUND) {
		cli_complain(wait->call, &error);
		target->progress = WAIT_MISSED;
	} else if (went) {
		take_removal(wait, target);
	}
}

/* The record may know by now, from an exit file. */
static int64_t recorded_exit_code(const struct wait *wait, const struct target *target)
{
	struct lifecycle_record *record;
	struct view view;
	int64_t code = LIFECYCLE_UNKNOWN;

	if (records_load(&wait->records, target->id, &record, NULL) < 0)
		return code;
	view_of(record, &view);
	if (view_is(&view, LIFECYCLE_STATUS_STOPPED))
		code = view.observed.exit_code;
	lifecycle_record_free(record);
	return code;
}

/* Of two containers under one ID the older one may live on: then its process is held from now on. */
static bool lives_on(struct wait *wait, struct target *target)
{
	struct lifecycle_record *record;
	struct view view;
	bool lives;

	if (records_load(&wait->records, target->id, &record, NULL) < 0)
		return false;
	view_of(record, &view);
	lives = view.shown != view.current && !held_is_of_shown(&target->held, &view);
	if (lives) {
		held_close(&target->held);
		(void)held_open(&target->held, &view);
		lives = target->held.pidfd >= 0;
	}
	lifecycle_record_free(record);
	return lives;
}

static void take_end(struct wait *wait, struct target *target)
{
	int64_t code;

	if (wait->status != LIFECYCLE_STATUS_STOPPED) {
		held_close(&target->held);
		look_at(wait, target, false);
		return;
	}
	code = held_exit_code(&target->held);
	if (wait->removed) {
		target->exit_code = code;
		held_close(&target->held);
		look_at(wait, target, true);
		return;
	}
	if (lives_on(wait, target))
		return;
	set_reached(target, code != LIFECYCLE_UNKNOWN ? code : recorded_exit_code(wait, target));
}

/* ---- all of them ---- */

static int take_change(enum lifecycle_change change, const char *id, void *arg)
{
	struct wait *wait = arg;

	for (size_t i = 0; i < wait->count; i++)
		if (change == LIFECYCLE_CHANGE_ANYTHING || strcmp(wait->targets[i].id, id) == 0)
			look_at(wait, &wait->targets[i], change != LIFECYCLE_CHANGE_RECORD);
	return 0;
}

static bool is_waiting(const struct wait *wait)
{
	for (size_t i = 0; i < wait->count; i++)
		if (wait->targets[i].progress == WAIT_PENDING)
			return true;
	return false;
}

/* Again and again, for nobody tells. */
static bool is_looked_at(const struct target *target)
{
	return target->held.may_exec || target->unheld;
}

/* As poll() takes it. */
static int time_left(const struct wait *wait)
{
	int left = wait->deadline != LIFECYCLE_NO_DEADLINE ? io_poll_timeout(wait->deadline) : -1;

	for (size_t i = 0; i < wait->count; i++)
		if (wait->targets[i].progress == WAIT_PENDING && is_looked_at(&wait->targets[i]) &&
			(left < 0 || left > HELD_LOOK_MS))
			left = HELD_LOOK_MS;
	return left;
}

static int wait_for_change(struct wait *wait)
{
	wait->fds[0] = (struct pollfd){ .fd = lifecycle_watch_fd(wait->watch), .events = POLLIN };
	for (size_t i = 0; i < wait->count; i++)
		wait->fds[i + 1] =
			(struct pollfd){ .fd = wait->targets[i].held.pidfd, .events = POLLIN };
	if (poll(wait->fds, wait->count + 1, time_left(wait)) < 0 && errno != EINTR)
		return error_errno(&wait->error, errno, "cannot wait");
	for (size_t i = 0; i < wait->count; i++) {
		struct target *target = &wait->targets[i];

		if (wait->fds[i + 1].revents != 0)
			take_end(wait, target);
		else if (is_looked_at(target))
			look_at(wait, target, false);
	}
	return lifecycle_watch_read(wait->watch, take_change, wait, &wait->error);
}

static int give_up(const struct wait *wait)
{
	fprintf(stderr, "%s: timed out\n", wait->call->tool->name);
	return CLI_TIMED_OUT;
}

/* CLI_DONE, CLI_TIMED_OUT, or -1. */
static int wait_for_all(struct wait *wait)
{
	for (size_t i = 0; i < wait->count; i++)
		look_at(wait, &wait->targets[i], true);
	while (is_waiting(wait)) {
		if (wait->deadline != LIFECYCLE_NO_DEADLINE &&
			lifecycle_monotonic_now() >= wait->deadline)
			return give_up(wait);
		if (wait_for_change(wait) < 0)
			return -1;
	}
	return CLI_DONE;
}

/* ---- the whole ---- */

static void print_codes(const struct wait *wait)
{
	for (size_t i = 0; wait->status == LIFECYCLE_STATUS_STOPPED && i < wait->count; i++) {
		if (wait->targets[i].progress != WAIT_REACHED ||
			wait->targets[i].exit_code == LIFECYCLE_UNKNOWN)
			puts("-");
		else
			printf("%lld\n", (long long)wait->targets[i].exit_code);
	}
}

static int resolve_all(struct wait *wait)
{
	struct lifecycle_strings ids;
	size_t count = wait->call->operand_count;

	if (count == 0 && wait->records.directory != NULL) {
		if (records_list(&wait->records, &ids, NULL, &wait->error) < 0)
			return -1;
		wait->targets[0].id = strdup(ids.items[0]);
		lifecycle_strings_free(&ids);
		wait->count = 1;
		return wait->targets[0].id != NULL ? 0 : error_no_memory(&wait->error);
	}
	if (count == 0)
		return error_set(&wait->error, LIFECYCLE_ERROR_INVALID, "wait needs REF...");
	for (; wait->count < count; wait->count++)
		if (records_resolve(&wait->records, wait->call->operands[wait->count],
			    &wait->targets[wait->count].id, &wait->error) < 0)
			return -1;
	return 0;
}

static int allocate(struct wait *wait)
{
	size_t count = wait->call->operand_count + 1;

	wait->targets = calloc(count, sizeof(*wait->targets));
	wait->fds = calloc(count + 1, sizeof(*wait->fds));
	if (wait->targets == NULL || wait->fds == NULL)
		return error_no_memory(&wait->error);
	for (size_t i = 0; i < count; i++) {
		wait->targets[i].held = (struct held)HELD_NONE;
		wait->targets[i].exit_code = LIFECYCLE_UNKNOWN;
	}
	return 0;
}

static void release(struct wait *wait)
{
	for (size_t i = 0; wait->targets != NULL && i < wait->count; i++) {
		held_close(&wait->targets[i].held);
		free(wait->targets[i].id);
		free(wait->targets[i].stopped_before);
	}
	free(wait->targets);
	free(wait->fds);
	lifecycle_watch_close(wait->watch);
	records_close(&wait->records);
}

static int run_wait(struct wait *wait)
{
	if (allocate(wait) < 0 ||
		records_open(wait->call, LIFECYCLE_ACCESS_READ, &wait->records, &wait->error) !=
			0 ||
		resolve_all(wait) < 0 ||
		records_watch(&wait->records, &wait->watch, &wait->error) < 0)
		return -1;
	return wait_for_all(wait);
}

static int wait_and_print(struct wait *wait)
{
	int result = run_wait(wait);

	if (result == CLI_DONE)
		print_codes(wait);
	release(wait);
	if (result < 0)
		return cli_fail(wait->call, &wait->error);
	return result != CLI_DONE ? result : wait->call->status;
}

int wait_status(struct cli_call *call, enum lifecycle_status status, int64_t deadline)
{
	struct wait wait = { .call = call, .status = status, .deadline = deadline };

	return wait_and_print(&wait);
}

int wait_removed(struct cli_call *call, int64_t deadline)
{
	struct wait wait = { .call = call,
		.status = LIFECYCLE_STATUS_STOPPED,
		.removed = true,
		.deadline = deadline };

	return wait_and_print(&wait);
}
