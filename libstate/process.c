/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"
#include "base/error.h"
#include "proc.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static const struct process unseen = {
	.pid = LIFECYCLE_UNKNOWN,
	.start_ticks = LIFECYCLE_UNKNOWN,
	.pid_ns = LIFECYCLE_UNKNOWN,
	.exit_status = LIFECYCLE_UNKNOWN,
};

#define NAME_SIZE 64
#define FILE_SIZE 1024

#define FORKED_NO_EXEC 0x40 /* the kernel's PF_FORKNOEXEC */

/* In another pid namespace than that of /proc, our own pid is not what /proc says. */
static bool is_our_pid_namespace(int proc)
{
	char target[NAME_SIZE];
	char own[NAME_SIZE];
	ssize_t length = readlinkat(proc, "self", target, sizeof(target) - 1);

	if (length < 0)
		return false;
	target[length] = '\0';
	snprintf(own, sizeof(own), "%d", (int)getpid());
	return strcmp(target, own) == 0;
}

static void read_where_and_when(int proc, struct process *process)
{
	struct stat namespace_file;

	(void)proc_read(
		proc, "sys/kernel/random/boot_id", process->boot_id, sizeof(process->boot_id));
	if (fstatat(proc, "self/ns/pid", &namespace_file, 0) == 0)
		process->pid_ns = (int64_t)namespace_file.st_ino;
}

/* ---- one process ---- */

static const char *skip_fields(const char *fields, int count)
{
	while (fields != NULL && count-- > 0) {
		fields = strchr(fields, ' ');
		if (fields != NULL)
			fields++;
	}
	return fields;
}

/* Of the first thread, and how many there are: it counts as one until its process is gone. */
struct threads {
	char state; /* '\0' if it cannot be read */
	long count;
};

/*
 * The state is the third field, the flags are the 9th, the number of threads is the 20th, the start time the 22nd, the
 * exit status the 52nd; the second one, the name in parentheses, may hold anything.
 */
static void parse_stat(char *stat, struct process *process, struct threads *ret_threads)
{
	char *name = strchr(stat, '(');
	char *rest = strrchr(stat, ')');
	const char *flags;
	const char *count;
	const char *start;
	const char *status;

	if (name == NULL || rest == NULL || rest < name)
		return;
	*rest = '\0';
	snprintf(process->comm, sizeof(process->comm), "%s", name + 1);
	rest += 2;
	flags = skip_fields(rest, 9 - 3);
	count = skip_fields(flags, 20 - 9);
	start = skip_fields(count, 22 - 20);
	if (start == NULL)
		return;
	ret_threads->state = *rest;
	ret_threads->count = strtol(count, NULL, 10);
	process->forked = (strtoul(flags, NULL, 10) & FORKED_NO_EXEC) != 0;
	process->start_ticks = (int64_t)strtoll(start, NULL, 10);
	status = skip_fields(start, 52 - 22);
	if (status != NULL)
		process->exit_status = (int64_t)strtoll(status, NULL, 10);
}

static void read_stat(int proc, struct process *process, struct threads *ret_threads)
{
	char name[NAME_SIZE];
	char text[FILE_SIZE];

	snprintf(name, sizeof(name), "%" PRId64 "/stat", process->pid);
	if (proc_read(proc, name, text, sizeof(text)) > 0)
		parse_stat(text, process, ret_threads);
}

/* Also tells whether the exit status may be read: who may not sees 0 there, and no zombie has an executable. */
static void read_exe(int proc, struct process *process)
{
	char name[NAME_SIZE];
	struct stat exe;

	snprintf(name, sizeof(name), "%" PRId64 "/exe", process->pid);
	if (fstatat(proc, name, &exe, 0) == 0)
		snprintf(process->exe, sizeof(process->exe), "%ju:%ju", (uintmax_t)exe.st_dev,
			(uintmax_t)exe.st_ino);
	else if (errno != ENOENT)
		process->exit_status = LIFECYCLE_UNKNOWN;
}

/* A first thread that is dead is called a zombie also while others run. */
static enum liveness liveness_of_threads(const struct threads *threads)
{
	if (threads->state == '\0')
		return LIVENESS_UNKNOWN;
	return (threads->state == 'Z' || threads->state == 'X') && threads->count <= 1
		       ? LIVENESS_ZOMBIE
		       : LIVENESS_ALIVE;
}

/* A pidfd tells of the whole process; who has none, or whom it does not tell, asks /proc. */
static enum liveness liveness_of(int pidfd, const struct threads *threads)
{
	struct pollfd exited = { .fd = pidfd, .events = POLLIN };
	int count = pidfd >= 0 ? poll(&exited, 1, 0) : -1;

	if (count < 0)
		return liveness_of_threads(threads);
	return count == 1 ? LIVENESS_ZOMBIE : LIVENESS_ALIVE;
}

/* Before Linux 6 it is the first thread's own, which is 0 if the others went on without it. */
static bool is_status_of_group(int64_t status)
{
	struct utsname name;

	return status != 0 || (uname(&name) == 0 && strtol(name.release, NULL, 10) >= 6);
}

