/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn ROOT HOOK FLOOR EMPTY [ROUNDS]: runs the three in turn, each time for another container, from a program
 * as small as they are, and prints medians, ratios and peak memory. The rounds are warm from the first on: ten
 * are run before those that count.
 * Of the hook there are two more: `init` is called for a process that is named as runc's init, and `fifo` for one that
 * also holds an exec FIFO, which is found and linked. For the process that `hook` is called for nothing is searched: so
 * fifo/hook, and the milliseconds, are what the FIFO costs in all.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP        10
#define DEFAULT_ROUNDS 400

enum { HOOK, FLOOR, EMPTY, INIT, FIFO, PROGRAMS };

struct program {
	const char *name;
	bool is_hook;
	pid_t pid; /* the container's process */
	const char *path;
	double *times; /* microseconds */
	double median;
	long peak; /* KiB */
};

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* A process as a runtime's init is, which holds the file, if any, as the init does; it ends with us. */
static pid_t start_init(const char *fifo)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)prctl(PR_SET_NAME, "runc:[2:INIT]");
		if ((fifo != NULL && open(fifo, O_PATH | O_CLOEXEC) < 0) ||
			write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("init");
	(void)close(ready[0]);
	return pid;
}

/* A pipe with the state of a container in it, as a runtime leaves one. */
static int make_stdin(const char *id, pid_t process)
{
	char state[512];
	int fds[2];
	int length = snprintf(state, sizeof(state),
		"{\"ociVersion\":\"1.0.2-dev\",\"id\":\"%s\",\"status\":\"creating\",\"pid\":%d,"
		"\"bundle\":\"/run/containers/bundle\",\"annotations\":{\"nerdctl/name\":\"web\"}}",
		id, (int)process);

	if (pipe(fds) < 0 || write(fds[1], state, (size_t)length) != length)
		die("pipe");
	(void)close(fds[1]);
	return fds[0];
}

/* What the hook wrote in the round before, so that the floor program writes as much. */
static long size_of_record(const char *root, size_t round)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/hook-%zu/lifecycle.json", root, round - 1);
	return round > 0 && stat(path, &status) == 0 ? (long)status.st_size : 0;
}

static double run_once(struct program *program, char *root, size_t round)
{
	char id[64];
	char own_pid[16];
	char size[16];
	char root_option[] = "--root";
	char *as_hook[] = { (char *)(uintptr_t)program->path, root_option, root, NULL };
	char *as_floor[] = { (char *)(uintptr_t)program->path, root, id, own_pid, size, NULL };
	char *no_environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	int input;
	int status = 0;
	double began;
	pid_t pid;

	snprintf(id, sizeof(id), "%s-%zu", program->name, round);
	snprintf(size, sizeof(size), "%ld", size_of_record(root, round));
	input = make_stdin(id, program->pid);
	snprintf(own_pid, sizeof(own_pid), "%d", (int)getpid());
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	(void)posix_spawn_file_actions_addclose(&actions, input);
	began = now();
	errno = posix_spawn(&pid, program->path, &actions, NULL,
		program->is_hook ? as_hook : as_floor, no_environment);
	if (errno != 0 || wait4(pid, &status, 0, &usage) != pid)
		die(program->path);
	began = now() - began;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "%s failed\n", program->path);
		exit(EXIT_FAILURE);
	}
	if (usage.ru_maxrss > program->peak)
		program->peak = usage.ru_maxrss;
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(input);
	return began;
}

static int compare(const void *one, const void *other)
{
	double difference = *(const double *)one - *(const double *)other;

	return difference < 0 ? -1 : difference > 0;
}

static double median(double *times, size_t count)
{
	qsort(times, count, sizeof(*times), compare);
	return count % 2 != 0 ? times[count / 2] : (times[count / 2 - 1] + times[count / 2]) / 2;
}

static void measure(struct program programs[PROGRAMS], char *root, size_t rounds)
{
	for (size_t round = 0; round < WARM_UP + rounds; round++) {
		for (size_t i = 0; i < PROGRAMS; i++) {
			struct program *program = &programs[(i + round) % PROGRAMS];
			double time = run_once(program, root, round);

			if (round >= WARM_UP)
				program->times[round - WARM_UP] = time;
		}
	}
}

static void make_programs(struct program programs[PROGRAMS], char **argv, size_t rounds)
{
	static const char *const names[] = { "hook", "floor", "empty", "init", "fifo" };
	char fifo[PATH_MAX];

	snprintf(fifo, sizeof(fifo), "%s/exec.fifo", argv[1]);
	if (mkfifo(fifo, 0622) < 0)
		die(fifo);
	for (size_t i = 0; i < PROGRAMS; i++) {
		bool is_hook = i != FLOOR && i != EMPTY;

		programs[i] = (struct program){ .name = names[i],
			.is_hook = is_hook,
			.pid = getpid(),
			.path = is_hook ? argv[2] : argv[2 + i],
			.times = calloc(rounds, sizeof(double)) };
		if (programs[i].times == NULL)
			die("calloc");
	}
	programs[INIT].pid = start_init(NULL);
	programs[FIFO].pid = start_init(fifo);
}

/* Without the link it would be another hook that is measured. */
static void check_link(const char *root)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/fifo-0/.exec-fifo", root);
	if (stat(path, &status) < 0)
		die(path);
}

static void print_more(const struct program *program, const struct program *other, const char *what)
{
	printf("%s/%s %.3f, %.3f ms more: %s\n", program->name, other->name,
		program->median / other->median, (program->median - other->median) / 1000, what);
}

int main(int argc, char **argv)
{
	struct program programs[PROGRAMS];
	size_t rounds = argc > 5 ? (size_t)strtoul(argv[5], NULL, 10) : DEFAULT_ROUNDS;

	if (argc < 5 || rounds == 0) {
		fprintf(stderr, "usage: spawn ROOT HOOK FLOOR EMPTY [ROUNDS]\n");
		return 2;
	}
	make_programs(programs, argv, rounds);
	measure(programs, argv[1], rounds);
	check_link(argv[1]);
	for (size_t i = 0; i < PROGRAMS; i++) {
		programs[i].median = median(programs[i].times, rounds);
		printf("%-6s median %7.1f us  peak %5ld KiB\n", programs[i].name,
			programs[i].median, programs[i].peak);
	}
	printf("hook/floor %.3f\nhook/empty %.3f\n", programs[HOOK].median / programs[FLOOR].median,
		programs[HOOK].median / programs[EMPTY].median);
	print_more(&programs[FIFO], &programs[INIT], "the exec FIFO's link");
	print_more(&programs[FIFO], &programs[HOOK], "its search and its link, at most 0.3 wanted");
	return 0;
}
