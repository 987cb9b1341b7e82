/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe: one run of a container's health check, as a program in the container, by its runtime's `exec`. It is begun, polled,
 * and asked whether it has ended, so that the caller can wait for other things meanwhile. What takes longer than the check's
 * time-out is killed with what it has started.
 */
#ifndef PROBE_H
#define PROBE_H

#include "container/health.h"
#include "container/settings.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

struct probe {
	pid_t pid; /* the runtime's; 0: there is none */
	int pidfd;
	int output;
	int64_t deadline; /* on the monotonic clock */
	bool timed_out;
	bool healthy;    /* once it has ended */
	char words[512]; /* the last line of what it said */
};

#define PROBE_FDS 2

int probe_begin(const struct settings *settings, const char *id, const struct health *health,
	struct probe *ret_probe, struct lifecycle_error *error);

/* What to poll for. */
void probe_poll(const struct probe *probe, struct pollfd fds[PROBE_FDS]);

/* Takes what there is, without waiting; true if the probe has ended, or has now been ended. */
bool probe_has_ended(struct probe *probe);

/* Ends one that is still running. */
void probe_abandon(struct probe *probe);

/* All of it. */
int probe_run(const struct settings *settings, const char *id, const struct health *health,
	struct probe *ret_probe, struct lifecycle_error *error);

#endif
