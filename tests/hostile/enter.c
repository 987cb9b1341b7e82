/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enter [OPTION]... -- PROGRAM ARG...: becomes PROGRAM, as a process in a state that nobody would choose.
 *
 * close=012        these of 0, 1 and 2 are closed
 * open=COUNT       so many more files are open
 * umask=MODE
 * gone=DIRECTORY   it is the working directory, and then removed
 * limit=N:VALUE    the limit of that number, soft and hard
 * capabilities=no  none is left, not even for root's programs
 * refuse=N:ERRNO   the system call of that number fails with ERRNO from PROGRAM's begin on
 * argv=no          PROGRAM has no argv, not even argv[0]
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTER_FAILED 125

__attribute__((noreturn)) static void die(const char *what)
{
	perror(what);
	exit(ENTER_FAILED);
}

/* ---- each option ---- */

static void close_some(const char *value)
{
	for (; *value != '\0'; value++)
		(void)close(*value - '0');
}

static void open_many(const char *value)
{
	rlim_t count = strtoul(value, NULL, 10);
	const struct rlimit limit = { count + 100, count + 100 };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("limit of files");
	for (; count > 0; count--)
		if (open("/dev/null", O_RDWR) < 0)
			die("/dev/null");
}

static void set_umask(const char *value)
{
	(void)umask((mode_t)strtoul(value, NULL, 8));
}

static void lose_directory(const char *value)
{
	if (mkdir(value, 0700) < 0 || chdir(value) < 0 || rmdir(value) < 0)
		die(value);
}

static void split(const char *value, unsigned long *ret_first, unsigned long *ret_second)
{
	char *rest;

	*ret_first = strtoul(value, &rest, 10);
	*ret_second = *rest == ':' ? strtoul(rest + 1, NULL, 10) : 0;
}

static void set_limit(const char *value)
{
	unsigned long number, most;
	struct rlimit limit;

	split(value, &number, &most);
	limit.rlim_cur = limit.rlim_max = most;
	if (syscall(SYS_prlimit64, 0, number, &limit, NULL) < 0)
		die("prlimit");
}

static void drop_capabilities(const char *value)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	(void)value;
	for (unsigned long i = 0; prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0; i++)
		;
	if (syscall(SYS_capset, &header, none) < 0)
		die("capset");
}

/* execve() is asked for after it, and so is what the kernel asks for in a program's place: nothing. */
static void refuse(const char *value)
{
	unsigned long number, reason;

	split(value, &number, &reason);
	{
		struct sock_filter code[] = {
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)reason),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		};
		const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
			prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
			die("seccomp");
	}
}

static const struct {
	const char *name;
	void (*enter)(const char *value);
} options[] = {
	{ "close=", close_some },
	{ "open=", open_many },
	{ "umask=", set_umask },
	{ "gone=", lose_directory },
	{ "limit=", set_limit },
	{ "capabilities=", drop_capabilities },
	{ "refuse=", refuse },
};

static void enter(const char *word)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t length = strlen(options[i].name);

		if (strncmp(word, options[i].name, length) == 0) {
			options[i].enter(word + length);
			return;
		}
	}
	fprintf(stderr, "enter: what is '%s'?\n", word);
	exit(ENTER_FAILED);
}

int main(int argc, char **argv)
{
	static char *const nothing[] = { NULL };
	char **command = argv + 1;
	int no_argv = 0;

	(void)argc;
	while (*command != NULL && strcmp(*command, "--") != 0)
		command++;
	if (*command == NULL || command[1] == NULL)
		return ENTER_FAILED;
	for (char **word = argv + 1; word < command; word++) {
		if (strcmp(*word, "argv=no") == 0)
			no_argv = 1;
		else
			enter(*word);
	}
	(void)syscall(SYS_execve, command[1], no_argv ? nothing : command + 1, nothing);
	/* the limit did it, or there is no such program */
	return ENTER_FAILED + 1;
}
