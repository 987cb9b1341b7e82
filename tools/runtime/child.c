/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_TRIES 100

void runtime_become(const struct inherited_signals *inherited, const char *path, char **argv)
{
	inherit_restore_signals(inherited);
	execv(path, argv);
}

/* All signals but those that stop a job: the terminal sends these to us and to the child, and both stop. */
static void block_signals(sigset_t *ret_set)
{
	static const int stopping[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT };

	(void)sigfillset(ret_set);
	for (size_t i = 0; i < sizeof(stopping) / sizeof(stopping[0]); i++)
		(void)sigdelset(ret_set, stopping[i]);
	(void)sigprocmask(SIG_SETMASK, ret_set, NULL);
}

/* The sockets that systemd hands down are taken only by the process that LISTEN_PID names. */
static void hand_on_sockets(pid_t parent)
{
	const char *listener = getenv("LISTEN_PID");
	char number[16];

	if (listener == NULL || strtol(listener, NULL, 10) != parent)
		return;
	snprintf(number, sizeof(number), "%d", (int)getpid());
	(void)setenv("LISTEN_PID", number, 1);
}

static _Noreturn void run_child(const struct inherited_signals *inherited, pid_t parent,
	const char *path, char **argv, void (*failed)(void *arg), void *arg)
{
	/* an engine that kills us means to kill the runtime */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	hand_on_sockets(parent);
	runtime_become(inherited, path, argv);
	failed(arg);
	_exit(EXIT_FAILURE);
}

/* A signal that the kernel sends for a terminal has reached the child already. */
static void hand_on(pid_t child, const siginfo_t *signal)
{
	if (signal->si_code <= 0)
		(void)kill(child, signal->si_signo);
}

/* A waitpid() that fails is tried again, also without a signal. */
static int wait_for(pid_t child, const sigset_t *blocked)
{
	static const struct timespec pause = { .tv_nsec = 10000000 };
	int status;
	int failures = 0;
	pid_t ended;

	while ((ended = waitpid(child, &status, WNOHANG)) != child) {
		siginfo_t signal;

		if (ended < 0 && ++failures == WAIT_TRIES)
			return RUNTIME_STATUS_UNKNOWN;
		if (sigtimedwait(blocked, &signal, ended < 0 ? &pause : NULL) > 0 &&
			signal.si_signo != SIGCHLD)
			hand_on(child, &signal);
	}
	return status;
}

int runtime_run(const struct inherited_signals *inherited, const char *path, char **argv,
	void (*failed)(void *arg), void *arg, int *ret_status)
{
	pid_t parent = getpid(), child;
	sigset_t blocked;

	block_signals(&blocked);
	child = fork();
	if (child < 0)
		return -1;
	if (child == 0)
		run_child(inherited, parent, path, argv, failed, arg);
	*ret_status = wait_for(child, &blocked);
	return 0;
}

void runtime_end_as(int status)
{
	if (WIFSIGNALED(status)) {
		struct sigaction action = { .sa_handler = SIG_DFL };
		sigset_t set;

		(void)prctl(PR_SET_DUMPABLE, 0);
		(void)sigaction(WTERMSIG(status), &action, NULL);
		(void)sigemptyset(&set);
		(void)sigaddset(&set, WTERMSIG(status));
		(void)raise(WTERMSIG(status));
		(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
		_exit(128 + WTERMSIG(status));
	}
	_exit(WEXITSTATUS(status));
}
