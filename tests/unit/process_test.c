/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen of real processes. What takes a namespace or a mount of its own is in process.bats. */
#include "process.h"
#include "record.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- children ---- */

struct child {
	pid_t pid;
	int said; /* it writes to this when it is what it is to be */
};

typedef void child_fn(int said);

__attribute__((noreturn)) static void wait_for_the_end(void)
{
	for (;;)
		pause();
}

/* Ends with us, whatever becomes of the test. */
static struct child start(child_fn *become)
{
	struct child child;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	child.pid = fork();
	if (child.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		become(fds[1]);
		_exit(0);
	}
	ck_assert_int_gt(child.pid, 0);
	close(fds[1]);
	child.said = fds[0];
	return child;
}

static int64_t hear(const struct child *child)
{
	int64_t said = -1;

	ck_assert_int_eq(read(child->said, &said, sizeof(said)), (ssize_t)sizeof(said));
	return said;
}

static void say(int fd, int64_t what)
{
	if (write(fd, &what, sizeof(what)) != sizeof(what))
		_exit(1);
}

static void wait_until_dead(const struct child *child)
{
	siginfo_t info;

	ck_assert_int_eq(waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT), 0);
}

static void end(const struct child *child)
{
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	close(child->said);
}

static void sleeper(int said)
{
	say(said, 0);
	wait_for_the_end();
}

/* ---- one process ---- */

static void exe_of(const char *path, char exe[EXE_SIZE])
{
	struct stat status;

	ck_assert_int_eq(stat(path, &status), 0);
	snprintf(exe, EXE_SIZE, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
}

START_TEST(test_ourselves)
{
	struct process process;
	struct stat namespace;
	char exe[EXE_SIZE];

	process_look(getpid(), &process);
	ck_assert_int_eq(stat("/proc/self/ns/pid", &namespace), 0);
	exe_of("/proc/self/exe", exe);
	ck_assert_int_eq(process.liveness, LIVENESS_ALIVE);
	ck_assert_int_eq(process.pid, getpid());
	ck_assert_int_gt(process.start_ticks, 0);
	ck_assert_int_eq(process.pid_ns, (int64_t) namespace.st_ino);
	ck_assert_uint_eq(strlen(process.boot_id), 36);
	ck_assert_str_eq(process.exe, exe);
	ck_assert_uint_gt(strlen(process.comm), 0);
	ck_assert(process.forked); /* check forked us */
}
END_TEST

static const int64_t no_pids[] = { LIFECYCLE_UNKNOWN, -1, 0, (int64_t)INT32_MAX + 1, INT64_MAX };

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);

static bool reads_are_short;
static size_t read_calls;
static const char *stat_text; /* what /proc/PID/stat is to hold; NULL for what it does */

static bool is_stat(int fd)
{
	char link[32];
	char path[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path));
	return length > 5 && memcmp(path + length - 5, "/stat", 5) == 0;
}

/* A byte at a time, and every second time interrupted. */
ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	if (stat_text != NULL && is_stat(fd)) {
		size_t length = strlen(stat_text);

		memcpy(bytes, stat_text, length < size ? length : size);
		stat_text = "";
		return (ssize_t)(length < size ? length : size);
	}
	if (!reads_are_short)
		return __real_read(fd, bytes, size);
	if (++read_calls % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	return __real_read(fd, bytes, size > 0 ? 1 : 0);
}

START_TEST(test_short_reads)
{
	struct process whole;
	struct process process;

	process_look(getpid(), &whole);
	read_calls = 0;
	reads_are_short = true;
	process_look(getpid(), &process);
	reads_are_short = false;
	ck_assert_uint_gt(read_calls, 100);
	ck_assert_int_ne(whole.start_ticks, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(process.start_ticks, whole.start_ticks);
	ck_assert_str_eq(process.boot_id, whole.boot_id);
	ck_assert_str_eq(process.comm, whole.comm);
	ck_assert_int_eq(process.liveness, LIVENESS_ALIVE);
}
END_TEST

/* ---- where no pidfd is to be had ---- */

long __real_syscall(long number, pid_t pid, unsigned flags);
long __wrap_syscall(long number, pid_t pid, unsigned flags);

static int pidfd_error; /* 0: there is one */

long __wrap_syscall(long number, pid_t pid, unsigned flags)
{
	if (number != SYS_pidfd_open || pidfd_error == 0)
		return __real_syscall(number, pid, flags);
	errno = pidfd_error;
	return -1;
}

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);

