/* SPDX-License-Identifier: Apache-2.0 */
/*
 * injector [-o FILE] INPUT COMMAND [ARG...]: runs COMMAND once for each line of stdin, with the file INPUT for its stdin, and lets
 * system calls of it fail, come short, lie about the time, or be where it is killed. A line is what strace would do, but a
 * hundred times as fast, because the kernel asks us (seccomp's user notification) and nobody is traced:
 *
 *	NAME:WHEN:ERRNO     the WHENth call NAME fails with that number; 0: each of them; -N: the Nth and each after
 *	NAME:WHEN:kill      the process is dead before that call
 *	NAME:WHEN:short     read or write of one byte
 *	clock:WHEN:SECONDS  CLOCK_REALTIME is so far off, from the WHENth time on that the process looks at a clock
 *
 * Calls are counted in COMMAND's own process, after its exec. The answer: a line `STATUS HITS TRACE SAID` with the exit
 * status (128 + a signal, or -1 if it hung), how many calls were meddled with, and how many bytes follow of the names of
 * all calls and of what came on stderr. What came on stdout of the last run is in FILE. Exit status 77: the kernel does not let us.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CANNOT   77
#define LIMIT_MS 20000
#define MAX_ACTS 8
#define NAMES    512

/* ---- the names of calls ---- */

#define CALL(name) [SYS_##name] = #name

static const char *const names[NAMES] = {
#ifdef __x86_64__
	CALL(access),
	CALL(alarm),
	CALL(arch_prctl),
	CALL(chmod),
	CALL(chown),
	CALL(creat),
	CALL(dup2),
	CALL(epoll_create),
	CALL(epoll_wait),
	CALL(fork),
	CALL(getdents),
	CALL(getpgrp),
	CALL(inotify_init),
	CALL(link),
	CALL(lstat),
	CALL(mkdir),
	CALL(open),
	CALL(pause),
	CALL(pipe),
	CALL(poll),
	CALL(readlink),
	CALL(rename),
	CALL(rmdir),
	CALL(select),
	CALL(stat),
	CALL(symlink),
	CALL(time),
	CALL(unlink),
	CALL(utime),
	CALL(vfork),
#endif
	CALL(accept4),
	CALL(bind),
	CALL(brk),
	CALL(capget),
	CALL(chdir),
	CALL(clock_gettime),
	CALL(clock_nanosleep),
	CALL(clone),
	CALL(clone3),
	CALL(close),
	CALL(close_range),
	CALL(connect),
	CALL(copy_file_range),
	CALL(dup),
	CALL(dup3),
	CALL(epoll_create1),
	CALL(epoll_ctl),
	CALL(epoll_pwait),
	CALL(execve),
	CALL(execveat),
	CALL(exit),
	CALL(exit_group),
	CALL(faccessat),
	CALL(faccessat2),
	CALL(fadvise64),
	CALL(fallocate),
	CALL(fchdir),
	CALL(fchmod),
	CALL(fchmodat),
	CALL(fchown),
	CALL(fchownat),
	CALL(fcntl),
	CALL(fdatasync),
	CALL(fgetxattr),
	CALL(flock),
	CALL(fsetxattr),
	CALL(fstat),
	CALL(fstatfs),
	CALL(fsync),
	CALL(ftruncate),
	CALL(futex),
	CALL(getcwd),
	CALL(getdents64),
	CALL(getegid),
	CALL(geteuid),
	CALL(getgid),
	CALL(getpgid),
	CALL(getpid),
	CALL(getppid),
	CALL(getrandom),
	CALL(getrlimit),
	CALL(getrusage),
	CALL(getsockname),
	CALL(getsockopt),
	CALL(gettid),
	CALL(gettimeofday),
	CALL(getuid),
	CALL(inotify_add_watch),
	CALL(inotify_init1),
	CALL(inotify_rm_watch),
	CALL(ioctl),
	CALL(kill),
	CALL(linkat),
	CALL(listen),
	CALL(lseek),
	CALL(madvise),
	CALL(memfd_create),
	CALL(mkdirat),
	CALL(mknodat),
	CALL(mmap),
	CALL(mount),
	CALL(mprotect),
	CALL(mremap),
	CALL(munmap),
	CALL(name_to_handle_at),
	CALL(nanosleep),
	CALL(newfstatat),
	CALL(openat),
	CALL(openat2),
	CALL(open_by_handle_at),
	CALL(pidfd_getfd),
	CALL(pidfd_open),
	CALL(pidfd_send_signal),
	CALL(pipe2),
	CALL(ppoll),
	CALL(prctl),
	CALL(pread64),
	CALL(prlimit64),
	CALL(pselect6),
	CALL(pwrite64),
	CALL(read),
	CALL(readlinkat),
	CALL(readv),
	CALL(recvfrom),
	CALL(recvmsg),
	CALL(renameat),
	CALL(renameat2),
	CALL(restart_syscall),
	CALL(rseq),
	CALL(rt_sigaction),
	CALL(rt_sigpending),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(rt_sigtimedwait),
	CALL(sched_getaffinity),
	CALL(sched_yield),
	CALL(seccomp),
	CALL(sendfile),
	CALL(sendmsg),
	CALL(sendto),
	CALL(set_robust_list),
	CALL(set_tid_address),
	CALL(setgid),
	CALL(setpgid),
	CALL(setresgid),
	CALL(setresuid),
	CALL(setrlimit),
	CALL(setsid),
	CALL(setsockopt),
	CALL(setuid),
	CALL(shutdown),
	CALL(sigaltstack),
	CALL(signalfd4),
	CALL(socket),
	CALL(socketpair),
	CALL(splice),
	CALL(statfs),
	CALL(statx),
	CALL(symlinkat),
	CALL(sysinfo),
	CALL(tgkill),
	CALL(timerfd_create),
	CALL(timerfd_settime),
	CALL(umask),
	CALL(uname),
	CALL(unlinkat),
	CALL(unshare),
	CALL(utimensat),
	CALL(wait4),
	CALL(waitid),
	CALL(write),
	CALL(writev),
};

