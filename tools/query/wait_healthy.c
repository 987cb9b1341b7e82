/* SPDX-License-Identifier: Apache-2.0 */
#include "query/wait_healthy.h"
#include "base/error.h"
#include "base/io.h"
#include "cli/format.h"
#include "container/conmon.h"
#include "container/container.h"
#include "container/probe.h"
#include "query/follow/held.h"
#include "records/records.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long conmon may take for writing down an end. */
#define END_TIMEOUT_NS INT64_C(2000000000)

struct target {
	const char *reference;
	char *id;
	json_t *config;
	struct settings settings;
	struct health health;
	struct held held;
	struct probe probe;
	bool done;          /* healthy, or it never will be */
	bool may_be_probed; /* its program runs */
	int64_t started_at; /* unknown, too */
	int64_t next;       /* probe, on the monotonic clock */
	int64_t failures;   /* in a row */
};

struct waiting {
	struct cli_call *call;
	struct records records;
	struct place *place;
	struct lifecycle_watch *watch;
	int64_t deadline;
	size_t count;
	struct target *targets;
	struct pollfd *fds; /* the watch's, then each target's process and probe */
	struct lifecycle_error error;
};

#define FDS_PER_TARGET (1 + PROBE_FDS)

/* ---- one container ---- */

static void end_target(struct target *target)
{
	probe_abandon(&target->probe);
	held_close(&target->held);
	target->done = true;
}

static void fail(struct waiting *waiting, struct target *target, const char *why)
{
	struct lifecycle_error error;

	(void)error_set(&error, LIFECYCLE_ERROR_SYSTEM, "'%s' %s", target->reference, why);
	cli_complain(waiting->call, &error);
	end_target(target);
}

/* The record may not know yet, but conmon does. */
static int64_t find_exit_code(
	const struct waiting *waiting, const struct target *target, int64_t recorded)
{
	struct lifecycle_error ignored;
	char *path;
	int code;

	if (recorded != LIFECYCLE_UNKNOWN ||
		place_container_path(waiting->place, target->id, &path, &ignored) < 0)
		return recorded;
	if (conmon_exit_code(path, target->id, lifecycle_monotonic_now() + END_TIMEOUT_NS, &code))
		recorded = code;
	free(path);
	return recorded;
}

static void take_stop(struct waiting *waiting, struct target *target, int64_t recorded)
{
	int64_t code = find_exit_code(waiting, target, recorded);
	char why[96] = "stopped before it was healthy";

	if (code != LIFECYCLE_UNKNOWN)
		snprintf(why, sizeof(why), "stopped before it was healthy, with exit code %lld",
			(long long)code);
	fail(waiting, target, why);
}

static void look_at_record(
	struct waiting *waiting, struct target *target, const struct lifecycle_record *record)
{
	struct view view;

	view_of(record, &view);
	(void)held_open(&target->held, &view);
	target->may_be_probed = view_is(&view, LIFECYCLE_STATUS_RUNNING);
	target->started_at = view_known_start(&view, view.shown);
	/* its process is what was waited for, whatever comes after it */
	if (view_is(&view, LIFECYCLE_STATUS_STOPPED) ||
		(target->held.pidfd >= 0 && held_has_ended(&target->held)))
		take_stop(waiting, target, view.observed.exit_code);
}

static void look_at(struct waiting *waiting, struct target *target)
{
	struct lifecycle_record *record;

	if (target->done)
		return;
	if (records_load(&waiting->records, target->id, &record, &waiting->error) < 0) {
		cli_complain(waiting->call, &waiting->error);
		end_target(target);
		return;
	}
	look_at_record(waiting, target, record);
	lifecycle_record_free(record);
}

/* ---- its health ---- */

static bool is_starting(const struct target *target)
{
	return target->started_at != LIFECYCLE_UNKNOWN &&
	       lifecycle_time_now() - target->started_at < target->health.start_period;
}

