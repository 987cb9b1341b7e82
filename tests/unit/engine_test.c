/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine reports, into a store; what becomes of a record is in tests/data/transitions/report.json. */
#include "libstate.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct lifecycle_store *store; /* of one test */
static char root[128];

static void set_up(void)
{
	snprintf(root, sizeof(root), "%s", unit_new_directory());
	ck_assert_int_eq(lifecycle_store_open(root, LIFECYCLE_ACCESS_WRITE, &store, NULL), 0);
}

static void tear_down(void)
{
	lifecycle_store_close(store);
}

static struct lifecycle_report report_of(enum lifecycle_event event)
{
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;

	report.event = event;
	report.id = "c1";
	return report;
}

static void tell(const struct lifecycle_report *report, char *ret_instance)
{
	struct lifecycle_error error;

	ck_assert_msg(lifecycle_store_report(
			      store, report, LIFECYCLE_NO_DEADLINE, ret_instance, &error) == 0,
		"%s", error.message);
}

static struct lifecycle_record *loaded(void)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;

	ck_assert_msg(lifecycle_store_load(store, "c1", &record, &error) == 0, "%s", error.message);
	return record;
}

START_TEST(test_life)
{
	static const char *const annotations[] = { "a", "1", "b", "2", "odd", NULL };
	struct lifecycle_report report = report_of(LIFECYCLE_EVENT_CREATED);
	int64_t earliest = lifecycle_time_now();
	const struct lifecycle_generation *current;
	char instance[LIFECYCLE_INSTANCE_SIZE];
	char again[LIFECYCLE_INSTANCE_SIZE];
	struct lifecycle_record *record;

	report.pid = fork();
	if (report.pid == 0) {
		pause();
		_exit(0);
	}
	report.bundle = "/b";
	report.name = "web";
	report.annotations = annotations;
	tell(&report, instance);
	report = report_of(LIFECYCLE_EVENT_STARTED);
	report.instance = instance;
	tell(&report, again);
	ck_assert_str_eq(instance, again);
	record = loaded();
	current = lifecycle_record_current(record);
	ck_assert_str_eq(current->instance, instance);
	ck_assert_int_eq(current->status, LIFECYCLE_STATUS_RUNNING);
	ck_assert_int_ge(current->created_at, earliest);
	ck_assert_int_ge(current->started_at, current->created_at);
	ck_assert_str_eq(lifecycle_record_annotation(record, "b"), "2");
	ck_assert_ptr_null(lifecycle_record_annotation(record, "odd"));
	kill((pid_t)current->pid, SIGKILL);
	waitpid((pid_t)current->pid, NULL, 0);
	lifecycle_record_free(record);
	report.event = LIFECYCLE_EVENT_ENDED;
	report.time = earliest + 5;
	report.exit_signal = SIGKILL;
	report.oom_killed = LIFECYCLE_TRUTH_FALSE;
	tell(&report, NULL);
	record = loaded();
	current = lifecycle_record_current(record);
	ck_assert_int_eq(current->status, LIFECYCLE_STATUS_STOPPED);
	ck_assert_int_eq(current->finished_at, earliest + 5);
	ck_assert_int_eq(current->exit_code, 128 + SIGKILL);
	ck_assert_int_eq(current->exit_signal, SIGKILL);
	ck_assert_int_eq(current->oom_killed, LIFECYCLE_TRUTH_FALSE);
	lifecycle_record_free(record);
}
END_TEST

/* It is called as a runtime's init is, and becomes a program after so many milliseconds; never, if they are negative. */
static pid_t start_slowly(int milliseconds)
{
	pid_t pid;
	int ready[2];
	char byte = 0;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "crun");
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		if (milliseconds < 0)
			pause();
		usleep((useconds_t)milliseconds * 1000);
		execlp("sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static const struct {
	int after; /* milliseconds */
	bool created;
	enum lifecycle_status expected;
} slow_starts[] = {
	{ 30, true, LIFECYCLE_STATUS_RUNNING },
	{ -1, true, LIFECYCLE_STATUS_CREATED },
	{ 30, false, LIFECYCLE_STATUS_RUNNING },
	{ -1, false, LIFECYCLE_STATUS_CREATED },
};

/* A runtime's start returns a moment before the program is there. */
START_TEST(test_start_is_looked_for)
{
	struct lifecycle_report report = report_of(LIFECYCLE_EVENT_CREATED);
	struct lifecycle_record *record;

	report.pid = start_slowly(slow_starts[_i].after);
	if (slow_starts[_i].created)
		tell(&report, NULL);
	report.event = LIFECYCLE_EVENT_STARTED;
	tell(&report, NULL);
	record = loaded();
	ck_assert_int_eq(lifecycle_record_current(record)->status, slow_starts[_i].expected);
	ck_assert_int_eq(lifecycle_record_current(record)->generation, 1);
	kill((pid_t)report.pid, SIGKILL);
	waitpid((pid_t)report.pid, NULL, 0);
	lifecycle_record_free(record);
}
END_TEST

/* A record that lacks when its container was created, as another program may leave it, has that from now on. */
START_TEST(test_created_is_added)
{
	static const char record_text[] =
		"{\"version\":1,\"id\":\"c1\",\"generation\":1,\"status\":\"creating\"}";
	struct lifecycle_report report = report_of(LIFECYCLE_EVENT_CREATED);
	struct lifecycle_record *record;
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/c1", root);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/c1/" LIFECYCLE_RECORD_FILE, root);
	file = fopen(path, "we");
	ck_assert_ptr_nonnull(file);
	fputs(record_text, file);
	fclose(file);
	report.time = INT64_C(1795311412000000000);
	tell(&report, NULL);
	record = loaded();
	ck_assert_int_eq(lifecycle_record_current(record)->generation, 1);
	ck_assert_int_eq(lifecycle_record_current(record)->created_at, report.time);
	ck_assert_int_eq(lifecycle_record_current(record)->status, LIFECYCLE_STATUS_CREATED);
	lifecycle_record_free(record);
}
END_TEST

