/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/registry.h"
#include "base/error.h"
#include "watch/oom.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Between a hook's beginning, which is created_at, and its record. */
#define SLACK_NS INT64_C(100000000)

void registry_say_fault(struct root *root, const struct lifecycle_error *error)
{
	if (error->code == LIFECYCLE_ERROR_NOT_FOUND)
		return;
	if (!root->failing)
		watcher_say("%s: %s", root->path, error->message);
	root->failing = true;
	root->has_failed = true;
}

/* ---- a process ---- */

/* Its end is known, or nobody can know its process. */
static bool is_settled(const struct lifecycle_generation *generation)
{
	return generation->instance == NULL || generation->pid == LIFECYCLE_UNKNOWN ||
	       generation->finished_at_source == LIFECYCLE_SOURCE_EXIT ||
	       generation->finished_at_source == LIFECYCLE_SOURCE_ENGINE;
}

/* It was created since the store was last asked: then what the kernel told of it is still to be read. */
static bool is_fresh(const struct root *root, const struct lifecycle_generation *generation)
{
	return generation->created_at != LIFECYCLE_UNKNOWN &&
	       root->drained_at != LIFECYCLE_UNKNOWN &&
	       generation->created_at >= root->drained_at - SLACK_NS;
}

static bool has_ended(int pidfd)
{
	struct pollfd file = { .fd = pidfd, .events = POLLIN };

	return poll(&file, 1, 0) == 1;
}

/* Asked of the current generation alone: an earlier one's process is a program, or will never be one. */
static bool is_not_program_yet(
	const struct lifecycle_record *record, const struct lifecycle_generation *generation)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };

	if (generation != lifecycle_record_current(record))
		return false;
	lifecycle_observe(record, &observed);
	return observed.looked && (observed.status == LIFECYCLE_STATUS_CREATING ||
					  observed.status == LIFECYCLE_STATUS_CREATED);
}

/* From when on events are its own, for one that was not seen before them. */
static void set_bounds(struct life *life, const struct lifecycle_generation *generation,
	const struct clocks *clocks)
{
	int64_t forked = clocks_of_ticks(clocks, generation->pid_start_ticks);
	int64_t created = generation->created_at != LIFECYCLE_UNKNOWN
				  ? clocks_monotonic(clocks, generation->created_at)
				  : LIFECYCLE_UNKNOWN;

	life->exec_from = forked;
	life->exit_from = forked;
	/* after now: the wall clock was set back */
	if (created <= forked || created > clocks->monotonic)
		return;
	life->exec_from = created;
	life->exit_from = created;
	life->unsure_from = forked;
}

struct newcomer {
	const struct lifecycle_record *record;
	const struct lifecycle_generation *generation;
	struct clocks clocks; /* before it was looked at */
	int pidfd;
	bool fresh;
};

/* What was seen of it just now cannot have been told before. */
static struct life life_of(const struct watcher *watcher, const struct newcomer *newcomer)
{
	struct life life = life_unknown();
	bool ended = newcomer->pidfd < 0 || has_ended(newcomer->pidfd);
	bool waits = !ended && is_not_program_yet(newcomer->record, newcomer->generation);

	set_bounds(&life, newcomer->generation, &newcomer->clocks);
	if (waits) {
		life.exec_from = newcomer->clocks.monotonic;
		life.unsure_from = LIFECYCLE_UNKNOWN;
	}
	if (!ended)
		life.exit_from = newcomer->clocks.monotonic;
	life.held = newcomer->pidfd >= 0;
	life.awaits_exec = watcher->connector >= 0 && (waits || newcomer->fresh);
	life.sure = life.awaits_exec && !watcher->congested;
	if (life.held && ended && !newcomer->fresh)
		life_look(&life, true, newcomer->clocks.monotonic, true);
	return life;
}

static void hold(struct watcher *watcher, struct watched *watched, int pidfd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.ptr = watched };

	watched->pidfd = pidfd;
	watched->oom = oom_open(watched->pid);
	watched->oom_before = oom_count(watched->oom);
	(void)epoll_ctl(watcher->epoll, EPOLL_CTL_ADD, pidfd, &event);
}

static bool has_room(struct watcher *watcher)
{
	if (watcher->set.count < WATCHED_MOST) {
		watcher->is_full = false;
		return true;
	}
	if (!watcher->is_full)
		watcher_say("%d containers are watched, which is the most: no more for now",
			WATCHED_MOST);
	watcher->is_full = true;
	return false;
}

static void add(struct watcher *watcher, struct root *root, const struct newcomer *newcomer)
{
	struct watched *watched = has_room(watcher) ? watched_add(&watcher->set, root,
							      lifecycle_record_id(newcomer->record),
							      newcomer->generation)
						    : NULL;

	if (watched == NULL) {
		if (newcomer->pidfd >= 0)
			(void)close(newcomer->pidfd);
		return;
	}
	watched->since = newcomer->clocks.monotonic;
	watched->life = life_of(watcher, newcomer);
	if (newcomer->pidfd >= 0)
		hold(watcher, watched, newcomer->pidfd);
	watcher_activate(watcher, watched);
}

