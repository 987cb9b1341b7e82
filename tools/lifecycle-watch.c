/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle-watch: records when containers' programs start and end, and how, as the kernel tells it. */
#include "base/error.h"
#include "records/pidfd.h"
#include "records/records.h"
#include "watch/loop.h"
#include "watch/registry.h"
#include "watch/round.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* How long --once goes on with what it has begun. */
#define ONCE_NS       INT64_C(2000000000)
#define ONCE_PAUSE_NS 20000000

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct options {
	struct cli_values roots;
	bool no_connector;
	bool once;
};

static const struct cli_option options[] = {
	{ .name = "root",
		.kind = CLI_MANY,
		.offset = offsetof(struct options, roots),
		.argument = "DIR",
		.complete = cli_complete_directory,
		.help = "a store; may be repeated (default: as hooks and tools have it)" },
	{ .name = "no-connector",
		.kind = CLI_FLAG,
		.offset = offsetof(struct options, no_connector),
		.help = "do not ask the kernel to tell of processes: ends alone are seen" },
	{ .name = "once",
		.kind = CLI_FLAG,
		.offset = offsetof(struct options, once),
		.help = "record the ends that can be known now, and exit" },
};

/* ---- the stores ---- */

static int open_root(struct watcher *watcher, const char *name, struct lifecycle_error *error)
{
	struct root *root = &watcher->roots[watcher->root_count];

	if (records_root_path(name, &root->path, error) < 0)
		return -1;
	watcher->root_count++;
	return registry_open(watcher, root, error);
}

static int open_roots(
	struct watcher *watcher, const struct cli_values *names, struct lifecycle_error *error)
{
	watcher->roots = calloc(names->count + 1, sizeof(*watcher->roots));
	if (watcher->roots == NULL)
		return error_no_memory(error);
	for (size_t i = 0; i < names->count; i++)
		if (open_root(watcher, names->items[i], error) < 0)
			return -1;
	return names->count > 0 ? 0 : open_root(watcher, NULL, error);
}

/* ---- the whole ---- */

static void open_connector(struct watcher *watcher)
{
	struct lifecycle_error error;

	if (connector_open(&watcher->connector, &error) == 0)
		return;
	watcher->connector = CONNECTOR_CLOSED;
	watcher_say("%s: starts are not seen, ends are", error.message);
}

/* What has ended is recorded also if nobody tells how: that is waited for, as is a lock. */
static void run_once(struct watcher *watcher)
{
	const struct timespec pause = { .tv_nsec = ONCE_PAUSE_NS };
	int64_t end = lifecycle_monotonic_now() + ONCE_NS;

	(void)round_run(watcher);
	while (watcher->active != NULL && lifecycle_monotonic_now() < end) {
		(void)nanosleep(&pause, NULL);
		(void)round_run(watcher);
	}
}

/* What the kernel tells is kept from before the stores are read. */
static int watch(
	struct watcher *watcher, const struct options *given, struct lifecycle_error *error)
{
	if (loop_prepare(watcher, error) < 0)
		return -1;
	if (!given->no_connector && !given->once)
		open_connector(watcher);
	if (open_roots(watcher, &given->roots, error) < 0)
		return -1;
	if (!given->once)
		return loop_run(watcher, error);
	run_once(watcher);
	return 0;
}

/* It has been said. */
static bool has_failed(const struct watcher *watcher)
{
	bool failed = watcher->active != NULL;

	for (size_t i = 0; i < watcher->root_count; i++)
		failed = failed || watcher->roots[i].has_failed;
	return failed;
}

static void close_watcher(struct watcher *watcher)
{
	const int fds[] = { watcher->connector, watcher->signals, watcher->epoll };

	watched_free(&watcher->set);
	for (size_t i = 0; i < watcher->root_count; i++)
		registry_close(&watcher->roots[i]);
	free(watcher->roots);
	for (size_t i = 0; i < COUNT(fds); i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	free(watcher);
}

static int run(struct cli_call *call)
{
	struct watcher *watcher = calloc(1, sizeof(*watcher));
	const struct options *given = call->options;
	struct lifecycle_error error;
	int status;
	int result;

	if (watcher == NULL) {
		(void)error_no_memory(&error);
		return cli_fail(call, &error);
	}
	watcher->connector = CONNECTOR_CLOSED;
	watcher->signals = -1;
	watcher->epoll = -1;
	pidfd_allow_many();
	result = watch(watcher, given, &error);
	status = given->once && has_failed(watcher) ? CLI_FAILED : CLI_DONE;
	close_watcher(watcher);
	return result == 0 ? status : cli_fail(call, &error);
}

static const struct cli_command command = {
	.name = "lifecycle-watch",
	.arguments = "",
	.summary =
		"Records when containers' programs start and end, and how, as the kernel tells it.",
	.options = options,
	.option_count = COUNT(options),
	.options_size = sizeof(struct options),
	.run = run,
};

static const struct cli_tool tool = {
	.name = "lifecycle-watch",
	.summary = "",
	.only = &command,
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
