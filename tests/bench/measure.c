/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure COMMAND ARG...: runs it with its output thrown away, and prints its milliseconds and its peak of memory in KiB.
 * (A peak is inherited over exec: so whoever starts the command must be small.)
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t actions;
	double began = now();
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2 || posix_spawn_file_actions_init(&actions) != 0 ||
		posix_spawn_file_actions_addopen(
			&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
		posix_spawn(&pid, argv[1], &actions, NULL, argv + 1, environ) != 0 ||
		wait4(pid, &status, 0, &usage) != pid || status != 0)
		return EXIT_FAILURE;
	return printf("%.3f %ld\n", now() - began, usage.ru_maxrss) > 0 ? EXIT_SUCCESS
									: EXIT_FAILURE;
}