/* Said once, so that a person sees what is waited for. */
static void note_failure(struct waiting *waiting, struct target *target)
{
	if (is_starting(target) || ++target->failures != target->health.retries)
		return;
	fprintf(stderr, "%s: '%s' is unhealthy%s", waiting->call->tool->name, target->reference,
		target->probe.timed_out       ? ": its check timed out"
		: target->probe.words[0] == 0 ? ""
					      : ": ");
	if (!target->probe.timed_out)
		format_escaped(stderr, target->probe.words);
	putc('\n', stderr);
}

static void take_probe(struct waiting *waiting, struct target *target)
{
	if (!probe_has_ended(&target->probe))
		return;
	target->next = lifecycle_monotonic_now() + target->health.interval;
	look_at(waiting, target);
	if (target->done)
		return;
	if (target->probe.healthy)
		end_target(target);
	else
		note_failure(waiting, target);
}

static void begin_probe(struct waiting *waiting, struct target *target)
{
	if (target->done || !target->may_be_probed || target->probe.pid != 0 ||
		lifecycle_monotonic_now() < target->next)
		return;
	if (probe_begin(&target->settings, target->id, &target->health, &target->probe,
		    &waiting->error) == 0)
		return;
	cli_complain(waiting->call, &waiting->error);
	end_target(target);
}

/* ---- all of them ---- */

static int take_change(enum lifecycle_change change, const char *id, void *arg)
{
	struct waiting *waiting = arg;

	for (size_t i = 0; i < waiting->count; i++)
		if (change == LIFECYCLE_CHANGE_ANYTHING || strcmp(waiting->targets[i].id, id) == 0)
			look_at(waiting, &waiting->targets[i]);
	return 0;
}

static bool is_waiting(const struct waiting *waiting)
{
	for (size_t i = 0; i < waiting->count; i++)
		if (!waiting->targets[i].done)
			return true;
	return false;
}