static int poll_error; /* 0: it can be asked */

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (poll_error == 0)
		return __real_poll(fds, count, timeout);
	errno = poll_error;
	return -1;
}

#define STAT_OF_THREADS(state, flags, threads)                                                     \
	"7 (sleep) " state " 1 1 1 0 -1 " flags " 0 0 0 0 0 0 0 0 20 0 " threads " 0"
#define STAT_OF(state, flags) STAT_OF_THREADS(state, flags, "1")

static const struct {
	const char *text;
	int64_t start_ticks;
	enum liveness liveness;
	bool forked;
} stats[] = {
	{ "", LIFECYCLE_UNKNOWN, LIVENESS_UNKNOWN, false },
	{ "7 sleep R 1", LIFECYCLE_UNKNOWN, LIVENESS_UNKNOWN, false },
	{ "7 sleep) R 1", LIFECYCLE_UNKNOWN, LIVENESS_UNKNOWN, false },
	{ "7 (sleep R 1", LIFECYCLE_UNKNOWN, LIVENESS_UNKNOWN, false },
	{ "7 )sleep( R 1", LIFECYCLE_UNKNOWN, LIVENESS_UNKNOWN, false },
	{ "7 (sleep) R 1 1", LIFECYCLE_UNKNOWN, LIVENESS_UNKNOWN, false },
	{ STAT_OF("R", "64"), LIFECYCLE_UNKNOWN, LIVENESS_UNKNOWN, false },
	{ STAT_OF("R", "64") " 77", 77, LIVENESS_ALIVE, true },
	{ STAT_OF("S", "4194368") " 78 0 0", 78, LIVENESS_ALIVE, true },
	{ STAT_OF("D", "4194304") " 79 0 0", 79, LIVENESS_ALIVE, false },
	{ STAT_OF("Z", "4194304") " 80 0 0", 80, LIVENESS_ZOMBIE, false },
	{ STAT_OF("X", "128") " 81 0 0", 81, LIVENESS_ZOMBIE, false },
	{ STAT_OF_THREADS("Z", "128", "2") " 82 0 0", 82, LIVENESS_ALIVE, false },
	{ STAT_OF_THREADS("Z", "128", "0") " 83 0 0", 83, LIVENESS_ZOMBIE, false },
};

START_TEST(test_stat)
{
	struct process process;

	pidfd_error = EMFILE;
	stat_text = stats[_i].text;
	process_look(getpid(), &process);
	ck_assert_int_eq(process.liveness, stats[_i].liveness);
	ck_assert_int_eq(process.start_ticks, stats[_i].start_ticks);
	ck_assert_int_eq(process.forked, stats[_i].forked);
	ck_assert_int_eq(process.exit_status, LIFECYCLE_UNKNOWN);
	if (stats[_i].liveness != LIVENESS_UNKNOWN)
		ck_assert_str_eq(process.comm, "sleep");
}
END_TEST

static const int pidfd_errors[] = { EMFILE, ENOSYS, EPERM, EINVAL };

START_TEST(test_no_pidfd)
{
	struct process process;
	pid_t gone = fork();

	if (gone == 0)
		_exit(0);
	waitpid(gone, NULL, 0);
	pidfd_error = pidfd_errors[_i];
	process_look(getpid(), &process);
	ck_assert_int_eq(process.liveness, LIVENESS_ALIVE);
	ck_assert_int_gt(process.start_ticks, 0);
	process_look(gone, &process);
	ck_assert_int_eq(process.liveness, LIVENESS_GONE);
}
END_TEST

