/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/loop.h"
#include "base/error.h"
#include "watch/notify.h"
#include "watch/registry.h"
#include "watch/round.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE 64

/* Something of a process is still to come. */
#define PENDING_MS 10

/* What comes meanwhile is read at once: it bears the kernel's times. */
#define PAUSE_NS 5000000

static int wait_for(struct watcher *watcher, int fd, void *what, struct lifecycle_error *error)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

	if (epoll_ctl(watcher->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
		return 0;
	return error_errno(error, errno, "cannot wait for a descriptor");
}

int loop_prepare(struct watcher *watcher, struct lifecycle_error *error)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCONT);
	(void)sigprocmask(SIG_SETMASK, &signals, NULL);
	watcher->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	watcher->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (watcher->signals < 0 || watcher->epoll < 0)
		return error_errno(error, errno, "cannot wait for anything");
	return wait_for(watcher, watcher->signals, &watcher->signals, error);
}

/* ---- signals ---- */

static void list_all(struct watcher *watcher)
{
	for (size_t i = 0; i < watcher->root_count; i++)
		registry_list(watcher, &watcher->roots[i]);
}

/* False if it is time to end. */
static bool take_signals(struct watcher *watcher)
{
	struct signalfd_siginfo signal;

	while (read(watcher->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal)) {
		if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT)
			return false;
		if (signal.ssi_signo == SIGHUP)
			list_all(watcher);
		if (signal.ssi_signo == SIGCONT)
			watcher->was_stopped = true;
	}
	return true;
}

/* ---- waiting ---- */

static int timeout_of(const struct watcher *watcher, int interval)
{
	if (watcher->congested)
		return 0;
	if (watcher->active == NULL)
		return interval;
	return interval >= 0 && interval < PENDING_MS ? interval : PENDING_MS;
}

/* A descriptor of the watcher's own is told by its place in it; all others are of a process. */
static bool is_own(const struct watcher *watcher, const void *what)
{
	const char *at = what;
	const char *begin = (const char *)watcher;

	for (size_t i = 0; i < watcher->root_count; i++)
		if (what == &watcher->roots[i])
			return true;
	return at >= begin && at < begin + sizeof(*watcher);
}

static void take_events(struct watcher *watcher, const struct epoll_event *events, int count)
{
	for (int i = 0; i < count; i++)
		if (!is_own(watcher, events[i].data.ptr))
			watcher_activate(watcher, events[i].data.ptr);
}

/* All that there is belongs into one round, also where a stop and its end interrupt the waiting. */
static int collect(struct watcher *watcher, int timeout, struct lifecycle_error *error)
{
	struct epoll_event events[AT_ONCE];
	int count;

	do {
		count = epoll_wait(watcher->epoll, events, AT_ONCE, timeout);
		if (count < 0 && errno != EINTR)
			return error_errno(error, errno, "cannot wait");
		take_events(watcher, events, count);
		if (count == AT_ONCE)
			timeout = 0;
	} while (count < 0 || count == AT_ONCE);
	return 0;
}

static int wait_once(struct watcher *watcher, int interval, struct lifecycle_error *error)
{
	if (collect(watcher, timeout_of(watcher, interval), error) < 0)
		return -1;
	watcher->looked_at = watcher->woke_at;
	watcher->woke_at = lifecycle_monotonic_now();
	return 0;
}

/* ---- the loop ---- */

static void tell_alive(int interval, int64_t *told_at)
{
	int64_t now = lifecycle_monotonic_now();

	if (interval < 0 || now - *told_at < interval * INT64_C(1000000))
		return;
	notify_send("WATCHDOG=1");
	*told_at = now;
}

static int wait_for_all(struct watcher *watcher, struct lifecycle_error *error)
{
	if (watcher->connector >= 0 &&
		wait_for(watcher, watcher->connector, &watcher->connector, error) < 0)
		return -1;
	for (size_t i = 0; i < watcher->root_count; i++)
		if (wait_for(watcher, lifecycle_watch_fd(watcher->roots[i].watch),
			    &watcher->roots[i], error) < 0)
			return -1;
	return 0;
}

int loop_run(struct watcher *watcher, struct lifecycle_error *error)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	int interval = notify_interval();
	int64_t told_at = 0;

	if (wait_for_all(watcher, error) < 0)
		return -1;
	watcher->woke_at = lifecycle_monotonic_now();
	watcher->looked_at = watcher->woke_at;
	notify_send("READY=1");
	while (take_signals(watcher)) {
		/* what ended while it was stopped may not be in what it had been told before */
		if (watcher->was_stopped && collect(watcher, 0, error) < 0)
			return -1;
		if (round_run(watcher) && !watcher->congested)
			(void)nanosleep(&pause, NULL);
		tell_alive(interval, &told_at);
		if (wait_once(watcher, interval, error) < 0)
			return -1;
	}
	notify_send("STOPPING=1");
	return 0;
}