static int64_t earlier(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

/* As poll() takes it. */
static int time_left(const struct waiting *waiting)
{
	int64_t until = waiting->deadline;

	for (size_t i = 0; i < waiting->count; i++) {
		const struct target *target = &waiting->targets[i];

		if (target->probe.pid != 0)
			until = earlier(until, target->probe.deadline);
		else if (!target->done && target->may_be_probed)
			until = earlier(until, target->next);
	}
	return until != LIFECYCLE_NO_DEADLINE ? io_poll_timeout(until) : -1;
}

static void fill_fds(struct waiting *waiting)
{
	waiting->fds[0] =
		(struct pollfd){ .fd = lifecycle_watch_fd(waiting->watch), .events = POLLIN };
	for (size_t i = 0; i < waiting->count; i++) {
		struct pollfd *fds = &waiting->fds[1 + FDS_PER_TARGET * i];

		fds[0] = (struct pollfd){ .fd = waiting->targets[i].held.pidfd, .events = POLLIN };
		probe_poll(&waiting->targets[i].probe, fds + 1);
	}
}

static int wait_for_change(struct waiting *waiting)
{
	fill_fds(waiting);
	if (poll(waiting->fds, 1 + FDS_PER_TARGET * waiting->count, time_left(waiting)) < 0 &&
		errno != EINTR)
		return error_errno(&waiting->error, errno, "cannot wait");
	for (size_t i = 0; i < waiting->count; i++) {
		struct target *target = &waiting->targets[i];

		if (waiting->fds[1 + FDS_PER_TARGET * i].revents != 0)
			look_at(waiting, target);
		if (target->probe.pid != 0)
			take_probe(waiting, target);
	}
	return lifecycle_watch_read(waiting->watch, take_change, waiting, &waiting->error);
}

/* CLI_DONE, CLI_TIMED_OUT, or -1. */
static int wait_for_all(struct waiting *waiting)
{
	for (size_t i = 0; i < waiting->count; i++)
		look_at(waiting, &waiting->targets[i]);
	while (is_waiting(waiting)) {
		if (lifecycle_monotonic_now() >= waiting->deadline) {
			fprintf(stderr, "%s: timed out\n", waiting->call->tool->name);
			return CLI_TIMED_OUT;
		}
		for (size_t i = 0; i < waiting->count; i++)
			begin_probe(waiting, &waiting->targets[i]);
		if (wait_for_change(waiting) < 0)
			return -1;
	}
	return CLI_DONE;
}

/* ---- the whole ---- */

static int load_check(struct waiting *waiting, struct target *target)
{
	if (!place_has(waiting->place, target->id))
		return error_set(&waiting->error, LIFECYCLE_ERROR_SYSTEM,
			"'%s' is not a container of lifecycle-ctl's in '%s': its health is not "
			"known",
			target->reference, waiting->place->data_root);
	if (container_load(waiting->place, target->id, &target->config, &target->settings,
		    &waiting->error) < 0 ||
		health_read(target->settings.health, &target->health, &waiting->error) < 0)
		return error_wrap(&waiting->error, "'%s'", target->reference);
	if (target->health.argv == NULL || target->settings.runtime == NULL)
		return error_set(&waiting->error, LIFECYCLE_ERROR_SYSTEM,
			"'%s' has no health check", target->reference);
	return 0;
}

static int resolve_all(struct waiting *waiting)
{
	struct cli_call *call = waiting->call;

	if (call->operand_count == 0)
		return error_set(&waiting->error, LIFECYCLE_ERROR_INVALID, "wait needs REF...");
	for (size_t i = 0; i < call->operand_count; i++) {
		struct target *target = &waiting->targets[i];

		target->held = (struct held)HELD_NONE;
		target->reference = call->operands[i];
		waiting->count++;
		if (records_resolve(&waiting->records, call->operands[i], &target->id,
			    &waiting->error) < 0 ||
			load_check(waiting, target) < 0)
			return -1;
	}
	return 0;
}

static int open_all(struct waiting *waiting, const char *data_root)
{
	struct place_options options = { .data_root = data_root, .access = LIFECYCLE_ACCESS_READ };
	size_t count = waiting->call->operand_count;

	if (records_open(
		    waiting->call, LIFECYCLE_ACCESS_READ, &waiting->records, &waiting->error) != 0)
		return -1;
	if (waiting->records.directory != NULL)
		return error_set(&waiting->error, LIFECYCLE_ERROR_INVALID,
			"--state-dir tells of no health check");
	options.store_root = waiting->records.root;
	waiting->targets = calloc(count + 1, sizeof(*waiting->targets));
	waiting->fds = calloc(1 + FDS_PER_TARGET * count, sizeof(*waiting->fds));
	if (waiting->targets == NULL || waiting->fds == NULL)
		return error_no_memory(&waiting->error);
	if (place_open(&options, &waiting->place, &waiting->error) < 0 || resolve_all(waiting) < 0)
		return -1;
	return records_watch(&waiting->records, &waiting->watch, &waiting->error);
}

static void release(struct waiting *waiting)
{
	for (size_t i = 0; i < waiting->count; i++) {
		struct target *target = &waiting->targets[i];

		end_target(target);
		health_free(&target->health);
		settings_free(&target->settings);
		json_decref(target->config);
		free(target->id);
	}
	free(waiting->targets);
	free(waiting->fds);
	lifecycle_watch_close(waiting->watch);
	place_close(waiting->place);
	records_close(&waiting->records);
}

int wait_healthy(struct cli_call *call, const char *data_root, int64_t deadline)
{
	struct waiting waiting = { .call = call, .deadline = deadline };
	int result = open_all(&waiting, data_root);

	if (result == 0)
		result = wait_for_all(&waiting);
	release(&waiting);
	if (result < 0)
		return cli_fail(call, &waiting.error);
	return result != CLI_DONE ? result : call->status;
}
