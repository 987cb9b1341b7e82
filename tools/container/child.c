/* SPDX-License-Identifier: Apache-2.0 */
#include "container/child.h"
#include "base/error.h"
#include "base/io.h"
#include "runtime/find.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT_EXECUTE 127

/* ---- finding ---- */

static int find_path(const char *path, char ret_path[PATH_MAX], struct lifecycle_error *error)
{
	char real[PATH_MAX];

	if (realpath(path, real) == NULL)
		return error_errno(error, errno, "cannot run '%s'", path);
	if (runtime_find_program(real, ret_path) < 0)
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "'%s' is no executable file", path);
	return 0;
}

static bool find_in(const char *const *directories, const char *program, char ret_path[PATH_MAX])
{
	for (size_t i = 0; directories != NULL && directories[i] != NULL; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", directories[i], program);
		if (runtime_find_program(path, ret_path) == 0)
			return true;
	}
	return false;
}

static int find(const char *program, const char *const *more, const char *package,
	char ret_path[PATH_MAX], struct lifecycle_error *error)
{
	if (strchr(program, '/') != NULL)
		return find_path(program, ret_path, error);
	if (runtime_find_program(program, ret_path) == 0 || find_in(more, program, ret_path))
		return 0;
	if (package == NULL)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM, "'%s' is not installed", program);
	return error_set(error, LIFECYCLE_ERROR_SYSTEM,
		"'%s' is not installed (Debian: apt-get install %s)", program, package);
}

int child_find(const char *program, const char *const *more, const char *package, char **ret_path,
	struct lifecycle_error *error)
{
	char path[PATH_MAX], *copy;

	if (find(program, more, package, path, error) < 0)
		return -1;
	copy = strdup(path);
	if (copy == NULL)
		return error_no_memory(error);
	*ret_path = copy;
	return 0;
}

/* ---- running ---- */

/* Above what it is to become, so that none of them is overwritten before it is taken. */
static int lift(int fd)
{
	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fcntl(fd, F_DUPFD_CLOEXEC, 10);
}

static int place_files(const struct child_files *files)
{
	int lifted[] = { lift(files->in), lift(files->out), lift(files->err),
		files->extra < 0 ? -1 : lift(files->extra) };

	for (int i = 0; i < 4; i++)
		if ((i < 3 || files->extra >= 0) && dup2(lifted[i], i) < 0)
			return -1;
	return 0;
}

static void reset_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &action, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(pid_t parent, const char *const *argv, const char *const *environment,
	const struct child_files *files)
{
	reset_signals();
	(void)prctl(PR_SET_PDEATHSIG, files->gently ? SIGTERM : SIGKILL);
	if (getppid() != parent)
		_exit(CANNOT_EXECUTE);
	if (files->leads)
		(void)setpgid(0, 0);
	for (size_t i = 0; environment != NULL && environment[i] != NULL; i++)
		(void)putenv((char *)(uintptr_t)environment[i]);
	if (place_files(files) == 0)
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(STDERR_FILENO, "cannot run '%s': %s\n", argv[0], strerror(errno));
	_exit(CANNOT_EXECUTE);
}

int child_start(const char *const *argv, const char *const *environment,
	const struct child_files *files, pid_t *ret_pid, struct lifecycle_error *error)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return error_errno(error, errno, "cannot start '%s'", argv[0]);
	if (pid == 0)
		become(parent, argv, environment, files);
	*ret_pid = pid;
	return 0;
}

int child_wait(pid_t pid, int *ret_status, struct lifecycle_error *error)
{
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return error_errno(error, errno, "cannot wait for a child");
	return 0;
}

/* The end of what was written to the file. */
static void read_words(int file, char *words, size_t size)
{
	off_t length = lseek(file, 0, SEEK_END);
	ssize_t count = -1;

	if (length >= 0) {
		(void)lseek(file, length >= (off_t)size ? length - (off_t)size + 1 : 0, SEEK_SET);
		count = io_read_up_to(file, words, size - 1);
	}
	words[count < 0 ? 0 : count] = '\0';
}

/* A file, not a pipe: what the child leaves behind may keep it open for as long as it likes. */
static int run(const char *const *argv, struct child_files files, bool apart, char *words,
	size_t size, int *ret_status, struct lifecycle_error *error)
{
	int result = -1;
	pid_t pid = -1;

	files.err = memfd_create("words", MFD_CLOEXEC);
	if (files.err < 0)
		return error_errno(error, errno, "cannot keep what '%s' says", argv[0]);
	if (!apart)
		files.out = files.err;
	if (child_start(argv, NULL, &files, &pid, error) == 0 &&
		child_wait(pid, ret_status, error) == 0) {
		read_words(files.err, words, size);
		result = 0;
	}
	(void)close(files.err);
	return result;
}

int child_run(const char *const *argv, char *words, size_t size, int *ret_status,
	struct lifecycle_error *error)
{
	const struct child_files files = { .in = -1, .extra = -1 };

	return run(argv, files, false, words, size, ret_status, error);
}

int child_run_apart(const char *const *argv, const struct child_files *files, char *words,
	size_t size, int *ret_status, struct lifecycle_error *error)
{
	return run(argv, *files, true, words, size, ret_status, error);
}

void child_keep_last_line(char *words)
{
	size_t length = strlen(words);
	char *line;

	while (length > 0 && words[length - 1] == '\n')
		words[--length] = '\0';
	line = strrchr(words, '\n');
	if (line != NULL)
		memmove(words, line + 1, strlen(line + 1) + 1);
}