static const int poll_errors[] = { EINTR, ENOMEM, EPERM };

/* The pidfd is there, and does not tell. */
START_TEST(test_no_poll)
{
	struct child child = start(sleeper);
	struct process process;

	hear(&child);
	poll_error = poll_errors[_i];
	process_look(child.pid, &process);
	ck_assert_int_eq(process.liveness, LIVENESS_ALIVE);
	kill(child.pid, SIGKILL);
	wait_until_dead(&child);
	process_look(child.pid, &process);
	ck_assert_int_eq(process.liveness, LIVENESS_ZOMBIE);
	ck_assert_int_eq(process.exit_status, SIGKILL);
	end(&child);
}
END_TEST

START_TEST(test_no_process)
{
	struct process process;

	process_look(no_pids[_i], &process);
	ck_assert_int_eq(process.liveness, LIVENESS_UNKNOWN);
	ck_assert_int_eq(process.pid, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(process.start_ticks, LIFECYCLE_UNKNOWN);
	ck_assert_uint_eq(strlen(process.boot_id), 36);
	ck_assert_int_gt(process.pid_ns, 0);
	ck_assert_str_eq(process.exe, "");
	ck_assert_str_eq(process.comm, "");
}
END_TEST

static void nothing(int said)
{
	(void)said;
}

START_TEST(test_zombie_then_gone)
{
	struct child child = start(nothing);
	struct process process;

	wait_until_dead(&child);
	process_look(child.pid, &process);
	ck_assert_int_eq(process.liveness, LIVENESS_ZOMBIE);
	ck_assert_int_gt(process.start_ticks, 0);
	ck_assert_uint_gt(strlen(process.comm), 0);
	ck_assert_str_eq(process.exe, "");
	end(&child);
	process_look(child.pid, &process);
	ck_assert_int_eq(process.liveness, LIVENESS_GONE);
	ck_assert_int_eq(process.start_ticks, LIFECYCLE_UNKNOWN);
	ck_assert_str_eq(process.comm, "");
}
END_TEST

/* ---- the exit status ---- */

int __real_uname(struct utsname *ret);
int __wrap_uname(struct utsname *ret);

static const char *release; /* of the kernel */

int __wrap_uname(struct utsname *ret)
{
	int result = __real_uname(ret);

	if (release != NULL)
		snprintf(ret->release, sizeof(ret->release), "%s", release);
	return result;
}

/* Before Linux 6 a 0 may be the first thread's alone. */
static const struct {
	const char *release;
	int status;
	bool lives;
	int pidfd_error;
	int64_t expected;
} exits[] = {
	{ "6.1.0-49-amd64", 0, false, 0, 0 },
	{ "6.1.0-49-amd64", 256, false, 0, 256 },
	{ "6.1.0-49-amd64", 256, true, 0, LIFECYCLE_UNKNOWN },
	{ "5.15.0", 0, false, 0, LIFECYCLE_UNKNOWN },
	{ "5.15.0", 9, false, 0, 9 },
	{ "10.0", 0, false, 0, 0 },
	/* then nobody says whether all threads have ended */
	{ "6.1.0-49-amd64", 0, false, EMFILE, LIFECYCLE_UNKNOWN },
	{ "6.1.0-49-amd64", 256, false, EMFILE, LIFECYCLE_UNKNOWN },
};

START_TEST(test_exit_status)
{
	struct child child = start(nothing);
	struct process process;
	char text[512] = "7 (sleep) Z";
	size_t length;

	wait_until_dead(&child);
	for (int field = 4; field < 52; field++)
		strcat(text, " 1");
	length = strlen(text);
	snprintf(text + length, sizeof(text) - length, " %d", exits[_i].status);
	pidfd_error = exits[_i].pidfd_error;
	stat_text = text;
	release = exits[_i].release;
	process_look(exits[_i].lives ? getpid() : child.pid, &process);
	ck_assert_int_eq(process.exit_status, exits[_i].expected);
	end(&child);
}
END_TEST

/* A process is the same after exec, and its executable another. */
static void become_a_program(int said)
{
	int never[2];

	if (pipe(never) < 0 || dup2(never[0], STDIN_FILENO) < 0 || dup2(said, STDOUT_FILENO) < 0)
		return;
	say(said, 0);
	raise(SIGSTOP);
	execlp("sh", "sh", "-c", "printf 12345678; read -r forever", (char *)NULL);
}

START_TEST(test_exec)
{
	struct process before, after;
	struct child child = start(become_a_program);

	hear(&child);
	ck_assert_int_eq(waitpid(child.pid, NULL, WUNTRACED), child.pid);
	process_look(child.pid, &before);
	kill(child.pid, SIGCONT);
	hear(&child);
	process_look(child.pid, &after);
	ck_assert_int_eq(after.liveness, LIVENESS_ALIVE);
	ck_assert_int_eq(after.start_ticks, before.start_ticks);
	ck_assert_str_ne(after.exe, before.exe);
	ck_assert_str_eq(after.comm, "sh");
	ck_assert(before.forked);
	ck_assert(!after.forked);
	kill(child.pid, SIGKILL);
	wait_until_dead(&child);
	process_look(child.pid, &after);
	ck_assert_int_eq(after.liveness, LIVENESS_ZOMBIE);
	ck_assert(!after.forked);
	end(&child);
}
END_TEST

/* In /proc/PID/stat the name stands in parentheses, and may hold what looks like more fields. */
static const char *const names[] = { "a) R 1 (b", ")", "(", ") Z 0 0 0 0 0", "a\nb c", "" };

static void take_name(int said)
{
	const char *which = getenv("WHICH");

	say(said, 0);
	raise(SIGSTOP);
	prctl(PR_SET_NAME, names[which ? strtol(which, NULL, 10) : 0]);
	sleeper(said);
}

START_TEST(test_name)
{
	struct process before, after;
	struct child child;
	char which[8];

	snprintf(which, sizeof(which), "%d", _i);
	setenv("WHICH", which, 1);
	child = start(take_name);
	hear(&child);
	waitpid(child.pid, NULL, WUNTRACED);
	process_look(child.pid, &before);
	kill(child.pid, SIGCONT);
	hear(&child);
	process_look(child.pid, &after);
	ck_assert_str_eq(after.comm, names[_i]);
	ck_assert_int_eq(after.start_ticks, before.start_ticks);
	ck_assert_int_eq(after.liveness, LIVENESS_ALIVE);
	end(&child);
}
END_TEST

/* ---- threads ---- */

static void *tell_thread_id(void *said)
{
	say(*(int *)said, (int64_t)syscall(SYS_gettid));
	wait_for_the_end();
}

static void with_thread(int said)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, tell_thread_id, &said) == 0)
		wait_for_the_end();
}

