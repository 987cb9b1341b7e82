/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CANNOT_EXECUTE 126
#define NOT_FOUND      127
#define SIGNAL_BASE    128
#define CHUNK          4096 /* the stack may be the container's, and small */

struct child {
	pid_t pid;
	int pidfd;
	int stdin_fd;  /* ours to write, -1 once it is closed */
	int stderr_fd; /* ours to read, -1 once it is closed */
	size_t fed;    /* of the input */
};

struct pipes {
	int stdin_fds[2];
	int stderr_fds[2];
};

/* ---- the child's side ---- */

static void say_why(const struct hook *hook, const char *path, int reason)
{
	char line[512];
	int length = snprintf(line, sizeof(line), "%s: '%.256s' cannot be run: %s\n", hook->name,
		path, strerrordesc_np(reason));

	(void)!write(STDERR_FILENO, line, (size_t)length);
}

__attribute__((noreturn)) static void become(const struct hook *hook, const struct options *options,
	const struct startup *startup, const struct pipes *pipes, pid_t parent)
{
	const char *path = options->command[0];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(pipes->stdin_fds[0], STDIN_FILENO) < 0 ||
		dup2(pipes->stderr_fds[1], STDERR_FILENO) < 0)
		_exit(CANNOT_EXECUTE);
	if (options->argv0 != NULL)
		options->command[0] = (char *)(uintptr_t)options->argv0;
	startup_undo(startup);
	(void)execve(path, options->command, startup->environment);
	say_why(hook, path, errno);
	_exit(errno == ENOENT ? NOT_FOUND : CANNOT_EXECUTE);
}

/* ---- our side ---- */

static void close_once(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void close_pipes(struct pipes *pipes)
{
	for (size_t i = 0; i < 2; i++) {
		close_once(&pipes->stdin_fds[i]);
		close_once(&pipes->stderr_fds[i]);
	}
}

static int open_pipes(struct pipes *pipes)
{
	*pipes = (struct pipes){ { -1, -1 }, { -1, -1 } };
	if (pipe2(pipes->stdin_fds, O_CLOEXEC) == 0 && pipe2(pipes->stderr_fds, O_CLOEXEC) == 0)
		return 0;
	close_pipes(pipes);
	return -1;
}

static int start(const struct hook *hook, const struct options *options,
	const struct startup *startup, struct child *ret)
{
	struct pipes pipes;
	pid_t parent = getpid();
	pid_t pid;

	if (open_pipes(&pipes) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		become(hook, options, startup, &pipes, parent);
	if (pid < 0) {
		close_pipes(&pipes);
		return -1;
	}
	(void)close(pipes.stdin_fds[0]);
	(void)close(pipes.stderr_fds[1]);
	(void)fcntl(pipes.stdin_fds[1], F_SETFL, O_NONBLOCK);
	(void)fcntl(pipes.stderr_fds[0], F_SETFL, O_NONBLOCK);
	*ret = (struct child){ pid, (int)syscall(SYS_pidfd_open, pid, 0), pipes.stdin_fds[1],
		pipes.stderr_fds[0], 0 };
	return 0;
}

static void keep_tail(struct command_end *end, const char *bytes, size_t length)
{
	size_t kept = end->outcome.stderr_length;

	if (length >= DEFAULTS_TEXT_LIMIT) {
		bytes += length - DEFAULTS_TEXT_LIMIT;
		length = DEFAULTS_TEXT_LIMIT;
		kept = 0;
	} else if (kept + length > DEFAULTS_TEXT_LIMIT) {
		size_t over = kept + length - DEFAULTS_TEXT_LIMIT;

		memmove(end->tail, end->tail + over, kept - over);
		kept -= over;
	}
	memcpy(end->tail + kept, bytes, length);
	end->outcome.stderr_length = kept + length;
}

/* The reader of our stderr sets the pace, as if the command itself wrote to it. */
static void pass_on(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(STDERR_FILENO, bytes, length);
		struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };

		if (count < 0 && errno == EAGAIN)
			(void)poll(&ready, 1, -1);
		else if (count < 0 && errno != EINTR)
			return;
		if (count > 0) {
			bytes += count;
			length -= (size_t)count;
		}
	}
}

/* Returns how many bytes were read. */
static int relay_stderr(struct child *child, struct command_end *end)
{
	char bytes[CHUNK];
	ssize_t count = child->stderr_fd < 0 ? 0 : read(child->stderr_fd, bytes, sizeof(bytes));

	if (count == 0)
		close_once(&child->stderr_fd);
	if (count <= 0)
		return 0;
	keep_tail(end, bytes, (size_t)count);
	pass_on(bytes, (size_t)count);
	return (int)count;
}

