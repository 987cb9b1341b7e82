/* SPDX-License-Identifier: Apache-2.0 */
#include "container/held.h"
#include "base/defaults.h"
#include "base/error.h"
#include "container/conmon.h"
#include "container/runtime_call.h"
#include "container/seen.h"
#include "runtime/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

/* How long a creation that was left alone may go on, and how often it is looked at. */
#define SETTLE_NS     INT64_C(5000000000)
#define LOOK_EVERY_NS 2000000

/* ---- taking ---- */

static int read_config(struct held *held, struct lifecycle_error *error)
{
	if (config_load_held(held->hold.directory, &held->config, error) < 0)
		return -1;
	if (settings_read(held->config, &held->settings, error) < 0) {
		json_decref(held->config);
		return -1;
	}
	if (held->settings.runtime != NULL)
		return 0;
	settings_free(&held->settings);
	json_decref(held->config);
	return error_set(error, LIFECYCLE_ERROR_INVALID, "config.json does not name its runtime");
}

int held_take(
	struct place *place, const char *id, struct held *ret_held, struct lifecycle_error *error)
{
	struct held held = { .place = place };
	int64_t deadline = lifecycle_monotonic_now() + HELD_TIMEOUT_NS;

	if (hold_take(place, id, deadline, &held.hold, error) < 0)
		return -1;
	if (read_config(&held, error) < 0) {
		hold_release(&held.hold);
		return error_wrap(error, "'%s'", id);
	}
	*ret_held = held;
	return 0;
}

void held_release(struct held *held)
{
	settings_free(&held->settings);
	json_decref(held->config);
	hold_release(&held->hold);
}

/* ---- what is recorded ---- */

static int report(const struct held *held, enum lifecycle_event event, int64_t pid,
	const char *words, struct lifecycle_error *error)
{
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;

	report.event = event;
	report.id = held->hold.id;
	report.pid = pid;
	report.bundle = held->hold.path;
	report.name = held->settings.name;
	report.message = words;
	return lifecycle_store_report(held->place->store, &report,
		lifecycle_monotonic_now() + DEFAULTS_TIMEOUT_NS, NULL, error);
}

/* ---- calls of the runtime ---- */

int held_create(const struct held *held, struct lifecycle_error *error)
{
	struct lifecycle_error unrecorded;
	struct conmon_answer answer;

	if (conmon_create(held->place, &held->hold, &held->settings, &answer, error) < 0) {
		(void)report(held, LIFECYCLE_EVENT_FAILED, LIFECYCLE_UNKNOWN, error->message,
			&unrecorded);
		return -1;
	}
	if (answer.pid != LIFECYCLE_UNKNOWN)
		return report(held, LIFECYCLE_EVENT_CREATED, answer.pid, NULL, error);
	if (answer.words[0] == '\0')
		strcpy(answer.words, "the runtime does not say why");
	(void)report(held, LIFECYCLE_EVENT_FAILED, LIFECYCLE_UNKNOWN, answer.words, &unrecorded);
	return error_set(error, LIFECYCLE_ERROR_SYSTEM, "'%.12s' cannot be created: %s",
		held->hold.id, answer.words);
}

static int call(const struct held *held, const char *const *words, struct runtime_answer *ret,
	struct lifecycle_error *error)
{
	return runtime_call(&held->settings, held->hold.path, words, ret, error);
}

int held_start(const struct held *held, struct lifecycle_error *error)
{
	const char *const words[] = { "start", held->hold.id, NULL };
	struct runtime_answer answer;
	struct runtime_seen seen = { .point = LIFECYCLE_POINT_START,
		.id = held->hold.id,
		.pid = LIFECYCLE_UNKNOWN,
		.words = answer.words };
	int result;

	if (call(held, words, &answer, error) < 0)
		return -1;
	seen.began = answer.began;
	seen.duration_ns = answer.duration_ns;
	seen.status = answer.status;
	result = runtime_record(lifecycle_store_root(held->place->store), &seen, error);
	if (answer.status != 0)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM, "'%.12s' cannot be started: %s",
			held->hold.id, answer.words);
	return result < 0 ? error_wrap(error, "'%.12s' is started, but not recorded", held->hold.id)
			  : 0;
}

/* Whoever had it created may have been killed: conmon goes on with that, and is waited for. */
static void settle(const struct held *held)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_NS };
	int64_t deadline = lifecycle_monotonic_now() + SETTLE_NS;

	while (conmon_is_creating(held->hold.path, held->hold.id) &&
		lifecycle_monotonic_now() < deadline)
		(void)nanosleep(&pause, NULL);
}

int held_forget(const struct held *held, struct lifecycle_error *error)
{
	const char *const words[] = { "delete", "--force", held->hold.id, NULL };
	struct runtime_answer answer;

	settle(held);
	/* what the runtime does not know, it cannot delete: then there is nothing to be done */
	return call(held, words, &answer, error);
}

int held_run(const struct held *held, struct lifecycle_error *error)
{
	struct lifecycle_observed state;

	settle(held);
	if (place_make_store(held->place, error) < 0 ||
		seen_state(held->place, held->hold.id, &state, error) < 0)
		return -1;
	if (state.status == LIFECYCLE_STATUS_RUNNING)
		return 0;
	if (!seen_lives(&state) && (held_forget(held, error) < 0 || held_create(held, error) < 0))
		return -1;
	return held_start(held, error);
}