/* Kata says a thread's id; pidfd_open() does not take one. */
START_TEST(test_thread)
{
	struct process process, of_thread;
	struct child child = start(with_thread);
	int64_t thread = hear(&child);

	ck_assert_int_ne(thread, child.pid);
	process_look(child.pid, &process);
	process_look(thread, &of_thread);
	ck_assert_int_eq(of_thread.liveness, LIVENESS_ALIVE);
	ck_assert_int_gt(of_thread.start_ticks, 0);
	ck_assert_str_eq(of_thread.exe, process.exe);
	end(&child);
	process_look(thread, &of_thread);
	ck_assert_int_eq(of_thread.liveness, LIVENESS_GONE);
}
END_TEST

static void without_first_thread(int said)
{
	static int fd;
	pthread_t thread;

	fd = said;
	if (pthread_create(&thread, NULL, tell_thread_id, &fd) == 0)
		pthread_exit(NULL);
}

static char state_of(pid_t pid)
{
	char path[64];
	char text[512] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), file));
	fclose(file);
	return strrchr(text, ')')[2];
}

static const int first_thread_errors[] = { 0, EMFILE, ENOSYS, EPERM };

/* /proc calls it a zombie, but the process lives. */
START_TEST(test_first_thread_is_gone)
{
	struct child child = start(without_first_thread);
	struct process process;

	hear(&child);
	for (int i = 0; state_of(child.pid) != 'Z' && i < 1000; i++)
		usleep(1000);
	ck_assert_int_eq(state_of(child.pid), 'Z');
	pidfd_error = first_thread_errors[_i];
	process_look(child.pid, &process);
	ck_assert_int_eq(process.liveness, LIVENESS_ALIVE);
	ck_assert_int_gt(process.start_ticks, 0);
	ck_assert_int_eq(process.exit_status, LIFECYCLE_UNKNOWN);
	kill(child.pid, SIGKILL);
	wait_until_dead(&child);
	process_look(child.pid, &process);
	ck_assert_int_eq(process.liveness, LIVENESS_ZOMBIE);
	ck_assert_int_eq(process.exit_status, pidfd_error == 0 ? SIGKILL : LIFECYCLE_UNKNOWN);
	end(&child);
}
END_TEST

