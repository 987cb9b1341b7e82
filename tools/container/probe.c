/* SPDX-License-Identifier: Apache-2.0 */
#include "container/probe.h"
#include "base/error.h"
#include "base/io.h"
#include "container/child.h"
#include "container/runtime_call.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- beginning ---- */

/* "exec" ID WORD...; free() the array. */
static const char **make_words(const char *id, const struct health *health)
{
	size_t count = 0;
	const char **words;

	while (health->argv[count] != NULL)
		count++;
	words = calloc(count + 3, sizeof(*words));
	if (words == NULL)
		return NULL;
	words[0] = "exec";
	words[1] = id;
	memcpy(words + 2, health->argv, count * sizeof(*words));
	return words;
}

static const char **make_argv(const struct settings *settings, const char *id,
	const struct health *health, struct lifecycle_error *error)
{
	const char **words = make_words(id, health), **argv;

	if (words == NULL) {
		(void)error_no_memory(error);
		return NULL;
	}
	argv = runtime_call_argv(settings, NULL, words, error);
	free(words);
	return argv;
}

static int start(const char *const *argv, struct probe *probe, struct lifecycle_error *error)
{
	int ends[2], result;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_errno(error, errno, "no pipe for the health check");
	const struct child_files files = {
		.in = -1, .out = ends[1], .err = ends[1], .extra = -1, .gently = true
	};

	/* the probe's end of it is a pipe as any other */
	(void)fcntl(ends[1], F_SETFL, 0);
	result = child_start(argv, NULL, &files, &probe->pid, error);
	(void)close(ends[1]);
	if (result < 0) {
		(void)close(ends[0]);
		return -1;
	}
	probe->output = ends[0];
	probe->pidfd = (int)syscall(SYS_pidfd_open, probe->pid, 0);
	return 0;
}

int probe_begin(const struct settings *settings, const char *id, const struct health *health,
	struct probe *ret_probe, struct lifecycle_error *error)
{
	struct probe probe = { .deadline = lifecycle_monotonic_now() + health->timeout };
	const char **argv = make_argv(settings, id, health, error);
	int result;

	if (argv == NULL)
		return -1;
	result = start(argv, &probe, error);
	free(argv);
	if (result == 0 && probe.pidfd < 0) {
		result = error_errno(error, errno, "the health check cannot be watched");
		probe_abandon(&probe);
	}
	if (result == 0)
		*ret_probe = probe;
	return result;
}

/* ---- its output ---- */

/* Its end is kept, not what came before. */
static void keep(struct probe *probe, const char *bytes, size_t count)
{
	size_t length = strlen(probe->words), most = sizeof(probe->words) - 1;

	if (count > most) {
		bytes += count - most;
		count = most;
	}
	if (length + count > most) {
		size_t over = length + count - most;

		memmove(probe->words, probe->words + over, length - over);
		length -= over;
	}
	for (size_t i = 0; i < count; i++)
		probe->words[length++] = bytes[i] != '\0' ? bytes[i] : ' ';
	probe->words[length] = '\0';
}

/* Not for ever, if it says more than we can read. */
static void take_output(struct probe *probe)
{
	char bytes[4096];
	ssize_t count = -1;

	for (int i = 0; i < 16 && (count = read(probe->output, bytes, sizeof(bytes))) > 0; i++)
		keep(probe, bytes, (size_t)count);
	if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
		(void)close(probe->output);
		probe->output = -1;
	}
}

/* ---- its end ---- */

static void kill_tree(pid_t pid);

static void kill_children(const char *path)
{
	FILE *list = fopen(path, "re");
	int child;

	if (list == NULL)
		return;
	while (fscanf(list, "%d", &child) == 1)
		kill_tree(child);
	(void)fclose(list);
}

/*
 * A runtime that is killed leaves what it runs in the container: so its children go first. Each is stopped before its own
 * children are looked at, so that it neither makes more nor reaps one, whose pid would be free for others.
 */
static void kill_tree(pid_t pid)
{
	char path[sizeof("/proc//task//children") + 2 * 12];
	const struct dirent *thread;
	DIR *threads;

	(void)kill(pid, SIGSTOP);
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = opendir(path);
	while (threads != NULL && (thread = readdir(threads)) != NULL) {
		snprintf(path, sizeof(path), "/proc/%d/task/%.11s/children", (int)pid,
			thread->d_name);
		kill_children(path);
	}
	if (threads != NULL)
		(void)closedir(threads);
	(void)kill(pid, SIGKILL);
}

static int finish(struct probe *probe)
{
	struct lifecycle_error ignored;
	int status = -1;

	(void)child_wait(probe->pid, &status, &ignored);
	if (probe->output >= 0)
		take_output(probe);
	if (probe->output >= 0)
		(void)close(probe->output);
	if (probe->pidfd >= 0)
		(void)close(probe->pidfd);
	probe->pid = 0;
	return status;
}

void probe_abandon(struct probe *probe)
{
	if (probe->pid == 0)
		return;
	kill_tree(probe->pid);
	(void)finish(probe);
}

static bool is_over(const struct probe *probe)
{
	struct pollfd end = { .fd = probe->pidfd, .events = POLLIN };

	return poll(&end, 1, 0) > 0;
}

void probe_poll(const struct probe *probe, struct pollfd fds[PROBE_FDS])
{
	bool runs = probe->pid != 0;

	fds[0] = (struct pollfd){ .fd = runs ? probe->pidfd : -1, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = runs ? probe->output : -1, .events = POLLIN };
}

bool probe_has_ended(struct probe *probe)
{
	if (probe->output >= 0)
		take_output(probe);
	if (is_over(probe)) {
		probe->healthy = finish(probe) == 0;
	} else if (lifecycle_monotonic_now() >= probe->deadline) {
		probe->timed_out = true;
		probe_abandon(probe);
	} else {
		return false;
	}
	child_keep_last_line(probe->words);
	return true;
}

int probe_run(const struct settings *settings, const char *id, const struct health *health,
	struct probe *ret_probe, struct lifecycle_error *error)
{
	struct pollfd fds[PROBE_FDS];

	if (probe_begin(settings, id, health, ret_probe, error) < 0)
		return -1;
	do {
		probe_poll(ret_probe, fds);
		(void)poll(fds, PROBE_FDS, io_poll_timeout(ret_probe->deadline));
	} while (!probe_has_ended(ret_probe));
	return 0;
}
