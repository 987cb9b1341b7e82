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

/* A byte at a time, and every second time interrupted. */
ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
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

/* /proc calls it a zombie, but the process lives. */
START_TEST(test_first_thread_is_gone)
{
	struct child child = start(without_first_thread);
	struct process process;

	hear(&child);
	for (int i = 0; state_of(child.pid) != 'Z' && i < 1000; i++)
		usleep(1000);
	ck_assert_int_eq(state_of(child.pid), 'Z');
	process_look(child.pid, &process);
	ck_assert_int_eq(process.liveness, LIVENESS_ALIVE);
	ck_assert_int_gt(process.start_ticks, 0);
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
	tcase_add_test(tcase, test_zombie_then_gone);
	tcase_add_test(tcase, test_exec);
	tcase_add_loop_test(tcase, test_name, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_test(tcase, test_thread);
	tcase_add_test(tcase, test_first_thread_is_gone);
	tcase_add_test(tcase, test_recorded);
	tcase_add_test(tcase, test_another_one_at_the_recorded_pid);
	tcase_add_test(tcase, test_another_boot);
	tcase_add_test(tcase, test_another_pid_namespace);
	tcase_add_test(tcase, test_half_an_identity);
	tcase_add_test(tcase, test_pidfd_tells_the_end);
	tcase_add_test(tcase, test_observe);
	suite_add_tcase(suite, tcase);
	return suite;
}