/* Of a process that pidfd_open() gave no descriptor of: it may be refused (seccomp, EMFILE). No signal is sent. */
static bool is_gone(int64_t pid, int reason)
{
	return reason == ESRCH || (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

/*
 * A missing /proc entry may only be hidden; pidfd_open() knows. The pidfd is opened first and asked last, so
 * that what was read between is of that very process.
 */
static void look(int proc, struct process *process)
{
	int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)process->pid, 0);
	int reason = errno;
	struct threads threads = { 0 };

	if (pidfd < 0 && is_gone(process->pid, reason)) {
		process->liveness = LIVENESS_GONE;
		return;
	}
	read_stat(proc, process, &threads);
	read_exe(proc, process);
	/* Kata's: a thread is no process to pidfd_open() */
	process->liveness = liveness_of(pidfd, &threads);
	if (pidfd >= 0)
		(void)close(pidfd);
	if (pidfd < 0 || process->liveness != LIVENESS_ZOMBIE ||
		!is_status_of_group(process->exit_status))
		process->exit_status = LIFECYCLE_UNKNOWN;
}

void process_look(int64_t pid, struct process *ret)
{
	int proc = proc_open();

	*ret = unseen;
	if (proc < 0)
		return;
	read_where_and_when(proc, ret);
	if (pid > 0 && pid <= INT32_MAX && is_our_pid_namespace(proc)) {
		ret->pid = pid;
		look(proc, ret);
	}
	(void)close(proc);
}

/* ---- the process of a generation ---- */

/* Whether nothing can be said of the generation's process, whatever became of the process that its pid names. */
static bool cannot_be_told(const struct lifecycle_generation *generation, const struct process *now)
{
	if (!generation_has_identity(generation) || generation->pid_ns != now->pid_ns)
		return true;
	return now->liveness == LIVENESS_ALIVE &&
	       (now->start_ticks == LIFECYCLE_UNKNOWN || now->boot_id[0] == '\0');
}

/* In another pid namespace than the record's its pid means nothing. */
static bool can_be_known_here(
	const struct lifecycle_generation *generation, const struct process *now)
{
	return generation_has_identity(generation) &&
	       (now->pid_ns == LIFECYCLE_UNKNOWN || now->pid_ns == generation->pid_ns);
}

void process_look_recorded(const struct lifecycle_generation *generation, struct process *ret)
{
	*ret = unseen;
	if (generation->pid == LIFECYCLE_UNKNOWN && generation->boot_id == NULL)
		return;
	process_look(generation->pid, ret);
	if (generation_is_of_other_boot(generation, ret->boot_id))
		ret->liveness = LIVENESS_GONE;
	else if (cannot_be_told(generation, ret))
		ret->liveness = LIVENESS_UNKNOWN;
	else if (ret->start_ticks != LIFECYCLE_UNKNOWN &&
		 ret->start_ticks != generation->pid_start_ticks)
		ret->liveness = LIVENESS_GONE;
	ret->unseen = ret->liveness == LIVENESS_UNKNOWN && can_be_known_here(generation, ret);
}

/* If it is at least as alive as that. *ret_reason: why there is no pidfd. */
static bool open_generation(const struct lifecycle_generation *generation, enum liveness least,
	int *ret_pidfd, struct process *process, int *ret_reason)
{
	int pidfd = -1;

	if (generation->pid > 0 && generation->pid <= INT32_MAX)
		pidfd = (int)syscall(SYS_pidfd_open, (pid_t)generation->pid, 0);
	*ret_reason = pidfd < 0 ? errno : 0;
	/* Looked at after it was opened: then it is what the pidfd holds, or that one is gone by now. */
	process_look_recorded(generation, process);
	if (pidfd >= 0 && process->liveness >= least) {
		*ret_pidfd = pidfd;
		return true;
	}
	if (pidfd >= 0)
		(void)close(pidfd);
	return false;
}

static bool open_previous(const struct lifecycle_record *record, int *ret_pidfd)
{
	struct process process;
	int reason;

	for (size_t i = record->previous_count; i-- > 0;)
		if (record->previous[i].is.status != LIFECYCLE_STATUS_STOPPED &&
			open_generation(&record->previous[i].is, LIVENESS_ALIVE, ret_pidfd,
				&process, &reason))
			return true;
	return false;
}

/* It is as alive as is wanted. A thread is no process to pidfd_open(). */
static bool is_refused(const struct process *process, enum liveness least, int reason)
{
	return process->liveness >= least && reason != EINVAL && reason != ENOENT &&
	       reason != ESRCH;
}

static int cannot_open(const struct process *process, enum liveness least, int reason,
	struct lifecycle_error *error)
{
	if (is_refused(process, least, reason))
		return error_errno(error, reason, "the process cannot be opened");
	if (process_has_ended(process))
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "the process is gone");
	(void)error_set(error, LIFECYCLE_ERROR_SYSTEM, "the process cannot be looked at");
	if (error != NULL && process->unseen)
		error->system_errno = EAGAIN;
	return -1;
}

int lifecycle_open_generation(const struct lifecycle_generation *generation, int *ret_pidfd,
	struct lifecycle_error *error)
{
	struct process process;
	int reason;

	if (open_generation(generation, LIVENESS_ZOMBIE, ret_pidfd, &process, &reason))
		return 0;
	return cannot_open(&process, LIVENESS_ZOMBIE, reason, error);
}

int lifecycle_open_process(
	const struct lifecycle_record *record, int *ret_pidfd, struct lifecycle_error *error)
{
	struct process process;
	int reason;

	if (open_generation(&record->current, LIVENESS_ALIVE, ret_pidfd, &process, &reason) ||
		open_previous(record, ret_pidfd))
		return 0;
	return cannot_open(&process, LIVENESS_ALIVE, reason, error);
}