static const char *name_of(int number)
{
	const char *name = number >= 0 && number < NAMES ? names[number] : NULL;

	return name != NULL ? name : "unknown";
}

/* ---- what is to be done ---- */

enum what { WHAT_ERROR, WHAT_KILL, WHAT_SHORT, WHAT_CLOCK };

struct act {
	char name[32];
	long when;
	enum what what;
	long value;
};

struct run {
	struct act acts[MAX_ACTS];
	size_t count;
	long seen[NAMES];
	pid_t pid;
	int pidfd, listener, said;
	bool began;  /* its exec is over */
	bool is_off; /* the time */
	long looks;  /* at a clock */
	long hits;
	char *trace;
	size_t length;
	FILE *tracing;
};

static bool read_plan(char *line, struct run *run)
{
	for (char *word = strtok(line, " \n"); word != NULL; word = strtok(NULL, " \n")) {
		struct act *act = &run->acts[run->count];
		char value[32];

		if (run->count++ == MAX_ACTS ||
			sscanf(word, "%31[^:]:%ld:%31s", act->name, &act->when, value) != 3)
			return false;
		act->value = strtol(value, NULL, 10);
		act->what = strcmp(act->name, "clock") == 0 ? WHAT_CLOCK
			    : strcmp(value, "kill") == 0    ? WHAT_KILL
			    : strcmp(value, "short") == 0   ? WHAT_SHORT
							    : WHAT_ERROR;
		run->is_off = run->is_off || act->what == WHAT_CLOCK;
	}
	return true;
}

static bool is_at(long when, long which)
{
	return when > 0 ? which == when : which >= -when;
}

/* The last one that is meant, so that a plan can begin with what is so in general. */
static const struct act *act_on(const struct run *run, const char *name, long which)
{
	const struct act *found = NULL;

	for (size_t i = 0; i < run->count; i++)
		if (strcmp(run->acts[i].name, name) == 0 && is_at(run->acts[i].when, which))
			found = &run->acts[i];
	return found;
}

static long offset_of(const struct run *run)
{
	long offset = 0;

	for (size_t i = 0; i < run->count; i++)
		if (run->acts[i].what == WHAT_CLOCK && run->acts[i].when <= run->looks)
			offset = run->acts[i].value;
	return offset;
}

/* ---- in the process ---- */

static struct {
	int listener;
	int error;
} *volatile shared;

