/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the codec and the hooks once for each allocation that they make, and lets that one fail; for some of them, that
 * one and all later ones. Never may there be a crash, a leak, a record that is neither the old nor the new one, or silence about a
 * record that was not written; and the next hook must do as if nothing had been. Prints TAP.
 */
#include "../../hooks/hook.h"
#include "faults.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int test_number;

static void print(bool good, const char *what, long allocations, const char *more)
{
	printf("%sok %d - %s (%ld allocations)%s%s\n", good ? "" : "not ", ++test_number, what,
		allocations, more ? ": " : "", more ? more : "");
	fflush(stdout);
}

/* ---- what the library calls and we have a word in ---- */

int __real_lifecycle_record_encode(const struct lifecycle_record *record,
	const struct lifecycle_observed *observed, char **ret_text, size_t *ret_length,
	struct lifecycle_error *error);
int __wrap_lifecycle_record_encode(const struct lifecycle_record *record,
	const struct lifecycle_observed *observed, char **ret_text, size_t *ret_length,
	struct lifecycle_error *error);
ssize_t __wrap_sendto(int fd, const void *bytes, size_t length, int flags,
	const struct sockaddr *address, socklen_t size);

static bool careless; /* the control: what has no memory to be written is written in part */

int __wrap_lifecycle_record_encode(const struct lifecycle_record *record,
	const struct lifecycle_observed *observed, char **ret_text, size_t *ret_length,
	struct lifecycle_error *error)
{
	int result = __real_lifecycle_record_encode(record, observed, ret_text, ret_length, error);

	if (result == 0 || !careless)
		return result;
	*ret_text = calloc(1, 16);
	if (!*ret_text)
		return -1;
	*ret_length = strlen(strcpy(*ret_text, "{\"version\":1,"));
	return 0;
}

/* Not into the system's log. */
ssize_t __wrap_sendto(int fd, const void *bytes, size_t length, int flags,
	const struct sockaddr *address, socklen_t size)
{
	(void)fd;
	(void)bytes;
	(void)flags;
	(void)address;
	(void)size;
	return (ssize_t)length;
}

/* ---- the codec ---- */

typedef const char *codec_fn(const char *text, const char *expected);

static const char *rewrite(const char *text, const char *expected)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_record *record = NULL;
	const char *fault = NULL;
	char *written = NULL;
	size_t length;

	if (lifecycle_record_decode(text, strlen(text), &record, &error) == 0 &&
		__real_lifecycle_record_encode(record, NULL, &written, &length, &error) == 0 &&
		strcmp(written, expected) != 0)
		fault = "what is written is not what was read";
	if (!written && error.code != LIFECYCLE_ERROR_NO_MEMORY)
		fault = "the reason is not that memory is out";
	free(written);
	lifecycle_record_free(record);
	return fault;
}

/* A control: it forgets one thing when another fails. */
static const char *rewrite_and_leak(const char *text, const char *expected)
{
	struct lifecycle_record *record = NULL;
	char *written;
	size_t length;

	(void)expected;
	if (lifecycle_record_decode(text, strlen(text), &record, NULL) < 0)
		return NULL;
	if (__real_lifecycle_record_encode(record, NULL, &written, &length, NULL) < 0)
		return NULL;
	free(written);
	lifecycle_record_free(record);
	return NULL;
}

static const char *try_codec(
	codec_fn *codec, const char *text, const char *expected, long *allocations)
{
	const char *fault = NULL;
	long leaked;

	faults_begin((struct faults){ 0 });
	fault = codec(text, expected);
	*allocations = faults_end(&leaked);
	for (long i = 0; i < 2 * *allocations && !fault; i++) {
		faults_begin((struct faults){ .fail_at = i / 2 + 1, .and_all_later = i % 2 == 1 });
		fault = codec(text, expected);
		(void)faults_end(&leaked);
		if (!fault && leaked != 0)
			fault = "it leaks";
	}
	return fault;
}

static void test_codec(
	codec_fn *codec, const char *name, const char *what, const char *expected_fault)
{
	char *text = scene_data(name);
	struct lifecycle_record *record;
	const char *fault;
	long allocations;
	char *expected;
	size_t length;

	if (lifecycle_record_decode(text, strlen(text), &record, NULL) < 0 ||
		__real_lifecycle_record_encode(record, NULL, &expected, &length, NULL) < 0)
		scene_bail_out(name);
	lifecycle_record_free(record);
	fault = try_codec(codec, text, expected, &allocations);
	if (expected_fault)
		print(fault && strcmp(fault, expected_fault) == 0, what, allocations, NULL);
	else
		print(!fault, what, allocations, fault);
	free(expected);
	free(text);
}

/* ---- what an engine reports ---- */

/* Once no record is in it. */
static int remove_store(const char *root)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, LIFECYCLE_COUNTS_FILE);
	(void)unlink(path);
	return rmdir(root);
}

