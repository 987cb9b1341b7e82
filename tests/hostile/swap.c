/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swap WORLD RUNS SWAPS [HOOK]: runs hooks, prune, forget and readers on WORLD/above/store, RUNS times at least, while another
 * process swaps what they use for what leads to WORLD/outside, SWAPS times at least: RENAME_EXCHANGE, one thing at a time, for
 * a moment. HOOK runs in createRuntime's place. What is outside is judged by who calls this.
 *
 * WORLD/swapped has what is put in the places of the table, and what was there meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OTHER          4321
#define SECONDS_OF_RUN 20

__attribute__((noreturn)) static void die(const char *what)
{
	perror(what);
	exit(2);
}

static uint64_t chance_state = 88172645463325252U;

static unsigned chance(unsigned below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (unsigned)(chance_state % below);
}

/* ---- what is swapped ---- */

enum level { LEVEL_WORLD, LEVEL_ABOVE, LEVEL_STORE, LEVEL_CONTAINER };

static const struct place {
	const char *name;
	const char *swapped; /* in WORLD/swapped */
	const char *target;  /* in WORLD/outside: of a link; NULL: a FIFO */
	enum level in;
	bool hard;
} places[] = {
	{ "above", "above", "above", LEVEL_WORLD, false },
	{ "store", "store", "store", LEVEL_ABOVE, false },
	{ "c", "c", "c", LEVEL_STORE, false },
	{ "c", "theirs", "", LEVEL_STORE, false }, /* a directory, which is there */
	{ ".swept", "swept", "file", LEVEL_STORE, false },
	{ "lifecycle.json", "record", "file", LEVEL_CONTAINER, false },
	{ "lifecycle.json", "record-hard", "file", LEVEL_CONTAINER, true },
	{ "lifecycle.json", "record-fifo", NULL, LEVEL_CONTAINER, false },
	{ ".lifecycle.json.tmp", "tmp", "file", LEVEL_CONTAINER, false },
	{ ".lifecycle.json.tmp", "tmp-hard", "file", LEVEL_CONTAINER, true },
	{ "lifecycle.json.corrupt", "corrupt", "c", LEVEL_CONTAINER, false },
	{ "lifecycle.json.corrupt.1", "corrupt-too", "file", LEVEL_CONTAINER, false },
	{ ".exec-fifo", "exec-fifo", "c/.exec-fifo", LEVEL_CONTAINER, false },
	{ ".seen-stopped", "seen-stopped", "file", LEVEL_CONTAINER, false },
};

#define PLACE_COUNT (sizeof(places) / sizeof(places[0]))

struct shared {
	atomic_long swaps;
	atomic_long planted;
	atomic_bool end;
};

struct swapper {
	const char *world;
	int levels[LEVEL_CONTAINER]; /* held: their names may be another's */
	int swapped;
	struct shared *shared;
};

static int open_directory(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The links are another user's: where they lead the store is not looked for. */
static void make(const struct swapper *swapper, const struct place *place)
{
	char target[PATH_MAX];

	if (place->target == NULL) {
		(void)mkfifoat(swapper->swapped, place->swapped, 0600);
		return;
	}
	snprintf(target, sizeof(target), "%s/outside/%s", swapper->world, place->target);
	if (place->hard)
		(void)!linkat(AT_FDCWD, target, swapper->swapped, place->swapped, 0);
	else if (place->target[0] != '\0' &&
		 symlinkat(target, swapper->swapped, place->swapped) == 0)
		(void)!fchownat(
			swapper->swapped, place->swapped, OTHER, OTHER, AT_SYMLINK_NOFOLLOW);
}

static bool exchange(const struct swapper *swapper, const struct place *place, int at)
{
	if (renameat2(at, place->name, swapper->swapped, place->swapped, RENAME_EXCHANGE) < 0)
		return false;
	atomic_fetch_add(&swapper->shared->swaps, 1);
	return true;
}

static void dwell(void)
{
	const struct timespec time = { 0, (long)chance(200) * 1000 };

	if (chance(4) == 0)
		(void)nanosleep(&time, NULL);
}

/* What is not there to be swapped is put there, and stays until somebody removes it. */
static void plant(const struct swapper *swapper, const struct place *place, int at)
{
	make(swapper, place);
	if (place->in != LEVEL_CONTAINER && place->name[0] != '.')
		return;
	if (renameat2(swapper->swapped, place->swapped, at, place->name, RENAME_NOREPLACE) == 0)
		atomic_fetch_add(&swapper->shared->planted, 1);
}

/* If somebody has removed what was put there, what was there before comes back, unless there is a new one. */
static void put_back(const struct swapper *swapper, const struct place *place, int at)
{
	if (exchange(swapper, place, at))
		return;
	if (renameat2(swapper->swapped, place->swapped, at, place->name, RENAME_NOREPLACE) == 0)
		return;
	while (!exchange(swapper, place, at) && errno != ENOENT)
		;
}

static void swap_once(const struct swapper *swapper, const struct place *place)
{
	bool own = place->in == LEVEL_CONTAINER;
	int at = own ? open_directory(swapper->levels[LEVEL_STORE], "c")
		     : swapper->levels[place->in];

	if (at < 0)
		return;
	if (exchange(swapper, place, at)) {
		dwell();
		put_back(swapper, place, at);
	} else {
		plant(swapper, place, at);
	}
	if (own)
		(void)close(at);
	dwell();
}

__attribute__((noreturn)) static void swap_until_end(const struct swapper *swapper)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!atomic_load(&swapper->shared->end))
		swap_once(swapper, &places[chance(PLACE_COUNT)]);
	exit(0);
}

static struct swapper open_world(const char *world)
{
	struct swapper swapper = { .world = world };