/* As one that was built with a libstate which did not know never_execed. */
START_TEST(test_exit_in_a_shorter_structure)
{
	struct lifecycle_report report = report_of(LIFECYCLE_EVENT_CREATED);
	const struct lifecycle_generation *current;
	char instance[LIFECYCLE_INSTANCE_SIZE];
	struct lifecycle_record *record;

	report.time = 1000;
	tell(&report, instance);
	report = report_of(LIFECYCLE_EVENT_EXITED);
	report.size = offsetof(struct lifecycle_report, never_execed);
	report.never_execed = true;
	report.instance = instance;
	report.exit_code = 3;
	tell(&report, NULL);
	record = loaded();
	current = lifecycle_record_current(record);
	ck_assert_int_eq(current->status, LIFECYCLE_STATUS_STOPPED);
	ck_assert_int_eq(current->reason, LIFECYCLE_REASON_NONE);
	ck_assert_int_eq(current->finished_at, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(current->exit_code, 3);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_nothing_comes_of_it)
{
	struct lifecycle_report report = report_of(LIFECYCLE_EVENT_NAMED);
	char instance[LIFECYCLE_INSTANCE_SIZE] = "x";
	struct lifecycle_strings ids;

	report.name = "web";
	tell(&report, instance);
	ck_assert_str_eq(instance, "");
	report = report_of(LIFECYCLE_EVENT_ENDED);
	report.instance = "00000000-0000-4000-8000-000000000001-and-more-than-an-instance-has";
	tell(&report, instance);
	ck_assert_str_eq(instance, "");
	ck_assert_int_eq(lifecycle_store_list(store, &ids, NULL, NULL), 0);
	ck_assert_uint_eq(ids.count, 0);
	lifecycle_strings_free(&ids);
}
END_TEST

static const struct {
	enum lifecycle_event event;
	const char *id;
	int64_t time, pid, exit_code, exit_signal;
	const char *why;
} faults[] = {
	{ LIFECYCLE_EVENT_ENDED, NULL, 1, 1, 1, 1, "its ID is not a container ID" },
	{ LIFECYCLE_EVENT_ENDED, "../c1", 1, 1, 1, 1, "its ID is not a container ID" },
	{ LIFECYCLE_EVENT_NONE, "c1", 1, 1, 1, 1, "its event is not known" },
	{ (enum lifecycle_event)99, "c1", 1, 1, 1, 1, "its event is not known" },
	{ LIFECYCLE_EVENT_ENDED, "c1", 0, 1, 1, 1, "its time is before 1970" },
	{ LIFECYCLE_EVENT_ENDED, "c1", 1, 0, 1, 1, "its pid is not one" },
	{ LIFECYCLE_EVENT_ENDED, "c1", 1, 1, 256, 1, "its exit code is not 0 to 255" },
	{ LIFECYCLE_EVENT_ENDED, "c1", 1, 1, -1, 1, "its exit code is not 0 to 255" },
	{ LIFECYCLE_EVENT_ENDED, "c1", 1, 1, 1, 0, "its signal is not 1 to 64" },
	{ LIFECYCLE_EVENT_ENDED, "c1", 1, 1, 1, 65, "its signal is not 1 to 64" },
	{ LIFECYCLE_EVENT_FAILED, "c1", 1, 1, 1, 1, "a failure without a message" },
	{ LIFECYCLE_EVENT_NAMED, "c1", 1, 1, 1, 1, "it names nothing" },
	{ LIFECYCLE_EVENT_EXECED, "c1", 1, 1, 1, 1, "it does not say which life it is of" },
	{ LIFECYCLE_EVENT_EXITED, "c1", 1, 1, 1, 1, "it does not say which life it is of" },
};

START_TEST(test_what_cannot_be)
{
	struct lifecycle_report report = report_of(faults[_i].event);
	struct lifecycle_error error;

	report.id = faults[_i].id;
	report.time = faults[_i].time;
	report.pid = faults[_i].pid;
	report.exit_code = faults[_i].exit_code;
	report.exit_signal = faults[_i].exit_signal;
	ck_assert_int_eq(
		lifecycle_store_report(store, &report, LIFECYCLE_NO_DEADLINE, NULL, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(error.message, faults[_i].why));
}
END_TEST

START_TEST(test_size_that_was_not_set)
{
	const struct lifecycle_report report = { .event = LIFECYCLE_EVENT_CREATED, .id = "c1" };
	struct lifecycle_error error;

	ck_assert_int_eq(
		lifecycle_store_report(store, &report, LIFECYCLE_NO_DEADLINE, NULL, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("engine");
	TCase *tcase = tcase_create("engine");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_life);
	tcase_add_loop_test(tcase, test_start_is_looked_for, 0, COUNT(slow_starts));
	tcase_add_test(tcase, test_created_is_added);
	tcase_add_test(tcase, test_exit_in_a_shorter_structure);
	tcase_add_test(tcase, test_nothing_comes_of_it);
	tcase_add_loop_test(tcase, test_what_cannot_be, 0, COUNT(faults));
	tcase_add_test(tcase, test_size_that_was_not_set);
	suite_add_tcase(suite, tcase);
	return suite;
}
