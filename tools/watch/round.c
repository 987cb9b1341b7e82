/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/round.h"
#include "base/error.h"
#include "records/pidfd.h"
#include "watch/registry.h"
#include "watch/writer.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* Who has looked within this knows when something ended. */
#define PROMPT_NS INT64_C(20000000)

/* How long a process's parent may take to ask how it ended. */
#define PATIENCE_NS INT64_C(1000000000)

/* ---- what the kernel tells ---- */

static void doubt(struct watched *watched, void *arg)
{
	(void)arg;
	life_doubt(&watched->life);
}

static void give_up_connector(struct watcher *watcher, const struct lifecycle_error *error)
{
	watcher_say("%s; ends are still seen", error->message);
	(void)close(watcher->connector);
	watcher->connector = CONNECTOR_CLOSED;
	watcher->congested = false;
	watched_for_each(&watcher->set, doubt, NULL);
}

static void read_batch(struct watcher *watcher)
{
	struct connector_batch *batch = &watcher->batch;
	struct lifecycle_error error;

	batch->count = 0;
	if (watcher->connector < 0)
		return;
	if (connector_read(watcher->connector, batch, &error) < 0) {
		give_up_connector(watcher, &error);
		return;
	}
	if (batch->lost)
		watcher_say("the kernel had more to tell than it could keep: some starts are not "
			    "known");
	watcher->congested = watcher->congested || batch->lost;
}

static void match_batch(struct watcher *watcher)
{
	for (size_t i = 0; i < watcher->batch.count; i++) {
		const struct kernel_event *event = &watcher->batch.events[i];
		struct watched *watched = NULL;

		while ((watched = watched_of_pid(&watcher->set, event->pid, watched)) != NULL) {
			life_take(&watched->life, event);
			watcher_activate(watcher, watched);
		}
	}
}

/* ---- what follows ---- */

/* This process was stopped for a while, before this round or in it, or may have been: it was too slow for the kernel. */
static bool is_late(const struct watcher *watcher, int64_t now)
{
	return now - watcher->looked_at > PROMPT_NS &&
	       (watcher->congested || watcher->was_stopped || now - watcher->woke_at > PROMPT_NS);
}

static void look(const struct watcher *watcher, struct watched *watched, int64_t now)
{
	struct pollfd file = { .fd = watched->pidfd, .events = POLLIN };
	struct lifecycle_error error;
	int ready;

	if (watched->pidfd < 0)
		return;
	ready = poll(&file, 1, 0);
	if (ready < 0 && errno != EINTR) {
		(void)error_errno(&error, errno, "'%s' cannot be looked at", watched->id);
		registry_say_fault(watched->root, &error);
	}
	life_look(&watched->life, ready == 1, now, is_late(watcher, now));
}

/* The parent may not have asked yet: until then the kernel tells nobody else, but those who may look at a zombie. */
static bool find_status(const struct watched *watched, struct life_end *end, int64_t now)
{
	int status;

	if (watched->pidfd >= 0 && pidfd_exit_status(watched->pidfd, 0, &status))
		life_correct(&watched->life, status, end);
	return end->has_status || now - watched->life.noticed_at >= PATIENCE_NS;
}

/* Whether it is done with. */
static bool finish(struct watcher *watcher, struct watched *watched, const struct clocks *clocks)
{
	struct life_end end;

	if (!life_has_ended(&watched->life, clocks->monotonic, watcher->connector >= 0, &end))
		return life_is_forgotten(&watched->life, watched->since, clocks->monotonic);
	return find_status(watched, &end, clocks->monotonic) &&
	       writer_tell_end(watched, &end, watched_is_shared(&watcher->set, watched), clocks) !=
		       WRITER_LATER;
}

static bool exec_is_told(struct watched *watched, const struct clocks *clocks)
{
	if (!watched->exec_told && watched->life.execed_at != LIFECYCLE_UNKNOWN)
		watched->exec_told = writer_tell_exec(watched, clocks) != WRITER_LATER;
	return watched->exec_told || watched->life.execed_at == LIFECYCLE_UNKNOWN;
}

/* What it does next need not wake us. */
static bool is_pending(const struct watched *watched)
{
	return watched->pidfd < 0 || watched->life.noticed_at != LIFECYCLE_UNKNOWN;
}

static void conclude(struct watcher *watcher, struct watched *watched)
{
	struct clocks clocks = clocks_now();
	bool told;

	look(watcher, watched, clocks.monotonic);
	told = exec_is_told(watched, &clocks);
	if (told && finish(watcher, watched, &clocks))
		watched_remove(&watcher->set, watched);
	else if (!told || is_pending(watched))
		watcher_activate(watcher, watched);
}

/* ---- the whole ---- */

static void conclude_all(struct watcher *watcher)
{
	struct watched *active = watcher->active;
	struct watched *next;

	watcher->active = NULL;
	for (; active != NULL; active = next) {
		next = active->next_active;
		active->active = false;
		conclude(watcher, active);
	}
}

bool round_run(struct watcher *watcher)
{
	read_batch(watcher);
	for (size_t i = 0; i < watcher->root_count; i++)
		registry_drain(watcher, &watcher->roots[i]);
	match_batch(watcher);
	if (watcher->congested)
		watched_for_each(&watcher->set, doubt, NULL);
	conclude_all(watcher);
	for (size_t i = 0; i < watcher->root_count; i++)
		registry_release(&watcher->roots[i]);
	watcher->was_stopped = false;
	watcher->congested = watcher->congested && !watcher->batch.empty;
	return watcher->batch.count > 0;
}