	swapper.levels[LEVEL_WORLD] = open_directory(AT_FDCWD, world);
	swapper.levels[LEVEL_ABOVE] = open_directory(swapper.levels[LEVEL_WORLD], "above");
	swapper.levels[LEVEL_STORE] = open_directory(swapper.levels[LEVEL_ABOVE], "store");
	swapper.swapped = open_directory(swapper.levels[LEVEL_WORLD], "swapped");
	swapper.shared = mmap(NULL, sizeof(*swapper.shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (swapper.swapped < 0 || swapper.shared == MAP_FAILED)
		die(world);
	return swapper;
}

/* ---- what is run ---- */

static const struct program {
	const char *path; /* below $HOOKS_DIR; or the name of a variable */
	const char *arguments[4];
} programs[] = {
	{ "lifecycle-create-runtime", { "--strict" } },
	{ "lifecycle-prestart", { "--strict" } },
	{ "lifecycle-create-runtime", { "--strict", "--", "/bin/true" } },
	{ "lifecycle-poststart", { "--strict" } },
	{ "QUERY", { "verify" } },
	{ "lifecycle-poststop", { "--strict", "--retention", "1s" } },
	{ "QUERY", { "list" } },
	{ "CTL", { "prune", "--older-than", "0" } },
	{ "lifecycle-create-runtime", { "--strict" } },
	{ "CTL", { "prune", "--older-than", "1h" } },
	{ "CTL", { "forget", "--force", "c" } },
	{ "lifecycle-create-runtime", { "--strict" } },
	{ "lifecycle-poststop", { "--strict", "--remove" } },
};

#define PROGRAM_COUNT (sizeof(programs) / sizeof(programs[0]))

struct tally {
	long runs, did, refused, signals, hangs;
};

static void path_of(const struct program *program, const char *hook, char path[PATH_MAX])
{
	if (strncmp(program->path, "lifecycle-", strlen("lifecycle-")) != 0)
		snprintf(path, PATH_MAX, "%s", getenv(program->path));
	else if (hook != NULL && strcmp(program->path, "lifecycle-create-runtime") == 0)
		snprintf(path, PATH_MAX, "%s", hook);
	else
		snprintf(path, PATH_MAX, "%s/%s", getenv("HOOKS_DIR"), program->path);
}

static pid_t start(const struct program *program, const char *hook, const char *world)
{
	char path[PATH_MAX], root[PATH_MAX], state[PATH_MAX];
	char *argv[8] = { path, (char *)"--root", root };
	posix_spawn_file_actions_t files;
	pid_t pid;

	path_of(program, hook, path);
	snprintf(root, sizeof(root), "%s/above/store", world);
	snprintf(state, sizeof(state), "%s/state", world);
	for (int i = 0; i < 4 && program->arguments[i] != NULL; i++)
		argv[3 + i] = (char *)program->arguments[i];
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, state, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	errno = posix_spawn(&pid, path, &files, NULL, argv, environ);
	if (errno != 0)
		die(path);
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

static volatile sig_atomic_t running;

static void end_it(int number)
{
	(void)number;
	(void)kill((pid_t)running, SIGABRT);
}

static void run(
	const struct program *program, const char *hook, const char *world, struct tally *tally)
{
	int status;

	running = start(program, hook, world);
	(void)alarm(SECONDS_OF_RUN);
	while (waitpid((pid_t)running, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	(void)alarm(0);
	tally->runs++;
	tally->did += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	tally->refused += WIFEXITED(status) && WEXITSTATUS(status) != 0;
	tally->hangs += WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
	tally->signals += WIFSIGNALED(status) && WTERMSIG(status) != SIGABRT;
}

/* A runtime's init, which waits for its start; the state names it. */
static pid_t start_init(const char *world)
{
	char path[PATH_MAX];
	pid_t pid = fork();
	FILE *state;

	snprintf(path, sizeof(path), "%s/exec.fifo", world);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)prctl(PR_SET_NAME, "runc:[2:INIT]");
		if (open(path, O_PATH | O_CLOEXEC) < 0)
			die(path);
		for (;;)
			pause();
	}
	snprintf(path, sizeof(path), "%s/state", world);
	state = fopen(path, "we");
	if (state == NULL)
		die(path);
	fprintf(state,
		"{\"ociVersion\":\"1.0.2\",\"id\":\"c\",\"status\":\"creating\",\"pid\":%d}\n",
		pid);
	fclose(state);
	return pid;
}

int main(int argc, char **argv)
{
	struct swapper swapper;
	struct tally tally = { 0 };
	long runs, swaps;
	pid_t init, pid;

	if (argc < 4)
		return 2;
	runs = strtol(argv[2], NULL, 10);
	swaps = strtol(argv[3], NULL, 10);
	swapper = open_world(argv[1]);
	init = start_init(argv[1]);
	(void)signal(SIGALRM, end_it);
	for (size_t i = 0; i < PLACE_COUNT; i++)
		make(&swapper, &places[i]);
	pid = fork();
	if (pid == 0)
		swap_until_end(&swapper);
	while (tally.runs < runs || atomic_load(&swapper.shared->swaps) < swaps)
		run(&programs[tally.runs % (long)PROGRAM_COUNT], argv[4], argv[1], &tally);
	atomic_store(&swapper.shared->end, true);
	(void)waitpid(pid, NULL, 0);
	(void)kill(init, SIGKILL);
	printf("%ld runs, of which %ld did what was asked and %ld refused; %ld swaps, %ld planted; "
	       "%ld signals, %ld hangs\n",
		tally.runs, tally.did, tally.refused, atomic_load(&swapper.shared->swaps),
		atomic_load(&swapper.shared->planted), tally.signals, tally.hangs);
	return tally.signals > 0 || tally.hangs > 0 || tally.did == 0 || tally.refused == 0;
}
