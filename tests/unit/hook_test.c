/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole of a hook but its main, in a process of its own: what it records, what it says and where, how long it lets the
 * store take, and its exit status. Calls on the store are seen, and fail if they are told to.
 */
#include "../../hooks/hook.h"
#include "base/log_line.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)
#define SECOND      INT64_C(1000000000)

static const struct hook create_runtime = { "lifecycle-create-runtime",
	LIFECYCLE_POINT_CREATE_RUNTIME };
static const struct hook poststop = { "lifecycle-poststop", LIFECYCLE_POINT_POSTSTOP };

/* ---- the calls on the store, and the system's log ---- */

/* Of both processes. */
static struct seen {
	/* what fails: a fold (1, 2: which; 3: both), a removal with an error, a sweep */
	int fail_fold;
	enum lifecycle_error_code fail_delete;
	bool fail_sweep;
	bool unreadable; /* what is to be removed */
	bool fail_root;  /* where is the usual store? */
	/* what was called, and how long it was given */
	int folds, deletes, sweeps;
	int64_t left[3]; /* at each fold */
	int64_t delete_left, sweep_left, retention;
	int lines;
	char line[1024]; /* to the system's log */
} * seen;

static int failure(struct lifecycle_error *error, enum lifecycle_error_code code)
{
	error->code = code;
	snprintf(error->message, sizeof(error->message), "a test's");
	return -1;
}

int __real_lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error);
int __wrap_lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error);
int __wrap_lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error)
{
	int count = ++seen->folds;

	seen->left[count <= 2 ? count - 1 : 2] = deadline - lifecycle_monotonic_now();
	if ((seen->fail_fold & count) != 0)
		return failure(error, LIFECYCLE_ERROR_TIMEOUT);
	return __real_lifecycle_store_fold(store, evidence, deadline, error);
}

int __real_lifecycle_store_delete(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_permit_fn *permit, void *arg, struct lifecycle_error *error);
int __wrap_lifecycle_store_delete(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_permit_fn *permit, void *arg, struct lifecycle_error *error);
int __wrap_lifecycle_store_delete(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_permit_fn *permit, void *arg, struct lifecycle_error *error)
{
	seen->deletes++;
	seen->delete_left = deadline - lifecycle_monotonic_now();
	if (seen->fail_delete != LIFECYCLE_ERROR_NONE)
		return failure(error, seen->fail_delete);
	if (seen->unreadable)
		return permit(NULL, arg) ? -1 : 0;
	return __real_lifecycle_store_delete(store, id, deadline, permit, arg, error);
}

int __wrap_lifecycle_store_sweep(struct lifecycle_store *store, int64_t retention, int64_t deadline,
	struct lifecycle_error *error);
int __wrap_lifecycle_store_sweep(struct lifecycle_store *store, int64_t retention, int64_t deadline,
	struct lifecycle_error *error)
{
	ck_assert_ptr_nonnull(store);
	seen->sweeps++;
	seen->retention = retention;
	seen->sweep_left = deadline - lifecycle_monotonic_now();
	return seen->fail_sweep ? failure(error, LIFECYCLE_ERROR_SYSTEM) : 0;
}

int __real_lifecycle_default_root(char **ret_path, struct lifecycle_error *error);
int __wrap_lifecycle_default_root(char **ret_path, struct lifecycle_error *error);
int __wrap_lifecycle_default_root(char **ret_path, struct lifecycle_error *error)
{
	return seen->fail_root ? failure(error, LIFECYCLE_ERROR_NO_MEMORY)
			       : __real_lifecycle_default_root(ret_path, error);
}

static const char *or_none(const char *text)
{
	return text != NULL ? text : "-";
}

void __wrap_log_line_to_system(enum log_line_severity severity, const char *name,
	const char *message, const struct log_line_context *context);
void __wrap_log_line_to_system(enum log_line_severity severity, const char *name,
	const char *message, const struct log_line_context *context)
{
	seen->lines++;
	snprintf(seen->line, sizeof(seen->line), "%d %s %s %s %s %s", (int)severity, name,
		or_none(context->hook), or_none(context->container_id),
		or_none(context->container_name), message);
}