/* ---- a store, as long as it is asked ---- */

struct lifecycle_store *registry_store(struct root *root, struct lifecycle_error *error)
{
	if (root->store == NULL)
		(void)lifecycle_store_open(root->path, LIFECYCLE_ACCESS_MEND, &root->store, error);
	return root->store;
}

void registry_release(struct root *root)
{
	lifecycle_store_close(root->store);
	root->store = NULL;
}

/* ---- a record ---- */

/* What has just gone may still be told of by the kernel. */
static int open_process(
	const struct watcher *watcher, struct newcomer *newcomer, struct lifecycle_error *error)
{
	if (lifecycle_open_generation(newcomer->generation, &newcomer->pidfd, error) == 0)
		return 0;
	return error->code == LIFECYCLE_ERROR_NOT_FOUND && newcomer->fresh &&
			       watcher->connector >= 0
		       ? 0
		       : -1;
}

static void say_unwatched(
	struct root *root, const struct lifecycle_record *record, struct lifecycle_error *error)
{
	(void)error_wrap(error, "'%s' is not watched", lifecycle_record_id(record));
	registry_say_fault(root, error);
}

static void take_generation(struct watcher *watcher, struct root *root,
	const struct lifecycle_record *record, const struct lifecycle_generation *generation)
{
	struct newcomer newcomer = {
		.record = record, .generation = generation, .clocks = clocks_now(), .pidfd = -1
	};
	struct lifecycle_error error;

	if (is_settled(generation) || watched_has(&watcher->set, generation))
		return;
	newcomer.fresh = is_fresh(root, generation);
	if (open_process(watcher, &newcomer, &error) < 0) {
		/* else nobody here can look at it: another pid namespace's, a thread of Kata's */
		if (error.system_errno != 0)
			say_unwatched(root, record, &error);
		return;
	}
	add(watcher, root, &newcomer);
}

static void take_record(struct watcher *watcher, struct root *root, const char *id)
{
	struct lifecycle_error error;
	struct lifecycle_store *store = registry_store(root, &error);
	struct lifecycle_record *record;

	if (store == NULL || lifecycle_store_load(store, id, &record, &error) < 0) {
		/* what is bad is for readers to say, and for the next hook to set aside */
		if (error.code != LIFECYCLE_ERROR_CORRUPT)
			registry_say_fault(root, &error);
		return;
	}
	for (size_t i = 0; i < lifecycle_record_previous_count(record); i++)
		take_generation(watcher, root, record, lifecycle_record_previous(record, i));
	take_generation(watcher, root, record, lifecycle_record_current(record));
	lifecycle_record_free(record);
}

/* ---- a store ---- */

void registry_list(struct watcher *watcher, struct root *root)
{
	struct lifecycle_error error;
	struct lifecycle_store *store = registry_store(root, &error);
	struct lifecycle_strings ids;

	if (store == NULL || lifecycle_store_list(store, &ids, NULL, &error) < 0) {
		registry_say_fault(root, &error);
		return;
	}
	for (size_t i = 0; i < ids.count; i++)
		take_record(watcher, root, ids.items[i]);
	lifecycle_strings_free(&ids);
}

int registry_open(struct watcher *watcher, struct root *root, struct lifecycle_error *error)
{
	root->drained_at = LIFECYCLE_UNKNOWN;
	if (lifecycle_watch_open(root->path, &root->watch, error) < 0 ||
		(registry_store(root, error) == NULL && error->code != LIFECYCLE_ERROR_NOT_FOUND))
		return -1;
	registry_list(watcher, root);
	registry_release(root);
	root->drained_at = lifecycle_time_now();
	return 0;
}

void registry_close(struct root *root)
{
	lifecycle_watch_close(root->watch);
	lifecycle_store_close(root->store);
	free(root->path);
}

struct draining {
	struct watcher *watcher;
	struct root *root;
};

static int take_change(enum lifecycle_change change, const char *id, void *arg)
{
	const struct draining *draining = arg;

	if (change == LIFECYCLE_CHANGE_ANYTHING)
		registry_list(draining->watcher, draining->root);
	else if (change == LIFECYCLE_CHANGE_RECORD)
		take_record(draining->watcher, draining->root, id);
	return 0;
}

void registry_drain(struct watcher *watcher, struct root *root)
{
	struct draining draining = { watcher, root };
	int64_t now = lifecycle_time_now();
	struct lifecycle_error error;

	if (lifecycle_watch_read(root->watch, take_change, &draining, &error) < 0)
		registry_say_fault(root, &error);
	root->drained_at = now;
}