static const char *tell(const char *root, const char *unused)
{
	static const char *const annotations[] = { "a", "1", "b", "2", NULL };
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;
	struct lifecycle_store *store = NULL;
	int result;

	(void)unused;
	report.event = LIFECYCLE_EVENT_FAILED;
	report.id = "r1";
	report.bundle = "/b";
	report.name = "web";
	report.annotations = annotations;
	report.message = "no such image";
	result = lifecycle_store_open(root, LIFECYCLE_ACCESS_WRITE, &store, &error);
	if (result == 0)
		result =
			lifecycle_store_report(store, &report, LIFECYCLE_NO_DEADLINE, NULL, &error);
	lifecycle_store_close(store);
	return result < 0 && error.code != LIFECYCLE_ERROR_NO_MEMORY
		       ? "the reason is not that memory is out"
		       : NULL;
}

static const char *watch(const char *root, const char *unused)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_watch *watch = NULL;
	int result = lifecycle_watch_open(root, &watch, &error);

	(void)unused;
	lifecycle_watch_close(watch);
	return result < 0 && error.code != LIFECYCLE_ERROR_NO_MEMORY
		       ? "the reason is not that memory is out"
		       : NULL;
}

static void test_tell_and_watch(void)
{
	char root[] = "/tmp/oci-lifecycle-XXXXXX";
	struct lifecycle_store *store = NULL;
	long allocations;
	const char *fault;

	if (!mkdtemp(root))
		scene_bail_out(root);
	fault = try_codec(tell, root, NULL, &allocations);
	print(!fault && allocations > 10, "an engine's report is written or refused", allocations,
		fault);
	fault = try_codec(watch, root, NULL, &allocations);
	print(!fault && allocations > 5, "a store with a container is watched or not", allocations,
		fault);
	if (lifecycle_store_open(root, LIFECYCLE_ACCESS_WRITE, &store, NULL) < 0 ||
		lifecycle_store_delete(store, "r1", LIFECYCLE_NO_DEADLINE, NULL, NULL, NULL) < 0 ||
		remove_store(root) < 0)
		scene_bail_out(root);
	lifecycle_store_close(store);
}

/* ---- the hooks ---- */

/* What a hook tells of its run. */
static struct report {
	long allocations;
	long leaked;
	int status;
	bool ended;
} * report;

/* In a process of its own: a hook closes and changes all sorts of things. */
static void run(const struct scene *scene, struct faults plan)
{
	char *arguments[SCENE_ARGUMENTS];
	pid_t pid;

	*report = (struct report){ 0 };
	pid = fork();
	if (pid == 0) {
		int count = scene_enter(scene, arguments);

		faults_begin(plan);
		report->status = hook_run(&scene->hook, count, arguments);
		report->allocations = faults_end(&report->leaked);
		report->ended = true;
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		scene_bail_out("fork");
}

static const char *judge(const struct scene *scene)
{
	if (!report->ended)
		return "it crashes";
	if (report->leaked != 0)
		return "it leaks";
	if (report->status != 0)
		return "its exit status is not 0";
	return scene_judge(scene);
}

static const char *try_once(const struct scene *scene, struct faults plan)
{
	const char *fault;

	scene_prepare(scene);
	run(scene, plan);
	fault = judge(scene);
	if (fault || plan.and_all_later || plan.fail_at % 4 != 0)
		return fault;
	run(scene, (struct faults){ 0 });
	return report->ended ? scene_judge_next(scene) : "the next one crashes";
}

static const char *try_scene(struct scene *scene, long *allocations)
{
	const char *fault = NULL;

	scene_prepare(scene);
	run(scene, (struct faults){ 0 });
	*allocations = report->allocations;
	scene_learn(scene);
	for (long i = 1; i <= *allocations && !fault; i++)
		fault = try_once(scene, (struct faults){ .fail_at = i });
	for (long i = 1; i <= *allocations && !fault; i += 5)
		fault = try_once(scene, (struct faults){ .fail_at = i, .and_all_later = true });
	scene_forget(scene);
	return fault;
}

static void test_scene(struct scene *scene)
{
	long allocations;
	const char *fault = try_scene(scene, &allocations);

	print(!fault && allocations > 10, scene->what, allocations, fault);
}

static void test_control(struct scene *scene)
{
	const char *fault;
	long allocations;

	careless = true;
	fault = try_scene(scene, &allocations);
	careless = false;
	print(fault && strcmp(fault, "the record is neither the old one nor the new one") == 0,
		"control: a record that is written in part is found", allocations, NULL);
}

#ifdef __SANITIZE_ADDRESS__
static const bool has_own_malloc = false;
#else
static const bool has_own_malloc = true;
#endif

int main(void)
{
	if (!has_own_malloc) {
		printf("1..0 # SKIP with sanitizers malloc() is theirs\n");
		return 0;
	}
	report = mmap(
		NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED)
		return 1;
	printf("1..%d\n", 3 + scene_count + 3);
	test_codec(rewrite, "records/kept/full.json", "a full record is read and written", NULL);
	test_codec(rewrite, "records/kept/lengths.json", "texts of all lengths are", NULL);
	test_codec(
		rewrite_and_leak, "records/kept/full.json", "control: a leak is found", "it leaks");
	scene_begin();
	for (int i = 0; i < scene_count; i++)
		test_scene(&scenes[i]);
	test_control(&scenes[0]);
	test_tell_and_watch();
	scene_end();
	return 0;
}