/* What the command left in the pipe. A grandchild may hold the other end; its output is not waited for. */
static void relay_rest(struct child *child, struct command_end *end)
{
	int left = 0;
	int count = 1;

	(void)ioctl(child->stderr_fd, FIONREAD, &left);
	while (left > 0 && count > 0) {
		count = relay_stderr(child, end);
		left -= count;
	}
}

static void feed_stdin(struct child *child, const struct input *input)
{
	if (child->stdin_fd >= 0 && child->fed < input->length) {
		ssize_t count = write(
			child->stdin_fd, input->bytes + child->fed, input->length - child->fed);

		if (count > 0)
			child->fed += (size_t)count;
		else if (errno != EAGAIN && errno != EINTR)
			close_once(&child->stdin_fd);
	}
	if (child->fed == input->length && input->ended)
		close_once(&child->stdin_fd);
}

/* A runtime that has not closed our stdin may still write to it. */
static void relay_stdin(struct input *input)
{
	if (input_read(input, 0) == INPUT_BROKEN)
		input->ended = true;
}

/* The descriptors to wait for: poll() passes over an fd of -1. */
enum { WAIT_EXIT, WAIT_STDERR, WAIT_STDIN_OUT, WAIT_STDIN_IN, WAIT_COUNT };

static bool has_exited(const struct child *child)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid != 0;
}

/* poll(). Where poll() fails, all descriptors are tried, once in a while. */
static void wait_for_any(const struct child *child, struct pollfd waits[WAIT_COUNT])
{
	static const struct timespec pause = { .tv_nsec = 1000000 };

	if (poll(waits, WAIT_COUNT, -1) >= 0)
		return;
	(void)nanosleep(&pause, NULL);
	for (size_t i = 0; i < WAIT_COUNT; i++)
		waits[i].revents = waits[i].fd >= 0 ? POLLIN : 0;
	waits[WAIT_EXIT].revents = has_exited(child) ? POLLIN : 0;
}

static void relay_until_exit(struct child *child, struct input *input, struct command_end *end)
{
	for (;;) {
		bool has_more = child->fed < input->length;
		struct pollfd waits[WAIT_COUNT] = {
			[WAIT_EXIT] = { .fd = child->pidfd, .events = POLLIN },
			[WAIT_STDERR] = { .fd = child->stderr_fd, .events = POLLIN },
			[WAIT_STDIN_OUT] = { .fd = has_more ? child->stdin_fd : -1,
				.events = POLLOUT },
			[WAIT_STDIN_IN] = { .fd = input->ended ? -1 : STDIN_FILENO,
				.events = POLLIN },
		};

		wait_for_any(child, waits);
		if (waits[WAIT_STDIN_IN].revents != 0)
			relay_stdin(input);
		feed_stdin(child, input);
		if (waits[WAIT_STDERR].revents != 0)
			(void)relay_stderr(child, end);
		if (waits[WAIT_EXIT].revents != 0 || (child->pidfd < 0 && child->stderr_fd < 0))
			return;
	}
}

static void set_end(struct command_end *end, int status)
{
	end->outcome.exit_code = LIFECYCLE_UNKNOWN;
	end->outcome.signal = LIFECYCLE_UNKNOWN;
	if (WIFSIGNALED(status)) {
		end->outcome.signal = WTERMSIG(status);
		end->status = SIGNAL_BASE + WTERMSIG(status);
	} else {
		end->outcome.exit_code = WEXITSTATUS(status);
		end->status = WEXITSTATUS(status);
	}
}

static void wait_for(struct child *child, struct input *input, struct command_end *end)
{
	int status = 0;

	feed_stdin(child, input);
	relay_until_exit(child, input, end);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	relay_rest(child, end);
	set_end(end, status);
	close_once(&child->stdin_fd);
	close_once(&child->stderr_fd);
	close_once(&child->pidfd);
}

void command_run(const struct hook *hook, const struct options *options,
	const struct startup *startup, struct input *input, struct command_end *ret)
{
	int64_t began = lifecycle_monotonic_now();
	struct child child;

	memset(ret, 0, sizeof(*ret));
	ret->outcome.size = sizeof(ret->outcome);
	ret->outcome.stderr_text = ret->tail;
	if (start(hook, options, startup, &child) < 0) {
		say_why(hook, options->command[0], errno);
		set_end(ret, CANNOT_EXECUTE << 8);
	} else {
		wait_for(&child, input, ret);
	}
	ret->outcome.duration_ns = lifecycle_monotonic_now() - began;
}