/* ---- a run ---- */

#define STATE(status, pid)                                                                         \
	"{\"ociVersion\":\"1.0.2\",\"id\":\"c1\",\"status\":\"" status "\",\"pid\":" pid           \
	",\"bundle\":\"/b\",\"annotations\":{\"nerdctl/name\":\"web\",\"own\":\"mine\","           \
	"\"team\":\"blue\"}}"
#define CREATING STATE("creating", "0")
#define STOPPED  STATE("stopped", "0")

static char directory[64]; /* of one test */
static char said[2][4096]; /* to stdout, to stderr */

static const char *at(const char *name)
{
	static char paths[4][128];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

static void set_up(void)
{
	snprintf(directory, sizeof(directory), "%s", unit_new_directory());
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(seen != MAP_FAILED);
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(at(name), "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void get(const char *name, char text[4096])
{
	FILE *file = fopen(at(name), "re");

	ck_assert_ptr_nonnull(file);
	text[fread(text, 1, 4095, file)] = '\0';
	fclose(file);
}

static void redirect(int fd, const char *path, int flags)
{
	int file = open(path, flags, 0600);

	if (file < 0 || dup2(file, fd) < 0)
		_exit(100);
}

#define MOST_WORDS 24

/* $D in a word is the test's directory. */
static char *filled(const char *word)
{
	const char *place = strstr(word, "$D");
	char *text;

	if (place == NULL)
		return strdup(word);
	ck_assert_int_ge(
		asprintf(&text, "%.*s%s%s", (int)(place - word), word, directory, place + 2), 0);
	return text;
}

static int run_words(const struct hook *hook, char **argv, const char *input, const char *output)
{
	int argc = 0, status;
	pid_t pid;

	while (argv[argc] != NULL)
		argc++;
	pid = fork();
	if (pid == 0) {
		redirect(STDIN_FILENO, input, O_RDWR);
		redirect(STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC);
		redirect(STDERR_FILENO, at("err"), O_WRONLY | O_CREAT | O_TRUNC);
		optind = 0;
		_exit(hook_run(hook, argc, argv));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	if (strcmp(output, at("out")) == 0)
		get("out", said[0]);
	get("err", said[1]);
	return WEXITSTATUS(status);
}

static int run_with(
	const struct hook *hook, const char *const *words, const char *input, const char *output)
{
	char *argv[MOST_WORDS + 4] = { (char *)(uintptr_t)hook->name, (char *)(uintptr_t) "--root",
		filled("$D/store") };
	int argc = 3, status;

	for (; words[argc - 3] != NULL; argc++)
		argv[argc] = filled(words[argc - 3]);
	status = run_words(hook, argv, input, output);
	for (int i = 2; i < argc; i++)
		free(argv[i]);
	return status;
}

static int run(const struct hook *hook, const char *const *words, const char *state)
{
	put("state", state);
	return run_with(hook, words, at("state"), at("out"));
}

#define RUN(hook, state, ...) run(&(hook), (const char *const[MOST_WORDS]){ __VA_ARGS__ }, (state))

static struct lifecycle_record *load(void)
{
	struct lifecycle_record *record = NULL;
	struct lifecycle_store *store;

	if (lifecycle_store_open(at("store"), LIFECYCLE_ACCESS_READ, &store, NULL) < 0)
		return NULL;
	(void)lifecycle_store_load(store, "c1", &record, NULL);
	lifecycle_store_close(store);
	return record;
}

static bool is_there(void)
{
	return access(at("store/c1/lifecycle.json"), F_OK) == 0;
}

/* ---- what is recorded ---- */

START_TEST(test_recorded)
{
	int64_t before = lifecycle_time_now();
	struct lifecycle_record *record;

	ck_assert_int_eq(RUN(create_runtime, CREATING, "--annotation", "team", "--name-annotation",
				 "own", "--timeout", "5"),
		0);
	ck_assert_str_eq(said[0], "");
	ck_assert_str_eq(said[1], "");
	ck_assert_int_eq(seen->lines, 0);
	ck_assert_int_eq(seen->folds, 1);
	ck_assert_int_gt(seen->left[0], SECOND);
	ck_assert_int_le(seen->left[0], 5 * SECOND);
	ck_assert_int_eq(seen->sweeps + seen->deletes, 0);
	record = load();
	ck_assert_str_eq(lifecycle_record_name(record), "mine");
	ck_assert_str_eq(lifecycle_record_annotation(record, "team"), "blue");
	ck_assert_int_eq(lifecycle_record_current(record)->status, LIFECYCLE_STATUS_CREATING);
	ck_assert_int_ge(lifecycle_record_hook(record, 0)->time, before);
	ck_assert_int_eq(lifecycle_record_hook(record, 0)->point, LIFECYCLE_POINT_CREATE_RUNTIME);
	lifecycle_record_free(record);
}
END_TEST

/* conmon's, in a directory as conmon has it; one that is no file is told, and the record is written all the same. */
START_TEST(test_exit_file)
{
	struct lifecycle_record *record;

	ck_assert_int_eq(RUN(create_runtime, CREATING, NULL), 0);
	ck_assert_int_eq(mkdir(at("exits"), 0700), 0);
	if (_i == 0)
		put("exits/c1", "3");
	else
		ck_assert_int_eq(mkdir(at("exits/c1"), 0700), 0);
	ck_assert_int_eq(RUN(poststop, STOPPED, "--exit-dir", "$D/exits", "--strict"), _i);
	record = load();
	ck_assert_int_eq(lifecycle_record_current(record)->status, LIFECYCLE_STATUS_STOPPED);
	ck_assert_int_eq(
		lifecycle_record_current(record)->exit_code, _i == 0 ? 3 : LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(strncmp(said[1], "lifecycle-poststop: 'c1': ", _i == 0 ? 0 : 26), 0);
	ck_assert_int_eq(said[1][0] != '\0', _i);
	lifecycle_record_free(record);
}
END_TEST

/* ---- what is said ---- */

/* One line on stderr, and the same in the system's log; the status is 0, or 1 if it is asked for. */
static void check_said(
	const char *const *words, const char *state, const char *context, const char *message)
{
	const char *strict[MOST_WORDS] = { "--strict" };
	char line[1024];

	for (size_t i = 0; words[i] != NULL; i++)
		strict[i + 1] = words[i];
	for (int i = 0; i < 2; i++) {
		int fail_fold = seen->fail_fold;

		memset(seen, 0, sizeof(*seen));
		seen->fail_fold = fail_fold;
		ck_assert_int_eq(run(&create_runtime, i == 0 ? words : strict, state), i);
		snprintf(line, sizeof(line), "lifecycle-create-runtime: %s\n", message);
		ck_assert_str_eq(said[1], line);
		snprintf(line, sizeof(line), "3 lifecycle-create-runtime createRuntime %s %s",
			context, message);
		ck_assert_str_eq(seen->line, line);
		ck_assert_int_eq(seen->lines, 1);
	}
}

START_TEST(test_no_state)
{
	const char *words[MOST_WORDS] = { NULL };

	check_said(words, "{}", "- -", "bad OCI state: 'id' is missing");
	ck_assert_int_eq(seen->folds, 0);
}
END_TEST

START_TEST(test_no_store)
{
	const char *words[MOST_WORDS] = { "--root", "/dev/null/store" };

	check_said(words, CREATING, "c1 web",
		"'c1': the store '/dev/null/store' cannot be opened: Not a directory");
	ck_assert_int_eq(seen->folds, 0);
}
END_TEST

/* Not even the place of it is known. */
START_TEST(test_no_root)
{
	char *argv[] = { (char *)(uintptr_t)create_runtime.name, (char *)(uintptr_t) "--strict",
		NULL };

	seen->fail_root = true;
	put("state", CREATING);
	ck_assert_int_eq(run_words(&create_runtime, argv, at("state"), at("out")), 1);
	ck_assert_str_eq(said[1], "lifecycle-create-runtime: 'c1': a test's\n");
	ck_assert_int_eq(seen->folds, 0);
}
END_TEST

START_TEST(test_no_fold)
{
	const char *words[MOST_WORDS] = { NULL };

	seen->fail_fold = 1;
	check_said(words, CREATING, "c1 web", "a test's");
	ck_assert(!is_there());
}
END_TEST

START_TEST(test_stdin_is_broken)
{
	const char *words[MOST_WORDS] = { "--strict" };

	ck_assert_int_eq(run_with(&create_runtime, words, "/proc/self/mem", at("out")), 1);
	ck_assert_str_eq(
		said[1], "lifecycle-create-runtime: stdin cannot be read: Input/output error\n");
}
END_TEST

/* A pipe that nobody closes. */
START_TEST(test_stdin_is_late)
{
	const char *words[MOST_WORDS] = { "--strict", "--timeout", "0.2" };
	int64_t began = lifecycle_monotonic_now();

	ck_assert_int_eq(mkfifo(at("fifo"), 0600), 0);
	ck_assert_int_eq(run_with(&create_runtime, words, at("fifo"), at("out")), 1);
	ck_assert_int_ge(lifecycle_monotonic_now() - began, 200 * MILLISECOND);
	ck_assert_str_eq(
		said[1], "lifecycle-create-runtime: the state on stdin did not end in time\n");
}
END_TEST

/* ---- another hook in its place ---- */

START_TEST(test_command)
{
	struct lifecycle_record *record;
	const struct lifecycle_hook *hook;

	ck_assert_int_eq(RUN(create_runtime, CREATING, "--timeout", "1", "--index", "4", "--argv0",
				 "their", "--", "/bin/sh", "-c", "sleep 0.6; cat >&2; exit 3", "2",
				 "3", "4", "5", "6", "7", "8"),
		3);
	/* stdin reached it */
	ck_assert_str_eq(said[1], CREATING);
	ck_assert_int_eq(seen->folds, 2);
	/* its time is its own */
	ck_assert_int_gt(seen->left[1], 500 * MILLISECOND);
	ck_assert_int_le(seen->left[1], seen->left[0]);
	record = load();
	ck_assert_uint_eq(lifecycle_record_hook_count(record), 1);
	hook = lifecycle_record_hook(record, 0);
	ck_assert_str_eq(hook->command, "/bin/sh");
	ck_assert_str_eq(hook->argv[0], "their");
	ck_assert_str_eq(hook->argv[1], "-c");
	ck_assert_str_eq(hook->argv[7], "6");
	ck_assert_ptr_null(hook->argv[8]);
	ck_assert_int_eq(hook->index, 4);
	ck_assert_int_ge(hook->duration_ns, 600 * MILLISECOND);
	ck_assert_uint_eq(lifecycle_record_error_count(record), 1);
	ck_assert_int_eq(lifecycle_record_error(record, 0)->exit_code, 3);
	ck_assert_str_eq(lifecycle_record_error(record, 0)->stderr_text, CREATING);
	lifecycle_record_free(record);
}
END_TEST

/* Its begin, its end or both cannot be recorded: whichever can be tells both, and the command's status goes before ours. */
START_TEST(test_command_that_is_not_recorded)
{
	int fail_fold = _i / 2 + 1, code = _i % 2 == 0 ? 0 : 5;
	const char *script = code == 0 ? "exit 0" : "exit 5";
	struct lifecycle_record *record;

	seen->fail_fold = fail_fold;
	ck_assert_int_eq(RUN(create_runtime, CREATING, "--strict", "--", "/bin/sh", "-c", script),
		code == 0 ? 1 : 5);
	ck_assert_str_eq(said[1], "lifecycle-create-runtime: a test's\n");
	ck_assert_int_eq(seen->lines, 1);
	ck_assert_int_eq(seen->folds, 2);
	ck_assert_int_eq(is_there(), fail_fold != 3);
	if (fail_fold == 3)
		return;
	record = load();
	ck_assert_uint_eq(lifecycle_record_hook_count(record), 1);
	ck_assert_str_eq(lifecycle_record_hook(record, 0)->command, "/bin/sh");
	ck_assert_int_eq(
		lifecycle_record_hook(record, 0)->duration_ns == LIFECYCLE_UNKNOWN, fail_fold == 2);
	lifecycle_record_free(record);
}
END_TEST

/* Without a state, or without a store. */
START_TEST(test_command_without_a_record)
{
	const char *words[MOST_WORDS] = { "--root", _i == 0 ? "$D/store" : "/dev/null/store", "--",
		"/bin/sh", "-c", "cat; exit 4" };

	ck_assert_int_eq(run(&create_runtime, words, _i == 0 ? "no state" : CREATING), 4);
	ck_assert_str_eq(said[0], _i == 0 ? "no state" : CREATING);
	ck_assert_int_eq(seen->folds, 0);
	ck_assert_int_eq(seen->lines, 1);
}
END_TEST

/* A state that is too long is thrown away, and the command gets all of it. */
START_TEST(test_long_state)
{
	size_t size = ((size_t)1 << 20) + 1000;
	char *state = malloc(size + 1);

	memset(state, ' ', size);
	memcpy(state, CREATING, strlen(CREATING));
	state[size] = '\0';
	ck_assert_int_eq(RUN(create_runtime, state, "--strict"), 1);
	ck_assert(!is_there());
	ck_assert_int_eq(
		RUN(create_runtime, state, "--", "/bin/sh", "-c", "exit $(($(wc -c) == 1049576))"),
		1);
	ck_assert(!is_there());
	free(state);
}
END_TEST

/* ---- the store's size ---- */

static void make_stopped(void)
{
	ck_assert_int_eq(RUN(create_runtime, CREATING, NULL), 0);
	ck_assert_int_eq(RUN(poststop, STOPPED, NULL), 0);
	memset(seen, 0, sizeof(*seen));
}

START_TEST(test_sweep)
{
	make_stopped();
	ck_assert_int_eq(RUN(poststop, STOPPED, "--retention", "1h"), 0);
	ck_assert_int_eq(seen->sweeps, 1);
	ck_assert_int_eq(seen->deletes, 0);
	ck_assert_int_eq(seen->retention, 3600 * SECOND);
	ck_assert_int_le(seen->sweep_left, 100 * MILLISECOND);
	ck_assert_int_gt(seen->sweep_left, 0);
	/* no longer than all that is ours may take */
	ck_assert_int_eq(RUN(poststop, STOPPED, "--timeout", "80ms"), 0);
	ck_assert_int_eq(seen->retention, 86400 * SECOND);
	ck_assert_int_lt(seen->sweep_left, 80 * MILLISECOND);
	ck_assert_int_eq(RUN(poststop, STOPPED, "--retention", "0"), 0);
	ck_assert_int_eq(seen->sweeps, 2);
	/* not without a store */
	ck_assert_int_eq(RUN(poststop, STOPPED, "--root", "/dev/null/store", "--remove"), 0);
	ck_assert_int_eq(seen->sweeps + seen->deletes, 2);
	seen->fail_sweep = true;
	ck_assert_int_eq(RUN(poststop, STOPPED, "--strict"), 1);
	ck_assert_str_eq(said[1], "lifecycle-poststop: a test's\n");
}
END_TEST

START_TEST(test_remove)
{
	make_stopped();
	ck_assert(is_there());
	ck_assert_int_eq(RUN(poststop, STOPPED, "--remove", "--timeout", "5", "--strict"), 0);
	ck_assert_str_eq(said[1], "");
	ck_assert(!is_there());
	ck_assert_int_eq(seen->deletes, 1);
	ck_assert_int_eq(seen->sweeps, 1);
	ck_assert_int_gt(seen->delete_left, SECOND);
	ck_assert_int_le(seen->delete_left, 5 * SECOND);
}
END_TEST

static const struct {
	enum lifecycle_error_code error;
	const char *said;
} removals[] = {
	{ LIFECYCLE_ERROR_NOT_FOUND, "" },
	{ LIFECYCLE_ERROR_SYSTEM, "lifecycle-poststop: a test's\n" },
};

/* Another one may have removed it just now. */
START_TEST(test_remove_fails)
{
	make_stopped();
	seen->fail_delete = removals[_i].error;
	ck_assert_int_eq(RUN(poststop, STOPPED, "--remove", "--strict"), _i);
	ck_assert_str_eq(said[1], removals[_i].said);
}
END_TEST

START_TEST(test_remove_what_cannot_be_read)
{
	make_stopped();
	seen->unreadable = true;
	ck_assert_int_eq(RUN(poststop, STOPPED, "--remove", "--strict"), 1);
	ck_assert_str_eq(
		said[1], "lifecycle-poststop: 'c1': it stays, for its record cannot be read\n");
}
END_TEST

/* One that lives again, or was never seen to end. */
START_TEST(test_remove_what_has_not_stopped)
{
	static const char living[] = STATE("running", "1");

	ck_assert_int_eq(RUN(create_runtime, CREATING, NULL), 0);
	ck_assert_int_eq(RUN(poststop, living, "--remove", "--strict"), 0);
	ck_assert_str_eq(said[1], "");
	ck_assert_int_eq(seen->deletes, 1);
	ck_assert_int_eq(is_there(), 0);
}
END_TEST

/* What could not be recorded is not removed either. */
START_TEST(test_remove_what_is_not_recorded)
{
	make_stopped();
	seen->fail_fold = 1;
	ck_assert_int_eq(RUN(poststop, STOPPED, "--remove", "--strict"), 1);
	ck_assert_int_eq(seen->deletes, 0);
	ck_assert(is_there());
}
END_TEST

/* ---- a word to who typed it ---- */

static const struct {
	const char *word;
	int status;
	const char *out, *err; /* how they begin */
} requests[] = {
	{ "--help", 0, "usage: lifecycle-create-runtime [OPTION]... ", "" },
	{ "--version", 0, "lifecycle-create-runtime " PACKAGE_VERSION "\n", "" },
	{ "--no-such", 2, "",
		"lifecycle-create-runtime: '--no-such' is not an option\n"
		"try 'lifecycle-create-runtime --help'\n" },
};

START_TEST(test_requests)
{
	const char *words[MOST_WORDS] = { requests[_i].word };

	ck_assert_int_eq(run(&create_runtime, words, CREATING), requests[_i].status);
	ck_assert_int_eq(strncmp(said[0], requests[_i].out, strlen(requests[_i].out)), 0);
	ck_assert_int_eq(said[0][0] != '\0', requests[_i].out[0] != '\0');
	ck_assert_str_eq(said[1], requests[_i].err);
	ck_assert(!is_there());
	if (requests[_i].status == 0)
		ck_assert_int_eq(run_with(&create_runtime, words, at("state"), "/dev/full"), 1);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("hook");
	TCase *tcase = tcase_create("hook");

	(void)unit_directory();
	tcase_set_timeout(tcase, 10);
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, test_recorded);
	tcase_add_loop_test(tcase, test_exit_file, 0, 2);
	tcase_add_test(tcase, test_no_state);
	tcase_add_test(tcase, test_no_store);
	tcase_add_test(tcase, test_no_root);
	tcase_add_test(tcase, test_no_fold);
	tcase_add_test(tcase, test_stdin_is_broken);
	tcase_add_test(tcase, test_stdin_is_late);
	tcase_add_test(tcase, test_command);
	tcase_add_loop_test(tcase, test_command_that_is_not_recorded, 0, 6);
	tcase_add_loop_test(tcase, test_command_without_a_record, 0, 2);
	tcase_add_test(tcase, test_long_state);
	tcase_add_test(tcase, test_sweep);
	tcase_add_test(tcase, test_remove);
	tcase_add_loop_test(tcase, test_remove_fails, 0, COUNT(removals));
	tcase_add_test(tcase, test_remove_what_cannot_be_read);
	tcase_add_test(tcase, test_remove_what_has_not_stopped);
	tcase_add_test(tcase, test_remove_what_is_not_recorded);
	tcase_add_loop_test(tcase, test_requests, 0, COUNT(requests));
	suite_add_tcase(suite, tcase);
	return suite;
}
