/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CANNOT_EXECUTE 126
#define NOT_FOUND      127
#define SIGNAL_BASE    128
#define CHUNK          DEFAULTS_TEXT_LIMIT /* what is read at once is no more than is kept */
#define WAIT_TRIES     100                 /* a millisecond apart */

struct child {
	pid_t pid;
	int stdin_fd;  /* ours to write, -1 once it is closed */
	int stderr_fd; /* ours to read */
	int left_fd;   /* the other end, as the command and what it leaves have it */
	size_t fed;    /* of the input */
	int status;    /* as waitpid() gives it, once it has ended */
	int failures;  /* of waitpid() */
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

/*
 * Opens a pipe's end for writing anew, for reading as well. Then whoever has it has a reader, and a daemon that the
 * command leaves does not die of SIGPIPE once we are gone. Where that cannot be done, the pipe stays as it is.
 */
static void open_for_both(int *fd)
{
	struct stat held;
	struct stat named;
	char path[32];
	int both;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd);
	if (fstat(*fd, &held) < 0 || stat(path, &named) < 0 || held.st_dev != named.st_dev ||
		held.st_ino != named.st_ino)
		return;
	both = open(path, O_RDWR | O_CLOEXEC);
	if (both < 0)
		return;
	(void)close(*fd);
	*fd = both;
}

static int open_pipes(struct pipes *pipes)
{
	*pipes = (struct pipes){ { -1, -1 }, { -1, -1 } };
	if (pipe2(pipes->stdin_fds, O_CLOEXEC) < 0 || pipe2(pipes->stderr_fds, O_CLOEXEC) < 0) {
		close_pipes(pipes);
		return -1;
	}
	open_for_both(&pipes->stderr_fds[1]);
	return 0;
}

static void wake_up(int number)
{
	(void)number;
}

/* From now on SIGCHLD comes while ppoll() waits, and only then: no descriptor is needed, which could be refused. */
static void keep_child_signals(void)
{
	struct sigaction action = { .sa_handler = wake_up, .sa_flags = SA_NOCLDSTOP };
	sigset_t child_signals;

	(void)sigemptyset(&child_signals);
	(void)sigaddset(&child_signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child_signals, NULL);
	(void)sigaction(SIGCHLD, &action, NULL);
}

static int start(const struct hook *hook, const struct options *options,
	const struct startup *startup, struct child *ret)
{
	struct pipes pipes;
	pid_t parent = getpid();
	pid_t pid;

	if (open_pipes(&pipes) < 0)
		return -1;
	keep_child_signals();
	pid = fork();
	if (pid == 0)
		become(hook, options, startup, &pipes, parent);
	if (pid < 0) {
		close_pipes(&pipes);
		return -1;
	}
	(void)close(pipes.stdin_fds[0]);
	(void)fcntl(pipes.stdin_fds[1], F_SETFL, O_NONBLOCK);
	(void)fcntl(pipes.stderr_fds[0], F_SETFL, O_NONBLOCK);
	*ret = (struct child){
		.pid = pid,
		.stdin_fd = pipes.stdin_fds[1],
		.stderr_fd = pipes.stderr_fds[0],
		.left_fd = pipes.stderr_fds[1],
	};
	return 0;
}

static void keep_tail(struct command_end *end, const char *bytes, size_t length)
{
	size_t kept = end->outcome.stderr_length, over = 0;

	if (kept + length > DEFAULTS_TEXT_LIMIT)
		over = kept + length - DEFAULTS_TEXT_LIMIT;
	kept -= over;
	memmove(end->tail, end->tail + over, kept);
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
	static char bytes[CHUNK]; /* the stack may be the container's, and small */
	ssize_t count = read(child->stderr_fd, bytes, sizeof(bytes));

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

/* The descriptors to wait for: ppoll() passes over an fd of -1. */
enum { WAIT_STDERR, WAIT_STDIN_OUT, WAIT_STDIN_IN, WAIT_COUNT };

static void pause_a_little(void)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };

	(void)nanosleep(&pause, NULL);
}

/* Until SIGCHLD, too. Where ppoll() fails, all descriptors are tried, once in a while; of the pipe of stderr we hold both
 * ends, so that a read might wait for ever if that could not be made to return at once. */
static void wait_for_any(struct pollfd waits[WAIT_COUNT])
{
	sigset_t none;
	int there = 0;

	(void)sigemptyset(&none);
	if (ppoll(waits, WAIT_COUNT, NULL, &none) >= 0 || errno == EINTR)
		return;
	pause_a_little();
	for (size_t i = 0; i < WAIT_COUNT; i++)
		waits[i].revents = waits[i].fd >= 0 ? POLLIN : 0;
	if (ioctl(waits[WAIT_STDERR].fd, FIONREAD, &there) < 0 || there == 0)
		waits[WAIT_STDERR].revents = 0;
}

/* Also true if waitpid() fails again and again: then how the command ended is not known. */
static bool has_ended(struct child *child)
{
	pid_t ended = waitpid(child->pid, &child->status, WNOHANG);

	while (ended < 0 && ++child->failures < WAIT_TRIES) {
		pause_a_little();
		ended = waitpid(child->pid, &child->status, WNOHANG);
	}
	return ended != 0;
}

static void relay_until_end(struct child *child, struct input *input, struct command_end *end)
{
	do {
		bool has_more = child->fed < input->length;
		struct pollfd waits[WAIT_COUNT] = {
			[WAIT_STDERR] = { .fd = child->stderr_fd, .events = POLLIN },
			[WAIT_STDIN_OUT] = { .fd = has_more ? child->stdin_fd : -1,
				.events = POLLOUT },
			[WAIT_STDIN_IN] = { .fd = input->ended ? -1 : STDIN_FILENO,
				.events = POLLIN },
		};

		wait_for_any(waits);
		if (waits[WAIT_STDIN_IN].revents != 0)
			relay_stdin(input);
		feed_stdin(child, input);
		if (waits[WAIT_STDERR].revents != 0)
			(void)relay_stderr(child, end);
	} while (!has_ended(child));
}

/* Nobody will read what is written there from now on: a writer is told so, once the pipe is full, and is not held. */
static void leave_stderr(struct child *child)
{
	(void)fcntl(child->left_fd, F_SETFL, O_NONBLOCK);
	close_once(&child->left_fd);
	close_once(&child->stderr_fd);
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

static void set_end_unknown(struct command_end *end)
{
	end->outcome.exit_code = LIFECYCLE_UNKNOWN;
	end->outcome.signal = LIFECYCLE_UNKNOWN;
	end->outcome.message = "how it ended is not known";
	end->status = CANNOT_EXECUTE;
}

static void wait_for(struct child *child, struct input *input, struct command_end *end)
{
	feed_stdin(child, input);
	relay_until_end(child, input, end);
	relay_rest(child, end);
	leave_stderr(child);
	close_once(&child->stdin_fd);
	if (child->failures < WAIT_TRIES)
		set_end(end, child->status);
	else
		set_end_unknown(end);
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
