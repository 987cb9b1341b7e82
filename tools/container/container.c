/* SPDX-License-Identifier: Apache-2.0 */
#include "container/container.h"
#include "base/error.h"
#include "base/io.h"
#include "container/conmon.h"
#include "container/held.h"
#include "container/runtime_call.h"
#include "container/seen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How long conmon may take for writing down an end, and the kernel for one by SIGKILL. */
#define END_TIMEOUT_NS INT64_C(10000000000)

/* ---- state ---- */

int container_state(struct place *place, const char *id, struct lifecycle_observed *ret_state,
	struct lifecycle_error *error)
{
	if (!place_has(place, id))
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", id);
	return seen_state(place, id, ret_state, error);
}

/* ---- start ---- */

int container_start(struct place *place, const char *id, struct lifecycle_error *error)
{
	struct lifecycle_observed state;
	struct held held;
	int result;

	/* who runs it in the foreground holds it for as long as it runs */
	if (container_state(place, id, &state, error) < 0)
		return -1;
	if (state.status == LIFECYCLE_STATUS_RUNNING)
		return 0;
	if (held_take(place, id, &held, error) < 0)
		return -1;
	result = held_run(&held, error);
	held_release(&held);
	return result;
}

/* ---- signals ---- */

static int call_kill(
	struct place *place, const char *id, const char *signal, struct lifecycle_error *error)
{
	const char *const words[] = { "kill", id, signal, NULL };
	struct runtime_answer answer;
	struct settings settings;
	json_t *config;
	char *path;
	int result;

	if (place_container_path(place, id, &path, error) < 0)
		return -1;
	result = container_load(place, id, &config, &settings, error);
	if (result == 0) {
		result = runtime_call(&settings, path, words, &answer, error);
		settings_free(&settings);
		json_decref(config);
	}
	free(path);
	if (result == 0 && answer.status != 0)
		result = error_set(error, LIFECYCLE_ERROR_SYSTEM, "'%.12s' cannot be signalled: %s",
			id, answer.words);
	return result;
}

int container_kill(
	struct place *place, const char *id, const char *signal, struct lifecycle_error *error)
{
	struct lifecycle_observed state;

	if (container_state(place, id, &state, error) < 0)
		return -1;
	if (!seen_lives(&state))
		return error_set(error, LIFECYCLE_ERROR_SYSTEM, "'%s' is not running", id);
	return call_kill(place, id, signal, error);
}

/* True if it ended within the time; no grace is cut short. */
static bool ends_within(int pidfd, int64_t nanoseconds)
{
	int64_t end = lifecycle_monotonic_now() + nanoseconds;
	struct pollfd wait = { pidfd, POLLIN, 0 };
	int count;

	do {
		count = poll(&wait, 1, io_poll_timeout(end));
	} while (count <= 0 && lifecycle_monotonic_now() < end);
	return count > 0;
}

/* The runtime knows best whom to kill; what it cannot, the kernel can. */
static int kill_and_wait(
	struct place *place, const char *id, int pidfd, struct lifecycle_error *error)
{
	struct lifecycle_error why;

	if (call_kill(place, id, "KILL", &why) < 0 || !ends_within(pidfd, END_TIMEOUT_NS))
		(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	if (ends_within(pidfd, END_TIMEOUT_NS))
		return 0;
	return error_set(error, LIFECYCLE_ERROR_TIMEOUT, "'%s' does not end by SIGKILL", id);
}

static int end_process(struct place *place, const char *id, int pidfd,
	const struct settings *settings, int64_t grace, struct lifecycle_error *error)
{
	const char *signal = settings->stop_signal != NULL ? settings->stop_signal : "TERM";
	struct lifecycle_observed state;

	if (grace == LIFECYCLE_UNKNOWN)
		grace = settings->stop_timeout != LIFECYCLE_UNKNOWN ? settings->stop_timeout
								    : CONTAINER_STOP_TIMEOUT_NS;
	if (seen_state(place, id, &state, error) < 0)
		return -1;
	/* before its program runs there is nobody to take a signal */
	if (state.status != LIFECYCLE_STATUS_RUNNING || grace <= 0)
		return kill_and_wait(place, id, pidfd, error);
	if (call_kill(place, id, signal, error) < 0)
		return ends_within(pidfd, 0) ? 0 : -1;
	return ends_within(pidfd, grace) ? 0 : kill_and_wait(place, id, pidfd, error);
}

/* Whoever is ended has conmon beside it, which is given the time to say how. */
static void wait_for_conmon(struct place *place, const char *id)
{
	struct lifecycle_error ignored;
	char *path;
	int code;

	if (place_container_path(place, id, &path, &ignored) < 0)
		return;
	(void)conmon_exit_code(path, id, lifecycle_monotonic_now() + END_TIMEOUT_NS, &code);
	free(path);
}

static int stop_process(struct place *place, const char *id, int pidfd, int64_t grace,
	struct lifecycle_error *error)
{
	struct settings settings;
	json_t *config;
	int result;