/* ---- the process of a record ---- */

static struct lifecycle_record *record_of(pid_t pid)
{
	struct lifecycle_record *record = record_new();
	struct process process;

	process_look(pid, &process);
	record->current.generation = 1;
	record->current.status = LIFECYCLE_STATUS_CREATED;
	record->current.pid = process.pid;
	record->current.pid_start_ticks = process.start_ticks;
	record->current.pid_ns = process.pid_ns;
	ck_assert_int_eq(record_set_text(&record->current.boot_id, process.boot_id, NULL), 0);
	ck_assert_int_eq(record_set_text(&record->current.init_exe, process.exe, NULL), 0);
	return record;
}

static enum liveness recorded(const struct lifecycle_record *record)
{
	struct process process;

	process_look_recorded(&record->current, &process);
	return process.liveness;
}

static enum lifecycle_error_code open_code(const struct lifecycle_record *record)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	int pidfd;

	if (lifecycle_open_process(record, &pidfd, &error) == 0)
		close(pidfd);
	return error.code;
}

START_TEST(test_recorded)
{
	struct child child = start(sleeper);
	struct lifecycle_record *record;

	hear(&child);
	record = record_of(child.pid);
	ck_assert_int_eq(recorded(record), LIVENESS_ALIVE);
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_NONE);
	kill(child.pid, SIGKILL);
	wait_until_dead(&child);
	ck_assert_int_eq(recorded(record), LIVENESS_ZOMBIE);
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_NOT_FOUND);
	end(&child);
	ck_assert_int_eq(recorded(record), LIVENESS_GONE);
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_NOT_FOUND);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_another_one_at_the_recorded_pid)
{
	struct child child = start(sleeper);
	struct lifecycle_record *record;

	hear(&child);
	record = record_of(child.pid);
	record->current.pid_start_ticks--;
	ck_assert_int_eq(recorded(record), LIVENESS_GONE);
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_NOT_FOUND);
	kill(child.pid, SIGKILL);
	wait_until_dead(&child);
	ck_assert_int_eq(recorded(record), LIVENESS_GONE);
	end(&child);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_another_boot)
{
	struct lifecycle_record *record = record_of(getpid());

	ck_assert_int_eq(record_set_text(&record->current.boot_id,
				 "00000000-1111-2222-3333-444444444444", NULL),
		0);
	ck_assert_int_eq(recorded(record), LIVENESS_GONE);
	record->current.pid_ns++;
	ck_assert_int_eq(recorded(record), LIVENESS_GONE);
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_NOT_FOUND);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_another_pid_namespace)
{
	struct lifecycle_record *record = record_of(getpid());

	record->current.pid_ns++;
	ck_assert_int_eq(recorded(record), LIVENESS_UNKNOWN);
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_SYSTEM);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_half_an_identity)
{
	struct lifecycle_record *record = record_of(getpid());

	record->current.pid_start_ticks = LIFECYCLE_UNKNOWN;
	ck_assert_int_eq(recorded(record), LIVENESS_UNKNOWN);
	lifecycle_record_free(record);
	record = record_of(getpid());
	record_set_text(&record->current.boot_id, NULL, NULL);
	ck_assert_int_eq(recorded(record), LIVENESS_UNKNOWN);
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_SYSTEM);
	lifecycle_record_free(record);
	record = record_new();
	ck_assert_int_eq(recorded(record), LIVENESS_UNKNOWN);
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_SYSTEM);
	lifecycle_record_free(record);
}
END_TEST

