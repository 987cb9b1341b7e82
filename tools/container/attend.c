/* SPDX-License-Identifier: Apache-2.0 */
#include "container/attend.h"
#include "base/error.h"
#include "cli/cli.h"
#include "container/conmon.h"
#include "container/container.h"
#include "container/held.h"
#include "container/seen.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* How long conmon may take for what it still holds when the container has ended. */
#define DRAIN_NS INT64_C(10000000000)

struct attendance {
	struct place *place;
	const char *id;
	char *path;
	struct log_reader *log;
	bool started;
	int process; /* a pidfd; -1 if it has ended */
	int signals; /* -1: they are ours */
};

/* ---- signals ---- */

/* Those by which a person or a service manager speaks to what runs in the foreground. */
static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };

static int catch_signals(sigset_t *ret_old)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
		(void)sigaddset(&set, passed_on[i]);
	(void)sigprocmask(SIG_BLOCK, &set, ret_old);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* That the container does not take a signal is no reason to stop. */
static void pass_on(const struct attendance *attendance)
{
	struct signalfd_siginfo signal;
	struct lifecycle_error ignored;
	char number[16];

	while (read(attendance->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal)) {
		snprintf(number, sizeof(number), "%u", signal.ssi_signo);
		(void)container_kill(attendance->place, attendance->id, number, &ignored);
	}
}

/* ---- until the end ---- */

/* Signals are looked for, and the end of the process, if there is more to print; or else waited for, as more to print is. */
static int wait_once(struct attendance *attendance, bool has_more, struct lifecycle_error *error)
{
	struct pollfd fds[] = {
		{ .fd = attendance->process, .events = POLLIN },
		{ .fd = log_fd(attendance->log), .events = POLLIN },
		{ .fd = attendance->signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};

	if (poll(fds, 4, has_more ? 0 : -1) < 0 && errno != EINTR)
		return error_errno(error, errno, "cannot wait for the container");
	if (fds[2].revents != 0)
		pass_on(attendance);
	if (fds[3].revents != 0)
		return cli_end_without_reader(error);
	if (fds[0].revents != 0) {
		(void)close(attendance->process);
		attendance->process = -1;
	}
	return 0;
}

static int print_all(struct log_reader *log, struct lifecycle_error *error)
{
	int result;

	do
		result = log_print(log, error);
	while (result > 0);
	return result;
}

/* conmon writes the exit status down after all that the container wrote. */
static int show_to_end(
	struct attendance *attendance, int64_t *ret_exit_code, struct lifecycle_error *error)
{
	int code;

	while (attendance->process >= 0) {
		int result = log_print(attendance->log, error);

		if (result < 0 || wait_once(attendance, result > 0, error) < 0)
			return -1;
	}
	*ret_exit_code = LIFECYCLE_UNKNOWN;
	if (conmon_exit_code(
		    attendance->path, attendance->id, lifecycle_monotonic_now() + DRAIN_NS, &code))
		*ret_exit_code = code;
	return print_all(attendance->log, error);
}

static int open_attendance(struct place *place, const char *id, const struct log_options *options,
	struct attendance *ret_attendance, struct lifecycle_error *error)
{
	struct attendance attendance = { .place = place, .id = id, .process = -1, .signals = -1 };

	if (place_container_path(place, id, &attendance.path, error) < 0)
		return -1;
	if (log_open(attendance.path, options, &attendance.log, error) < 0) {
		free(attendance.path);
		return -1;
	}
	*ret_attendance = attendance;
	return 0;
}

static void close_attendance(struct attendance *attendance)
{
	if (attendance->process >= 0)
		(void)close(attendance->process);
	if (attendance->signals >= 0)
		(void)close(attendance->signals);
	log_close(attendance->log);
	free(attendance->path);
}

/* ---- the two ways ---- */

static int check_log(const struct log_reader *log, struct lifecycle_error *error)
{
	int64_t left_out = log_left_out(log);

	if (left_out == 0)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_SYSTEM,
		"lines of the log that are not as conmon writes them, and were left out: %" PRId64,
		left_out);
}

int attend_log(struct place *place, const char *id, const struct log_options *options, bool follow,
	struct lifecycle_error *error)
{
	struct attendance attendance;
	int64_t ignored;
	int result;

	if (open_attendance(place, id, options, &attendance, error) < 0)
		return -1;
	if (follow)
		result = seen_process(place, id, &attendance.process, error);
	else
		result = print_all(attendance.log, error);
	if (result == 0 && follow)
		result = show_to_end(&attendance, &ignored, error);
	if (result == 0)
		result = check_log(attendance.log, error);
	close_attendance(&attendance);
	return result;
}

static int start_and_show(
	struct attendance *attendance, int64_t *ret_exit_code, struct lifecycle_error *error)
{
	struct held held;
	int result;

	if (held_take(attendance->place, attendance->id, &held, error) < 0)
		return -1;
	result = held_run(&held, error);
	attendance->started = result == 0;
	if (result == 0)
		result = seen_process(
			attendance->place, attendance->id, &attendance->process, error);
	if (result == 0)
		result = show_to_end(attendance, ret_exit_code, error);
	held_release(&held);
	return result;
}

int attend_run(
	struct place *place, const char *id, int64_t *ret_exit_code, struct lifecycle_error *error)
{
	const struct log_options all = { .since = LIFECYCLE_UNKNOWN, .tail = LIFECYCLE_UNKNOWN };
	struct lifecycle_error ignored;
	struct attendance attendance;
	sigset_t old;
	int result;

	if (open_attendance(place, id, &all, &attendance, error) < 0)
		return -1;
	attendance.signals = catch_signals(&old);
	result = start_and_show(&attendance, ret_exit_code, error);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	close_attendance(&attendance);
	if (!attendance.started)
		(void)container_remove(place, id, true, &ignored);
	return result == 0 ? container_clean(place, id, error) : -1;
}