	if (container_load(place, id, &config, &settings, error) < 0)
		return -1;
	result = end_process(place, id, pidfd, &settings, grace, error);
	settings_free(&settings);
	json_decref(config);
	if (result == 0)
		wait_for_conmon(place, id);
	return result;
}

int container_stop(
	struct place *place, const char *id, int64_t grace, struct lifecycle_error *error)
{
	int pidfd, result = 0;

	if (!place_has(place, id))
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", id);
	if (seen_process(place, id, &pidfd, error) < 0)
		return -1;
	if (pidfd >= 0) {
		result = stop_process(place, id, pidfd, grace, error);
		(void)close(pidfd);
	}
	return result == 0 ? container_clean(place, id, error) : -1;
}

/* ---- the end ---- */

static int clean_held(struct held *held, bool *ret_remove, struct lifecycle_error *error)
{
	struct lifecycle_observed state;

	*ret_remove = false;
	if (seen_state(held->place, held->hold.id, &state, error) < 0)
		return -1;
	if (seen_lives(&state))
		return 0;
	*ret_remove = held->settings.remove;
	return held_forget(held, error);
}

static int remove_held(struct held *held, struct lifecycle_error *error)
{
	settings_free(&held->settings);
	json_decref(held->config);
	return hold_remove(&held->hold, error);
}

int container_clean(struct place *place, const char *id, struct lifecycle_error *error)
{
	struct lifecycle_error why;
	struct held held;
	bool remove;
	int result;

	if (held_take(place, id, &held, &why) < 0) {
		/* it is to be removed at its end, and has been */
		if (why.code == LIFECYCLE_ERROR_NOT_FOUND)
			return 0;
		return error_set(error, why.code, "%s", why.message);
	}
	result = clean_held(&held, &remove, error);
	if (result == 0 && remove)
		return remove_held(&held, error);
	held_release(&held);
	return result;
}

static int end_before_removal(
	struct place *place, const char *id, bool force, struct lifecycle_error *error)
{
	struct lifecycle_observed state;
	int pidfd, result;

	if (container_state(place, id, &state, error) < 0)
		return -1;
	if (state.status == LIFECYCLE_STATUS_RUNNING && !force)
		return error_set(
			error, LIFECYCLE_ERROR_SYSTEM, "'%s' is running: stop it, or --force", id);
	if (seen_process(place, id, &pidfd, error) < 0)
		return -1;
	if (pidfd < 0)
		return 0;
	result = kill_and_wait(place, id, pidfd, error);
	(void)close(pidfd);
	if (result == 0)
		wait_for_conmon(place, id);
	return result;
}

int container_remove(struct place *place, const char *id, bool force, struct lifecycle_error *error)
{
	struct held held;

	if (end_before_removal(place, id, force, error) < 0 ||
		held_take(place, id, &held, error) < 0)
		return -1;
	if (held_forget(&held, error) < 0) {
		held_release(&held);
		return -1;
	}
	return remove_held(&held, error);
}

int container_wait(
	struct place *place, const char *id, int64_t *ret_exit_code, struct lifecycle_error *error)
{
	struct pollfd wait = { .events = POLLIN };
	char *path;
	int code;

	if (seen_process(place, id, &wait.fd, error) < 0)
		return -1;
	while (wait.fd >= 0 && poll(&wait, 1, -1) < 0 && errno == EINTR)
		;
	if (wait.fd >= 0)
		(void)close(wait.fd);
	if (place_container_path(place, id, &path, error) < 0)
		return -1;
	*ret_exit_code = LIFECYCLE_UNKNOWN;
	if (conmon_exit_code(path, id, lifecycle_monotonic_now() + END_TIMEOUT_NS, &code))
		*ret_exit_code = code;
	free(path);
	return 0;
}