/* It lives, and a pidfd is refused; or its stat cannot be read, and it may live. */
START_TEST(test_what_cannot_be_opened_is_not_gone)
{
	struct lifecycle_record *record = record_of(getpid());
	struct lifecycle_error error;
	int pidfd;

	pidfd_error = EMFILE;
	ck_assert_int_eq(lifecycle_open_process(record, &pidfd, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(error.system_errno, EMFILE);
	ck_assert_ptr_nonnull(strstr(error.message, "the process cannot be opened"));
	stat_text = "";
	ck_assert_int_eq(lifecycle_open_process(record, &pidfd, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(error.system_errno, EAGAIN);
	ck_assert_ptr_nonnull(strstr(error.message, "the process cannot be looked at"));
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_pidfd_tells_the_end)
{
	struct child child = start(sleeper);
	struct pollfd ended = { .events = POLLIN };
	struct lifecycle_record *record;
	struct lifecycle_error error;

	hear(&child);
	record = record_of(child.pid);
	ck_assert_int_eq(lifecycle_open_process(record, &ended.fd, NULL), 0);
	ck_assert_int_eq(poll(&ended, 1, 0), 0);
	kill(child.pid, SIGKILL);
	ck_assert_int_eq(poll(&ended, 1, 5000), 1);
	close(ended.fd);
	/* nobody has waited for it yet */
	ck_assert_int_eq(open_code(record), LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_int_eq(lifecycle_open_generation(&record->current, &ended.fd, NULL), 0);
	ck_assert_int_eq(poll(&ended, 1, 0), 1);
	close(ended.fd);
	end(&child);
	ck_assert_int_eq(lifecycle_open_generation(&record->current, &ended.fd, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_NOT_FOUND);
	lifecycle_record_free(record);
}
END_TEST

/* The current one has none; the newest of those before that lives is opened. */
static struct lifecycle_record *record_of_previous(const char *const statuses[2])
{
	char text[1024];
	struct process process;
	int length = snprintf(text, sizeof(text),
		"{\"version\":1,\"id\":\"c\",\"generation\":3,\"status\":\"stopped\",\"previous\":"
		"[");

	process_look(getpid(), &process);
	for (int i = 0; i < 2; i++)
		length += snprintf(text + length, sizeof(text) - (size_t)length,
			"%s{\"generation\":%d,\"status\":\"%s\",\"pid\":%d,\"pid_start_ticks\":%"
			"lld,"
			"\"boot_id\":\"%s\",\"pid_ns\":%lld}",
			i > 0 ? "," : "", i + 1, statuses[i], (int)getpid(),
			(long long)process.start_ticks, process.boot_id, (long long)process.pid_ns);
	snprintf(text + length, sizeof(text) - (size_t)length, "]}");
	return unit_record(text);
}

static const struct {
	const char *statuses[2];
	bool opened;
} previous[] = {
	{ { "stopped", "running" }, true },
	{ { "running", "stopped" }, true },
	{ { "created", "running" }, true },
	{ { "stopped", "stopped" }, false },
};

START_TEST(test_a_previous_one_lives)
{
	struct lifecycle_record *record = record_of_previous(previous[_i].statuses);
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	int pidfd = -1;

	ck_assert_int_eq(
		lifecycle_open_process(record, &pidfd, NULL), previous[_i].opened ? 0 : -1);
	ck_assert_int_eq(pidfd >= 0, previous[_i].opened);
	if (pidfd >= 0)
		close(pidfd);
	lifecycle_observe(record, &observed);
	ck_assert_int_eq(observed.status != LIFECYCLE_STATUS_STOPPED, previous[_i].opened);
	ck_assert_int_eq(observed.pid, previous[_i].opened ? getpid() : LIFECYCLE_UNKNOWN);
	lifecycle_record_free(record);
}
END_TEST

/* Nobody says that it is over who could not look. */
START_TEST(test_a_previous_one_is_not_seen)
{
	struct lifecycle_record *record = record_of_previous(previous[_i].statuses);
	struct lifecycle_observed observed = { .size = sizeof(observed) };

	stat_text = "";
	lifecycle_observe(record, &observed);
	ck_assert_int_eq(observed.looked, !previous[_i].opened);
	ck_assert_int_eq(observed.status,
		previous[_i].opened ? LIFECYCLE_STATUS_RUNNING : LIFECYCLE_STATUS_STOPPED);
	ck_assert_int_eq(observed.pid, previous[_i].opened ? getpid() : LIFECYCLE_UNKNOWN);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_observe)
{
	struct child child = start(sleeper);
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	struct lifecycle_observed sizeless = { .size = 0 };
	struct lifecycle_record *record;

	hear(&child);
	record = record_of(child.pid);
	lifecycle_observe(record, &sizeless);
	ck_assert(!sizeless.looked);
	lifecycle_observe(record, &observed);
	ck_assert(observed.looked);
	ck_assert_int_eq(observed.status, LIFECYCLE_STATUS_CREATED);
	record_set_text(&record->current.init_exe, "1:2", NULL);
	lifecycle_observe(record, &observed);
	ck_assert_int_eq(observed.status, LIFECYCLE_STATUS_RUNNING);
	end(&child);
	lifecycle_observe(record, &observed);
	ck_assert_int_eq(observed.status, LIFECYCLE_STATUS_STOPPED);
	lifecycle_record_free(record);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("process");
	TCase *tcase = tcase_create("process");

	tcase_add_test(tcase, test_ourselves);
	tcase_add_test(tcase, test_short_reads);
	tcase_add_loop_test(tcase, test_no_process, 0, sizeof(no_pids) / sizeof(no_pids[0]));
	tcase_add_loop_test(tcase, test_exit_status, 0, sizeof(exits) / sizeof(exits[0]));
	tcase_add_test(tcase, test_zombie_then_gone);
	tcase_add_test(tcase, test_exec);
	tcase_add_loop_test(tcase, test_name, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_test(tcase, test_thread);
	tcase_add_loop_test(tcase, test_first_thread_is_gone, 0,
		sizeof(first_thread_errors) / sizeof(first_thread_errors[0]));
	tcase_add_loop_test(tcase, test_no_poll, 0, sizeof(poll_errors) / sizeof(poll_errors[0]));
	tcase_add_test(tcase, test_recorded);
	tcase_add_test(tcase, test_another_one_at_the_recorded_pid);
	tcase_add_test(tcase, test_another_boot);
	tcase_add_test(tcase, test_another_pid_namespace);
	tcase_add_test(tcase, test_half_an_identity);
	tcase_add_test(tcase, test_what_cannot_be_opened_is_not_gone);
	tcase_add_test(tcase, test_pidfd_tells_the_end);
	tcase_add_test(tcase, test_observe);
	tcase_add_loop_test(
		tcase, test_a_previous_one_lives, 0, sizeof(previous) / sizeof(previous[0]));
	tcase_add_loop_test(
		tcase, test_a_previous_one_is_not_seen, 0, sizeof(previous) / sizeof(previous[0]));
	tcase_add_loop_test(tcase, test_stat, 0, sizeof(stats) / sizeof(stats[0]));
	tcase_add_loop_test(
		tcase, test_no_pidfd, 0, sizeof(pidfd_errors) / sizeof(pidfd_errors[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
