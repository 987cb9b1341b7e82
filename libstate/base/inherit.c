/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit.h"

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

static const struct {
	int number;
	void (*handler)(int);
} signals[INHERIT_SIGNAL_COUNT] = {
	{ SIGPIPE, SIG_IGN }, { SIGXFSZ, SIG_IGN },
	{ SIGCHLD, SIG_DFL }, /* ignored, it would leave nothing to wait for */
};

void inherit_signals(struct inherited_signals *ret)
{
	(void)sigprocmask(SIG_BLOCK, NULL, &ret->blocked);
	for (size_t i = 0; i < INHERIT_SIGNAL_COUNT; i++) {
		const struct sigaction action = { .sa_handler = signals[i].handler };

		(void)sigaction(signals[i].number, &action, &ret->actions[i]);
	}
}

void inherit_restore_signals(const struct inherited_signals *inherited)
{
	for (size_t i = 0; i < INHERIT_SIGNAL_COUNT; i++)
		(void)sigaction(signals[i].number, &inherited->actions[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &inherited->blocked, NULL);
}

void inherit_standard_files(int flags)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_RDWR | flags);
}
