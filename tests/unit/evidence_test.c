/* SPDX-License-Identifier: Apache-2.0 */
/* What a hook gathers: from the state, from the process, from an exit file, from a command's end. */
#include "evidence.h"
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct lifecycle_evidence *gathered(const char *state, const struct lifecycle_gather *how)
{
	struct lifecycle_gather gather = how ? *how : (struct lifecycle_gather){ 0 };
	struct lifecycle_evidence *evidence = NULL;
	struct lifecycle_error error;

	if (gather.point == LIFECYCLE_POINT_NONE)
		gather.point = LIFECYCLE_POINT_CREATE_RUNTIME;
	gather.size = sizeof(gather);
	gather.state = state;
	gather.state_length = strlen(state);
	ck_assert_msg(
		lifecycle_evidence_gather(&gather, &evidence, &error) == 0, "%s", error.message);
	return evidence;
}

/* ---- the state ---- */

START_TEST(test_state)
{
	struct lifecycle_evidence *evidence =
		gathered("{\"ociVersion\":\"1.0\",\"id\":\"c1\",\"status\":\"creating\",\"pid\":0,"
			 "\"bundle\":\"/b\"}",
			NULL);

	ck_assert_str_eq(lifecycle_evidence_id(evidence), "c1");
	ck_assert_str_eq(evidence->status, "creating");
	ck_assert_str_eq(evidence->bundle, "/b");
	ck_assert_str_eq(evidence->oci_version, "1.0");
	ck_assert_int_eq(evidence->pid, 0);
	ck_assert_ptr_null(evidence->name);
	ck_assert_int_eq(evidence->process.liveness, LIVENESS_UNKNOWN);
	ck_assert_int_eq(evidence->process.pid, LIFECYCLE_UNKNOWN);
	ck_assert_str_eq(evidence->process.boot_id, ""); /* nobody looked */
	ck_assert_int_eq(evidence->exit_file.exit_code, LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(evidence->command.progress, COMMAND_PROGRESS_NONE);
	lifecycle_evidence_free(evidence);
	lifecycle_evidence_free(NULL);
}
END_TEST

START_TEST(test_bad_state)
{
	const struct lifecycle_gather gather = { .size = sizeof(gather),
		.point = LIFECYCLE_POINT_POSTSTOP,
		.state = "{}",
		.state_length = 2 };
	struct lifecycle_evidence *evidence = NULL;
	struct lifecycle_error error;

	ck_assert_int_eq(lifecycle_evidence_gather(&gather, &evidence, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_ptr_null(evidence);
}
END_TEST

ssize_t __real_getrandom(void *bytes, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);

static bool too_early;         /* for random bytes: errno is EAGAIN */
static const char *not_random; /* that many bytes as are asked for */

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
	if (!too_early && not_random == NULL)
		return __real_getrandom(bytes, size, flags);
	errno = EAGAIN;
	memcpy(bytes, not_random != NULL ? not_random : "of no use at all", size);
	return not_random != NULL ? (ssize_t)size : -1;
}

/* RFC 9562: all of it random, but for version and variant. */
START_TEST(test_instance)
{
	struct lifecycle_evidence *evidence;

	not_random = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f";
	evidence = gathered("{\"id\":\"c1\"}", NULL);
	ck_assert_str_eq(evidence->instance, "00010203-0405-4607-8809-0a0b0c0d0e0f");
	lifecycle_evidence_free(evidence);
	not_random = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
	evidence = gathered("{\"id\":\"c1\"}", NULL);
	ck_assert_str_eq(evidence->instance, "ffffffff-ffff-4fff-bfff-ffffffffffff");
	lifecycle_evidence_free(evidence);
}
END_TEST

START_TEST(test_each_has_an_instance_of_its_own)
{
	struct lifecycle_evidence *one;
	struct lifecycle_evidence *other;

	too_early = _i == 1;
	one = gathered("{\"id\":\"c1\"}", NULL);
	other = gathered("{\"id\":\"c1\"}", NULL);
	ck_assert_uint_eq(strlen(one->instance), 36);
	ck_assert_int_eq(one->instance[14], '4');
	ck_assert_ptr_nonnull(strchr("89ab", one->instance[19]));
	ck_assert_str_ne(one->instance, other->instance);
	lifecycle_evidence_free(one);
	lifecycle_evidence_free(other);
}
END_TEST

static const char *const keys[] = { "com.example/a", "com.example/b", NULL };

static const struct {
	const char *annotations;
	const char *name;
	bool asks; /* for those keys first */
} names[] = {
	{ "\"nerdctl/name\":\"web\"", "web", false },
	{ "\"io.kubernetes.cri.container-name\":\"web\"", "web", false },
	{ "\"io.kubernetes.cri-o.ContainerName\":\"web\"", "web", false },
	{ "\"io.kubernetes.container.name\":\"web\"", "web", false },
	{ "\"io.kubernetes.container.name\":\"last\",\"nerdctl/name\":\"first\"", "first", false },
	{ "\"nerdctl/name\":\"\",\"io.kubernetes.container.name\":\"web\"", "web", false },
	{ "\"nerdctl/name\":\"\"", NULL, false },
	{ "\"com.example/a\":\"web\"", NULL, false },
	{ "\"com.example/a\":\"web\",\"nerdctl/name\":\"other\"", "web", true },
	{ "\"com.example/b\":\"b\",\"com.example/a\":\"a\"", "a", true },
	{ "\"nerdctl/name\":\"web\"", "web", true },
	{ "\"name\":\"web\"", NULL, true },
};

START_TEST(test_name)
{
	const struct lifecycle_gather gather = { .name_annotations = names[_i].asks ? keys : NULL };
	struct lifecycle_evidence *evidence;
	char state[512];

	snprintf(state, sizeof(state), "{\"id\":\"c1\",\"annotations\":{%s}}",
		names[_i].annotations);
	evidence = gathered(state, &gather);
	ck_assert_pstr_eq(evidence->name, names[_i].name);
	lifecycle_evidence_free(evidence);
}
END_TEST

START_TEST(test_annotations_that_are_asked_for)
{
	const struct lifecycle_gather gather = { .annotations = keys };
	struct lifecycle_evidence *evidence = gathered(
		"{\"id\":\"c1\",\"annotations\":{\"secret\":\"x\",\"com.example/b\":\"2\"}}",
		&gather);

	ck_assert_uint_eq(evidence->annotation_count, 1);
	ck_assert_str_eq(evidence->annotations[0].key, "com.example/b");
	ck_assert_str_eq(evidence->annotations[0].value, "2");
	lifecycle_evidence_free(evidence);
}
END_TEST

START_TEST(test_too_many_annotations)
{
	static const char *const many[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10",
		"11", NULL };
	const struct lifecycle_gather gather = { .annotations = many };
	struct lifecycle_evidence *evidence = gathered(
		"{\"id\":\"c1\",\"annotations\":{\"0\":\"a\",\"1\":\"a\",\"2\":\"a\",\"3\":\"a\","
		"\"4\":\"a\",\"5\":\"a\",\"6\":\"a\",\"7\":\"a\",\"8\":\"a\",\"9\":\"a\","
		"\"10\":\"a\",\"11\":\"a\",\"io.kubernetes.pod.name\":\"shop\"}}",
		&gather);

	ck_assert_uint_eq(evidence->annotation_count, DEFAULTS_MAX_ANNOTATIONS);
	ck_assert_str_eq(evidence->annotations[0].value, "shop");
	lifecycle_evidence_free(evidence);
}
END_TEST

/* Kubernetes' names are kept without being asked for, and what else there is is not. */
START_TEST(test_names_that_are_kept)
{
	const struct lifecycle_gather gather = { .name_annotations = NULL };
	struct lifecycle_evidence *evidence = gathered(
		"{\"id\":\"c1\",\"annotations\":{\"io.kubernetes.cri.sandbox-uid\":\"secret\","
		"\"io.kubernetes.cri.sandbox-namespace\":\"prod\",\"nerdctl/name\":\"web\"}}",
		&gather);

	ck_assert_uint_eq(evidence->annotation_count, 1);
	ck_assert_str_eq(evidence->annotations[0].key, "io.kubernetes.cri.sandbox-namespace");
	ck_assert_str_eq(evidence->annotations[0].value, "prod");
	lifecycle_evidence_free(evidence);
}
END_TEST

/* ---- a runtime's own command ---- */

START_TEST(test_of_runtime)
{
	struct lifecycle_evidence *evidence = NULL;
	struct lifecycle_error error;

	ck_assert_int_eq(lifecycle_evidence_of_runtime(LIFECYCLE_POINT_START, "../c1", 1,
				 LIFECYCLE_UNKNOWN, &evidence, &error),
		-1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(lifecycle_evidence_of_runtime(
				 LIFECYCLE_POINT_CREATE, "c1", 1, getpid(), &evidence, &error),
		0);
	ck_assert_str_eq(lifecycle_evidence_id(evidence), "c1");
	ck_assert_int_eq(evidence->process.liveness, LIVENESS_ALIVE);
	lifecycle_evidence_free(evidence);
}
END_TEST

START_TEST(test_points_of_others)
{
	static const enum lifecycle_point hooks[] = { LIFECYCLE_POINT_NONE,
		LIFECYCLE_POINT_CREATE_RUNTIME, LIFECYCLE_POINT_POSTSTOP,
		(enum lifecycle_point)99 };
	static const enum lifecycle_point commands[] = { LIFECYCLE_POINT_NONE,
		LIFECYCLE_POINT_CREATE, LIFECYCLE_POINT_START, (enum lifecycle_point)99 };
	struct lifecycle_gather gather = {
		.size = sizeof(gather), .state = "{\"id\":\"c1\"}", .state_length = 11
	};
	struct lifecycle_evidence *evidence = NULL;
	struct lifecycle_error error;

	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(lifecycle_evidence_of_runtime(
					 hooks[i], "c1", 1, LIFECYCLE_UNKNOWN, &evidence, &error),
			-1);
		ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
		gather.point = commands[i];
		ck_assert_int_eq(lifecycle_evidence_gather(&gather, &evidence, &error), -1);
		ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	}
	ck_assert_ptr_null(evidence);
}
END_TEST

START_TEST(test_sizes_that_were_not_set)
{
	const struct lifecycle_gather gather = {
		.point = LIFECYCLE_POINT_POSTSTOP, .state = "{\"id\":\"c1\"}", .state_length = 11
	};
	const struct lifecycle_outcome outcome = { .exit_code = 1 };
	const struct lifecycle_command command = { .path = "/bin/true" };
	struct lifecycle_evidence *evidence = gathered("{\"id\":\"c1\"}", NULL);
	struct lifecycle_evidence *none = NULL;
	struct lifecycle_error error;

	ck_assert_int_eq(lifecycle_evidence_gather(&gather, &none, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_ptr_null(none);
	ck_assert_int_eq(lifecycle_evidence_end(evidence, &outcome, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(evidence->command.progress, COMMAND_PROGRESS_NONE);
	ck_assert_int_eq(lifecycle_evidence_begin(evidence, &command, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(evidence->command.progress, COMMAND_PROGRESS_NONE);
	lifecycle_evidence_free(evidence);
}
END_TEST

START_TEST(test_end_of_a_command)
{
	static const char *const argv[] = { "net", "--token", "x", "a=b", "-v", "y", NULL };
	const struct lifecycle_command net = { sizeof(net), "/net", argv, 2 };
	struct lifecycle_evidence *evidence = gathered("{\"id\":\"c1\"}", NULL);
	char said[5000];
	struct lifecycle_outcome outcome = { sizeof(outcome), 5, 7, LIFECYCLE_UNKNOWN, NULL, said,
		sizeof(said) };

	memset(said, 'x', sizeof(said));
	said[sizeof(said) - 2] = '\xff';
	ck_assert_int_eq(lifecycle_evidence_begin(evidence, &net, NULL), 0);
	ck_assert_int_eq(evidence->command.progress, COMMAND_PROGRESS_BEGUN);
	ck_assert_int_eq(evidence->command.index, 2);
	ck_assert_str_eq(evidence->command.argv[0], "net");
	ck_assert_str_eq(evidence->command.argv[2], "...");
	ck_assert_str_eq(evidence->command.argv[3], "a=");
	ck_assert_str_eq(evidence->command.argv[4], "-v");
	ck_assert_str_eq(evidence->command.argv[5], "y");
	ck_assert_ptr_null(evidence->command.argv[6]);
	ck_assert_int_eq(lifecycle_evidence_end(evidence, &outcome, NULL), 0);
	ck_assert_int_eq(evidence->command.progress, COMMAND_PROGRESS_ENDED);
	ck_assert_int_eq(evidence->command.exit_code, 7);
	ck_assert_uint_eq(strlen(evidence->command.stderr_text), DEFAULTS_TEXT_LIMIT);
	ck_assert_str_eq(evidence->command.stderr_text + DEFAULTS_TEXT_LIMIT - 5, "x\xef\xbf\xbdx");
	lifecycle_evidence_free(evidence);
}
END_TEST

/* ---- an exit file ---- */

static const struct {
	const char *text;
	int64_t exit_code;
	enum lifecycle_error_code code;
} exit_files[] = {
	{ "0", 0, LIFECYCLE_ERROR_NONE },
	{ "3\n", 3, LIFECYCLE_ERROR_NONE },
	{ "137", 137, LIFECYCLE_ERROR_NONE },
	{ "255", 255, LIFECYCLE_ERROR_NONE },
	{ NULL, LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_NONE },
	{ "", LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_INVALID },
	{ "256", LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_INVALID },
	{ "1000", LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_INVALID },
	{ "-1", LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_INVALID },
	{ "3 ", LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_INVALID },
	{ " 3", LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_INVALID },
	{ "x", LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_INVALID },
	{ "33333333333333333", LIFECYCLE_UNKNOWN, LIFECYCLE_ERROR_CORRUPT },
};

START_TEST(test_exit_file)
{
	struct lifecycle_evidence *evidence = gathered("{\"id\":\"c1\"}", NULL);
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	char path[64];

	snprintf(path, sizeof(path), "%s", unit_directory());
	ck_assert_int_eq(chdir(path), 0);
	unlink("c1");
	if (exit_files[_i].text)
		unit_put("c1", exit_files[_i].text);
	(void)lifecycle_evidence_read_exit_file(evidence, path, &error);
	ck_assert_int_eq(error.code, exit_files[_i].code);
	ck_assert_int_eq(evidence->exit_file.exit_code, exit_files[_i].exit_code);
	ck_assert_int_eq(evidence->exit_file.time != LIFECYCLE_UNKNOWN,
		exit_files[_i].exit_code != LIFECYCLE_UNKNOWN);
	lifecycle_evidence_free(evidence);
}
END_TEST

START_TEST(test_exit_file_that_is_none)
{
	struct lifecycle_evidence *evidence = gathered("{\"id\":\"c1\"}", NULL);
	struct lifecycle_error error;

	ck_assert_int_eq(chdir(unit_directory()), 0);
	unlink("c1");
	unit_put("elsewhere", "3");
	ck_assert_int_eq(symlink("elsewhere", "c1"), 0);
	ck_assert_int_eq(lifecycle_evidence_read_exit_file(evidence, unit_directory(), &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(lifecycle_evidence_read_exit_file(evidence, "/nowhere", &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(evidence->exit_file.exit_code, LIFECYCLE_UNKNOWN);
	unlink("c1");
	lifecycle_evidence_free(evidence);
}
END_TEST

/* ---- looking again: crun's poststart may come before the program does ---- */

/* It is called crun, and becomes a shell after so many milliseconds; never, if they are negative. */
static pid_t start_slowly(int milliseconds)
{
	int ready[2], never[2];
	char byte = 0;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "crun");
		if (pipe(never) < 0 || dup2(never[0], STDIN_FILENO) < 0 ||
			write(ready[1], &byte, 1) != 1)
			_exit(1);
		if (milliseconds < 0)
			pause();
		usleep((useconds_t)milliseconds * 1000);
		execlp("sh", "sh", "-c", "read -r forever", (char *)NULL);
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* Returns when that hook began. */
static int64_t fold(struct lifecycle_record *record, enum lifecycle_point point, const char *status,
	pid_t pid, int64_t deadline)
{
	const struct lifecycle_gather gather = {
		.point = point, .time = lifecycle_time_now(), .deadline = deadline
	};
	struct lifecycle_evidence *evidence;
	char state[128];

	snprintf(state, sizeof(state), "{\"id\":\"c1\",\"status\":\"%s\",\"pid\":%d}", status,
		(int)pid);
	evidence = gathered(state, &gather);
	ck_assert_int_eq(lifecycle_evidence_fold(record, evidence, NULL), 0);
	lifecycle_evidence_free(evidence);
	return gather.time;
}

static const struct {
	const char *status;
	int64_t deadline;
	int after; /* milliseconds */
	enum lifecycle_status expected;
} slow_starts[] = {
	{ "running", LIFECYCLE_NO_DEADLINE, 30, LIFECYCLE_STATUS_RUNNING },
	{ "running", LIFECYCLE_NO_DEADLINE, -1, LIFECYCLE_STATUS_CREATED },
	/* no time is left to look again, or there is no reason to */
	{ "running", 0, -1, LIFECYCLE_STATUS_CREATED },
	{ "created", LIFECYCLE_NO_DEADLINE, -1, LIFECYCLE_STATUS_CREATED },
};

START_TEST(test_looks_again)
{
	pid_t pid = start_slowly(slow_starts[_i].after);
	struct lifecycle_record *record = record_new();
	struct lifecycle_generation current;

	(void)fold(record, LIFECYCLE_POINT_CREATE_RUNTIME, "created", pid, LIFECYCLE_NO_DEADLINE);
	(void)fold(record, LIFECYCLE_POINT_POSTSTART, slow_starts[_i].status, pid,
		slow_starts[_i].deadline);
	current = *lifecycle_record_current(record);
	ck_assert_int_eq(current.status, slow_starts[_i].expected);
	ck_assert_int_eq(current.generation, 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	lifecycle_record_free(record);
}
END_TEST

/* A start is not before the program was there, however early its hook came. */
START_TEST(test_starts_when_it_was_seen)
{
	const int after = 30;
	int64_t earliest = lifecycle_time_now() + after * INT64_C(1000000);
	pid_t pid = start_slowly(after);
	struct lifecycle_record *record = record_new();
	struct lifecycle_generation current;
	struct lifecycle_hook hook;
	int64_t began;

	(void)fold(record, LIFECYCLE_POINT_CREATE_RUNTIME, "created", pid, LIFECYCLE_NO_DEADLINE);
	began = fold(record, LIFECYCLE_POINT_POSTSTART, "running", pid, LIFECYCLE_NO_DEADLINE);
	current = *lifecycle_record_current(record);
	ck_assert_int_eq(current.started_at_source, LIFECYCLE_SOURCE_POSTSTART);
	ck_assert_int_ge(current.started_at, earliest);
	hook = *lifecycle_record_hook(record, 1);
	ck_assert_int_eq(hook.time, began);
	lifecycle_record_free(record);
	record = record_new();
	began = fold(record, LIFECYCLE_POINT_POSTSTART, "running", pid, LIFECYCLE_NO_DEADLINE);
	current = *lifecycle_record_current(record);
	/* the time of the look, and not of the hook's beginning */
	ck_assert_int_gt(current.started_at, began);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	lifecycle_record_free(record);
}
END_TEST

/* The name tells which look it was: the first one's is changed here. */
static const struct {
	const char *expected;
	enum command_progress progress;
	int ticks;     /* that the record's process began later */
	int namespace; /* by which the record's number is another one */
	enum liveness liveness;
} looks[] = {
	{ "first", COMMAND_PROGRESS_NONE, 0, 0, LIVENESS_ALIVE },
	{ "first", COMMAND_PROGRESS_BEGUN, 0, 0, LIVENESS_ALIVE },
	{ "crun", COMMAND_PROGRESS_ENDED, 0, 0, LIVENESS_ALIVE },
	{ "crun", COMMAND_PROGRESS_NONE, 1, 0, LIVENESS_GONE },
	{ "crun", COMMAND_PROGRESS_NONE, 0, 1, LIVENESS_UNKNOWN },
};

START_TEST(test_looks_at_a_process_once)
{
	const struct lifecycle_gather gather = { .point = LIFECYCLE_POINT_POSTSTART };
	pid_t pid = start_slowly(-1);
	struct lifecycle_record *record = record_new();
	struct lifecycle_evidence *evidence;
	char state[64];

	(void)fold(record, LIFECYCLE_POINT_CREATE_RUNTIME, "created", pid, LIFECYCLE_NO_DEADLINE);
	record->current.pid_start_ticks += looks[_i].ticks;
	record->current.pid_ns += looks[_i].namespace;
	snprintf(state, sizeof(state), "{\"id\":\"c1\",\"pid\":%d}", (int)pid);
	evidence = gathered(state, &gather);
	strcpy(evidence->process.comm, "first");
	evidence->command.progress = looks[_i].progress;
	ck_assert_int_eq(lifecycle_evidence_fold(record, evidence, NULL), 0);
	ck_assert_str_eq(evidence->recorded.comm, looks[_i].expected);
	ck_assert_int_eq(evidence->recorded.liveness, looks[_i].liveness);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	lifecycle_evidence_free(evidence);
	lifecycle_record_free(record);
}
END_TEST

/* Of a generation that nobody saw end, poststop looks for its process, and no other hook does. */
START_TEST(test_looks_at_an_earlier_generation)
{
	static const struct {
		const char *previous;
		enum lifecycle_point point;
		enum liveness liveness;
	} cases[] = {
		{ ",\"status\":\"stopped\",\"finished_at\":\"2026-01-01T00:00:00Z\"",
			LIFECYCLE_POINT_POSTSTOP, LIVENESS_UNKNOWN },
		{ ",\"status\":\"running\"", LIFECYCLE_POINT_POSTSTOP, LIVENESS_GONE },
		{ ",\"status\":\"running\"", LIFECYCLE_POINT_POSTSTART, LIVENESS_UNKNOWN },
	};
	const struct lifecycle_gather gather = { .point = cases[_i].point };
	struct lifecycle_evidence *evidence = gathered("{\"id\":\"c1\",\"pid\":0}", &gather);
	struct lifecycle_record *record;
	char json[512];

	snprintf(json, sizeof(json),
		"{\"version\":1,\"id\":\"c1\",\"generation\":2,\"status\":\"creating\","
		"\"previous\":[{\"generation\":1,\"pid\":1,\"pid_start_ticks\":1,"
		"\"boot_id\":\"00000000-0000-4000-8000-000000000000\"%s}]}",
		cases[_i].previous);
	record = unit_record(json);
	ck_assert_int_eq(lifecycle_evidence_fold(record, evidence, NULL), 0);
	ck_assert_int_eq(evidence->previous.liveness, cases[_i].liveness);
	lifecycle_evidence_free(evidence);
	lifecycle_record_free(record);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("evidence");
	TCase *tcase = tcase_create("evidence");

	unit_directory();
	tcase_add_test(tcase, test_state);
	tcase_add_test(tcase, test_bad_state);
	tcase_add_test(tcase, test_instance);
	tcase_add_loop_test(tcase, test_each_has_an_instance_of_its_own, 0, 2);
	tcase_add_loop_test(tcase, test_name, 0, COUNT(names));
	tcase_add_test(tcase, test_annotations_that_are_asked_for);
	tcase_add_test(tcase, test_too_many_annotations);
	tcase_add_test(tcase, test_names_that_are_kept);
	tcase_add_test(tcase, test_of_runtime);
	tcase_add_test(tcase, test_points_of_others);
	tcase_add_test(tcase, test_sizes_that_were_not_set);
	tcase_add_test(tcase, test_end_of_a_command);
	tcase_add_loop_test(tcase, test_exit_file, 0, COUNT(exit_files));
	tcase_add_test(tcase, test_exit_file_that_is_none);
	tcase_add_loop_test(tcase, test_looks_again, 0, COUNT(slow_starts));
	tcase_add_loop_test(tcase, test_looks_at_a_process_once, 0, COUNT(looks));
	tcase_add_test(tcase, test_starts_when_it_was_seen);
	tcase_add_loop_test(tcase, test_looks_at_an_earlier_generation, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
