/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reaper COMMAND ARG...: runs it as a child, and reaps whatever below it loses its parent, at once, as an init does.
 * Signals are passed on to COMMAND; its exit status, or 128 and its signal, is ours. What still runs at its end is
 * left to the next reaper above.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* As a shell has it. */
static int exit_status_of(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static pid_t start(char **argv, const sigset_t *mask)
{
	pid_t pid = fork();

	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (pid > 0)
		return pid;
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	err(errno == ENOENT ? 127 : 126, "'%s'", argv[0]);
}

/* All that have ended; true if COMMAND is among them. */
static bool reap(pid_t command, int *ret_status)
{
	bool command_ended = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		command_ended = true;
		*ret_status = status;
	}
	return command_ended;
}

int main(int argc, char **argv)
{
	int signal_number, status;
	sigset_t all, before;
	pid_t command;

	if (argc < 2)
		errx(2, "usage: reaper COMMAND ARG...");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		err(EXIT_FAILURE, "prctl");
	/* An ignored SIGCHLD would leave nothing to wait for. */
	signal(SIGCHLD, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	command = start(argv + 1, &before);
	do {
		sigwait(&all, &signal_number);
		if (signal_number != SIGCHLD)
			kill(command, signal_number);
	} while (!reap(command, &status));
	return exit_status_of(status);
}