static int install(void)
{
	/* what ends a process need not be asked about; a kill there is one after the call before */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(
		SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

__attribute__((noreturn)) static void become(
	const char *input, const char *output, char **command, int said, bool is_off)
{
	int in = open(input, O_RDONLY);
	int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	static char bytes[65536];
	ssize_t length = read(in, bytes, sizeof(bytes));
	int ends[2];

	/* a pipe whose writer has gone */
	if (length < 0 || pipe(ends) < 0 || write(ends[1], bytes, (size_t)length) != length)
		_exit(CANNOT);
	dup2(ends[0], 0);
	dup2(out, 1);
	dup2(said, 2);
	close_range(3, ~0U, 0);
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (is_off)
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	int listener = install();

	/* from here on each call waits for an answer */
	shared->error = listener < 0 ? errno : 0;
	shared->listener = listener;
	execv(command[0], command);
	_exit(127);
}

/* ---- meddling ---- */

static void answer(const struct run *run, const struct seccomp_notif *asked, int error,
	int64_t value, bool goes_on)
{
	struct seccomp_notif_resp response = {
		.id = asked->id,
		.error = error,
		.val = value,
		.flags = goes_on ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
	};

	/* it may be gone */
	(void)ioctl(run->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* Done in its place, on its own open file. */
static void shorten(const struct run *run, const struct seccomp_notif *asked)
{
	bool reads = asked->data.nr == SYS_read;
	void *theirs = (void *)(uintptr_t)asked->data.args[1];
	char byte;
	struct iovec here = { .iov_base = &byte, .iov_len = 1 };
	struct iovec there = { .iov_base = theirs, .iov_len = 1 };
	int fd = (int)syscall(SYS_pidfd_getfd, run->pidfd, (int)asked->data.args[0], 0);
	ssize_t count = -1;

	if (fd >= 0 && reads) {
		count = read(fd, &byte, 1);
		if (count > 0)
			(void)process_vm_writev(run->pid, &here, 1, &there, 1, 0);
	} else if (fd >= 0) {
		(void)process_vm_readv(run->pid, &here, 1, &there, 1, 0);
		count = write(fd, &byte, 1);
	}
	answer(run, asked, count < 0 ? -errno : 0, count < 0 ? 0 : count, false);
	if (fd >= 0)
		close(fd);
}

static void lie_about_time(struct run *run, const struct seccomp_notif *asked)
{
	clockid_t clock = asked->data.nr == SYS_clock_gettime ? (clockid_t)asked->data.args[0] : 0;
	uint64_t place = asked->data.args[asked->data.nr == SYS_clock_gettime ? 1 : 0];
	struct timespec now;
	struct iovec here = { .iov_base = &now, .iov_len = sizeof(now) };
	struct iovec there = { .iov_base = (void *)(uintptr_t)place, .iov_len = sizeof(now) };

	run->looks++;
	clock_gettime(clock, &now);
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		now.tv_sec += offset_of(run);
	if (asked->data.nr == SYS_gettimeofday)
		now.tv_nsec /= 1000;
	if (place != 0)
		(void)process_vm_writev(run->pid, &here, 1, &there, 1, 0);
	answer(run, asked, 0, 0, false);
}

static bool tells_time(int number)
{
#ifdef SYS_time
	if (number == SYS_time)
		abort(); /* nothing of ours asks so */
#endif
	return number == SYS_clock_gettime || number == SYS_gettimeofday;
}

static void meddle(struct run *run, const struct seccomp_notif *asked, const struct act *act)
{
	run->hits++;
	switch (act->what) {
	case WHAT_KILL:
		kill(run->pid, SIGKILL);
		break;
	case WHAT_SHORT:
		shorten(run, asked);
		break;
	default:
		answer(run, asked, -(int)act->value, 0, false);
	}
}

/* Another process that it forked is let be. */
static void decide(struct run *run, const struct seccomp_notif *asked)
{
	int number = asked->data.nr;
	const char *name = name_of(number);
	const struct act *act;

	if ((pid_t)asked->pid != run->pid || !run->began) {
		run->began = run->began || ((pid_t)asked->pid == run->pid && number == SYS_execve);
		answer(run, asked, 0, 0, true);
		return;
	}
	fprintf(run->tracing, "%s ", name);
	act = act_on(run, name, ++run->seen[number < NAMES ? number : 0]);
	if (act != NULL && (act->what != WHAT_SHORT || asked->data.args[2] > 1))
		meddle(run, asked, act);
	else if (run->is_off && tells_time(number))
		lie_about_time(run, asked);
	else
		answer(run, asked, 0, 0, true);
}

/* ---- one run ---- */

/* The C library asks the kernel for the time without a call, unless it is not told where. */
static void hide_vdso(pid_t pid)
{
	char path[64], text[4096];
	int status, fd;
	unsigned long place = 0, word, pair[2];

	waitpid(pid, &status, __WALL);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	text[read(fd, text, sizeof(text) - 1)] = '\0';
	close(fd);
	/* the 28th field: where its stack began */
	char *rest = strrchr(text, ')') + 1;

	for (int field = 3; field <= 28; field++)
		place = strtoul(strtok(field == 3 ? rest : NULL, " ") ?: "", NULL, 10);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	(void)!pread(fd, &word, sizeof(word), (off_t)place);
	place += (word + 2) * sizeof(word);
	do {
		(void)!pread(fd, &word, sizeof(word), (off_t)place);
		place += sizeof(word);
	} while (word != 0);
	do {
		if (pread(fd, pair, sizeof(pair), (off_t)place) != sizeof(pair))
			break;
		if (pair[0] == AT_SYSINFO_EHDR) {
			pair[0] = AT_IGNORE;
			(void)!pwrite(fd, pair, sizeof(pair), (off_t)place);
		}
		place += sizeof(pair);
	} while (pair[0] != AT_NULL);
	close(fd);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

/* Returns whether there is more to come. */
static bool serve_one(struct run *run)
{
	static struct seccomp_notif asked;

	memset(&asked, 0, sizeof(asked));
	if (ioctl(run->listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
		return errno == ENOENT || errno == EINTR;
	bool execs = run->is_off && (pid_t)asked.pid == run->pid && !run->began;

	decide(run, &asked);
	if (execs && asked.data.nr == SYS_execve)
		hide_vdso(run->pid);
	return true;
}

/* Returns whether it ended. */
static bool serve(struct run *run)
{
	struct pollfd waits[] = { { .fd = run->listener, .events = POLLIN },
		{ .fd = run->pidfd, .events = POLLIN } };

	while (poll(waits, 2, LIMIT_MS) > 0) {
		if (waits[1].revents != 0)
			return true;
		if ((waits[0].revents & POLLIN) != 0 && !serve_one(run))
			return true;
		if ((waits[0].revents & POLLHUP) != 0)
			waits[0].fd = -1;
	}
	return false;
}

static void begin(struct run *run, const char *input, const char *output, char **command)
{
	int ends[2];

	shared->listener = -1;
	shared->error = 0;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0 || fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) < 0)
		exit(EXIT_FAILURE);
	(void)fcntl(ends[1], F_SETFL, 0);
	run->pid = fork();
	if (run->pid == 0)
		become(input, output, command, ends[1], run->is_off);
	close(ends[1]);
	run->said = ends[0];
	run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
	while (shared->listener < 0 && shared->error == 0)
		sched_yield();
	run->listener = shared->error != 0
				? -1
				: (int)syscall(SYS_pidfd_getfd, run->pidfd, shared->listener, 0);
	if (run->listener < 0)
		exit(CANNOT);
#ifdef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
	(void)ioctl(
		run->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
#endif
	run->tracing = open_memstream(&run->trace, &run->length);
}

static void end(struct run *run, bool ended)
{
	static char said[1 << 20];
	ssize_t length;
	int status = 0;

	if (!ended)
		kill(run->pid, SIGKILL);
	close(run->listener); /* whoever still waits for an answer gets ENOSYS */
	waitpid(run->pid, &status, 0);
	kill(-run->pid, SIGKILL);
	fclose(run->tracing);
	length = read(run->said, said, sizeof(said));
	length = length < 0 ? 0 : length;
	printf("%d %ld %zu %zd\n",
		!ended                ? -1
		: WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				      : WEXITSTATUS(status),
		run->hits, run->length, length);
	fwrite(run->trace, 1, run->length, stdout);
	fwrite(said, 1, (size_t)length, stdout);
	fflush(stdout);
	free(run->trace);
	close(run->said);
	close(run->pidfd);
}

/* On one processor question and answer cost no waking up of another one: for one run on that where we happen to be. */
static void stay_here(const cpu_set_t *all)
{
	cpu_set_t set;

	(void)sched_setaffinity(0, sizeof(*all), all);
	CPU_ZERO(&set);
	CPU_SET((size_t)sched_getcpu(), &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}

int main(int argc, char **argv)
{
	char line[1024];
	cpu_set_t all;
	const char *output = "/dev/null";

	if (argc > 2 && strcmp(argv[1], "-o") == 0) {
		output = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 3)
		return 2;
	/* what is written in another's place may go to a pipe that nobody reads any more */
	signal(SIGPIPE, SIG_IGN);
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return EXIT_FAILURE;
	(void)sched_getaffinity(0, sizeof(all), &all);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct run run = { .count = 0 };

		if (!read_plan(line, &run))
			return 2;
		stay_here(&all);
		begin(&run, argv[1], output, argv + 2);
		end(&run, serve(&run));
	}
	return EXIT_SUCCESS;
}
