/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/held.h"
#include "records/pidfd.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

/* How long to wait for a process's parent to ask how it ended, before its exit code is told as unknown. */
#define PATIENCE_MS 30

static const char *instance_of_shown(const struct view *view)
{
	return view->shown->instance != NULL ? view->shown->instance : "";
}

bool held_open(struct held *held, const struct view *view)
{
	struct lifecycle_error why;

	if (held->pidfd >= 0)
		return true;
	if (lifecycle_open_process(view->record, &held->pidfd, &why) < 0)
		return why.code != LIFECYCLE_ERROR_NOT_FOUND;
	held->generation = view->shown->generation;
	snprintf(held->instance, sizeof(held->instance), "%s", instance_of_shown(view));
	return true;
}

bool held_is_of_shown(const struct held *held, const struct view *view)
{
	return strcmp(held->instance, instance_of_shown(view)) == 0;
}

void held_close(struct held *held)
{
	if (held->pidfd >= 0)
		(void)close(held->pidfd);
	held->pidfd = -1;
	held->may_exec = false;
}

bool held_has_ended(const struct held *held)
{
	struct pollfd fd = { .fd = held->pidfd, .events = POLLIN };

	return held->pidfd >= 0 && poll(&fd, 1, 0) > 0;
}

int64_t held_exit_code(const struct held *held)
{
	return pidfd_exit_code(held->pidfd, PATIENCE_MS);
}
