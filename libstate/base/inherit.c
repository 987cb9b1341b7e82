/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit.h"

#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <unistd.h>

static const struct {
	int number;
	void (*handler)(int);
} signals[INHERIT_SIGNAL_COUNT] = {
	{ SIGPIPE, SIG_IGN }, { SIGXFSZ, SIG_IGN },
	{ SIGCHLD, SIG_DFL }, /* ignored, it would leave nothing to wait for */
};

void inherit_signals(struct inherited_signals *ret, const sigset_t *mask)
{
	(void)sigprocmask(SIG_SETMASK, mask, &ret->blocked);
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

/* poll() tells of all three which is closed; where it fails, none is taken for closed that is not. */
static void look_which_are_closed(struct pollfd files[3])
{
	if (poll(files, 3, 0) >= 0)
		return;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		files[fd].revents = fcntl(fd, F_GETFD) < 0 ? POLLNVAL : 0;
}

void inherit_standard_files(int flags)
{
	struct pollfd files[] = { { .fd = STDIN_FILENO }, { .fd = STDOUT_FILENO },
		{ .fd = STDERR_FILENO } };

	look_which_are_closed(files);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if ((files[fd].revents & POLLNVAL) != 0)
			(void)open("/dev/null", O_RDWR | flags);
}
