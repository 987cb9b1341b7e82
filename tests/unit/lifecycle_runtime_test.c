/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole of lifecycle-runtime, in a process of its own: what reaches the real runtime, a script here, what is added to
 * config.json, recorded, and said. In words and texts $D is the test's directory.
 */
#include "base/log_line.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)
#define MOST_WORDS  24
#define TEXT_SIZE   8192

int lifecycle_runtime_main(int argc, char **argv);

/* ---- what is refused, and what goes nowhere ---- */

static bool no_fork, no_wait, no_stdin, no_usual_root;

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	if (!no_fork)
		return __real_fork();
	errno = EAGAIN;
	return -1;
}

pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	if (!no_wait || options != WNOHANG)
		return __real_waitpid(pid, status, options);
	errno = ENOSYS;
	return -1;
}

int __real_lifecycle_default_root(char **ret_path, struct lifecycle_error *error);
int __wrap_lifecycle_default_root(char **ret_path, struct lifecycle_error *error);
int __wrap_lifecycle_default_root(char **ret_path, struct lifecycle_error *error)
{
	if (!no_usual_root)
		return __real_lifecycle_default_root(ret_path, error);
	snprintf(error->message, sizeof(error->message), "out of memory");
	return -1;
}

void __wrap_log_line_to_system(enum log_line_severity severity, const char *name,
	const char *message, const struct log_line_context *context);
void __wrap_log_line_to_system(enum log_line_severity severity, const char *name,
	const char *message, const struct log_line_context *context)
{
	(void)severity;
	(void)name;
	(void)message;
	(void)context;
}

/* ---- the place ---- */

static char place[64];
static char said[2][TEXT_SIZE]; /* to stdout, to stderr */

/* The text with the directory in it; free() it. */
static char *filled(const char *text)
{
	char *whole = NULL;
	size_t length;
	FILE *out = open_memstream(&whole, &length);

	ck_assert_ptr_nonnull(out);
	for (; *text != '\0'; text++) {
		if (strncmp(text, "$D", 2) == 0)
			fputs(place, out);
		else
			fputc(*text, out);
		text += strncmp(text, "$D", 2) == 0;
	}
	fclose(out);
	return whole;
}

static const char *at(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", place, name);
	return path;
}

static void put(const char *name, const char *text, mode_t mode)
{
	char *whole = filled(text);
	FILE *file = fopen(at(name), "we");

	ck_assert_ptr_nonnull(file);
	fputs(whole, file);
	fclose(file);
	free(whole);
	ck_assert_int_eq(chmod(at(name), mode), 0);
}

/* What is in the file, "" if it is not there. */
static const char *get(const char *name)
{
	static char text[TEXT_SIZE];
	FILE *file = fopen(at(name), "re");
	size_t length = file != NULL ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[length] = '\0';
	if (file != NULL)
		fclose(file);
	return text;
}

/* The real runtime shows its words, its name first, and does what a file says. */
static void set_up(void)
{
	static const char *const hooks[] = { "prestart", "create-runtime", "create-container",
		"poststart", "poststop" };

	snprintf(place, sizeof(place), "%s", unit_new_directory());
	ck_assert_int_eq(mkdir(at("hooks"), 0700), 0);
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		char name[64];

		snprintf(name, sizeof(name), "hooks/lifecycle-%s", hooks[i]);
		put(name, "", 0700);
	}
	ck_assert_int_eq(mkdir(at("b"), 0700), 0);
	put("b/config.json", "{}", 0600);
	put("do", "", 0600);
	put("runc",
		"#!/bin/sh\nprintf '<%s>' \"$0\" \"$@\"\necho\n"
		". $D/do\n",
		0700);
	ck_assert_int_eq(setenv("OCI_LIFECYCLE_ROOT", at("store"), 1), 0);
}

/* ---- a run ---- */

static void redirect(int fd, const char *path, int flags)
{
	int file = open(path, flags, 0600);

	if (file < 0 || dup2(file, fd) < 0)
		_exit(100);
}

static int run_words(char **argv, int argc, const char *output)
{
	int status;
	pid_t pid = __real_fork();

	if (pid == 0) {
		redirect(STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC);
		redirect(STDERR_FILENO, at("err"), O_WRONLY | O_CREAT | O_TRUNC);
		if (chdir(at("b")) < 0)
			_exit(100);
		if (no_stdin)
			(void)close(STDIN_FILENO);
		_exit(lifecycle_runtime_main(argc, argv));
	}
	ck_assert_int_eq(__real_waitpid(pid, &status, 0), pid);
	strcpy(said[0], get("out"));
	strcpy(said[1], get("err"));
	return status;
}

/* With the words of a line, as waitpid() has it. */
static int run_raw(const char *line, const char *output)
{
	char *text = filled(line), *rest = text, *argv[MOST_WORDS + 1] = { NULL };
	int argc = 0, status;

	while (rest != NULL && argc < MOST_WORDS)
		argv[argc++] = strsep(&rest, " ");
	status = run_words(argv, argc, output);
	free(text);
	return status;
}

#define OURS "x --lifecycle-runtime $D/runc --lifecycle-hooks $D/hooks "

static int run(const char *line)
{
	int status = run_raw(line, at("out"));

	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void check_text(const char *text, const char *expected)
{
	char *whole = filled(expected);

	ck_assert_str_eq(text, whole);
	free(whole);
}

/* Each of the words is there, or each is not. */
static void check_in(const char *text, bool is_there, const char *words)
{
	char *whole = filled(words), *rest = whole, *word;

	while ((word = strsep(&rest, " ")) != NULL)
		ck_assert_msg((strstr(text, word) != NULL) == is_there, "'%s' in: %s", word, text);
	free(whole);
}

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

/* ---- what is handed on ---- */

static const struct {
	const char *line;
	const char *out;
} lines[] = {
	{ OURS "state c1", "<$D/runc><state><c1>\n" },
	{ OURS "--root /r create -b . c1", "<$D/runc><--root></r><create><-b><.><c1>\n" },
	{ OURS "start c1", "<$D/runc><start><c1>\n" },
	{ OURS "run --detach c1", "<$D/runc><run><--detach><c1>\n" },
	{ OURS "restore c1", "<$D/runc><restore><c1>\n" },
	{ OURS "restore -d c1", "<$D/runc><restore><-d><c1>\n" },
	{ OURS "--help x", "<$D/runc><--help><x>\n" },
	{ OURS "--helps", "<$D/runc><--helps>\n" },
	{ OURS "--version", "<$D/runc><--version>\n" },
	{ OURS "exec --help", "<$D/runc><exec><--help>\n" },
	{ "x --lifecycle-runtime $D/runc", "<$D/runc>\n" },
};

START_TEST(test_handed_on)
{
	ck_assert_int_eq(run(lines[_i].line), 0);
	check_text(said[0], lines[_i].out);
	ck_assert_str_eq(said[1], "");
}
END_TEST

static const char *const commands[] = { "state c1", "create c1", "start c1", "run c1", "restore c1",
	"restore -d c1" };

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

START_TEST(test_status)
{
	char line[256];

	snprintf(line, sizeof(line), OURS "%s", commands[_i]);
	put("do", "exit 7", 0600);
	ck_assert_int_eq(run(line), 7);
	put("do", "kill -9 $$", 0600);
	ck_assert_int_eq(WTERMSIG(run_raw(line, at("out"))), 9);
	ck_assert_str_eq(said[1], "");
	/* one that is there, and cannot be run */
	put("runc", "#!/none", 0700);
	ck_assert_int_eq(run(line), 1);
	check_text(said[1],
		"lifecycle-runtime: cannot run the real runtime '$D/runc': No such file or "
		"directory\n");
}
END_TEST

/* Not even its own name; and the runtime is the one in PATH. */
START_TEST(test_no_words)
{
	char *none[] = { NULL, NULL };

	ck_assert_int_eq(setenv("PATH", place, 1), 0);
	put("runc", "#!/bin/sh\nprintf '<%s>' \"$0\" \"$@\"\n", 0700);
	ck_assert_int_eq(run_words(none, 0, at("out")), 0);
	check_text(said[0], "<$D/runc>");
	ck_assert_int_eq(run("x state"), 0);
	check_text(said[0], "<$D/runc><state>");
	ck_assert_int_eq(run("x --lifecycle-runtime runc state"), 0);
	check_text(said[0], "<$D/runc><state>");
}
END_TEST

/* ---- what is ours ---- */

static const struct {
	const char *line;
	const char *begin;
} words[] = {
	{ "x --help", "usage: lifecycle-runtime " },
	{ "x --lifecycle-help create c1", "usage: lifecycle-runtime " },
	{ "x --lifecycle-version", "lifecycle-runtime " PACKAGE_VERSION "\n" },
};

START_TEST(test_words)
{
	ck_assert_int_eq(run(words[_i].line), 0);
	ck_assert_int_eq(strncmp(said[0], words[_i].begin, strlen(words[_i].begin)), 0);
	ck_assert_str_eq(said[1], "");
	ck_assert_int_eq(run_raw(words[_i].line, "/dev/full"), 1 << 8);
}
END_TEST

static const struct {
	const char *line;
	int status;
	const char *err;
} wrong[] = {
	{ OURS "--lifecycle-no create c1", 2, "'--lifecycle-no': unknown option" },
	{ OURS "--lifecycle-root r create c1", 2, "'r' is not an absolute path" },
	{ OURS "--lifecycle-hooks h create c1", 2, "'h' is not an absolute path" },
	{ OURS "--lifecycle-exit-dir e create c1", 2, "'e' is not an absolute path" },
	{ "x --lifecycle-runtime $D/none state", 1,
		"cannot run the real runtime '$D/none': No such file or directory" },
	{ "x --lifecycle-runtime $D/do state", 1,
		"cannot run the real runtime '$D/do': Permission denied" },
	{ "x --lifecycle-runtime /proc/self/exe state", 1,
		"the real runtime '/proc/self/exe' is lifecycle-runtime itself" },
	{ "x state", 1, "cannot run the real runtime 'runc': No such file or directory" },
};

/* Nothing is run, and the log has it, too. */
START_TEST(test_wrong)
{
	char expected[512], line[512];

	ck_assert_int_eq(setenv("PATH", "/nowhere", 1), 0);
	snprintf(expected, sizeof(expected), "lifecycle-runtime: %s\n", wrong[_i].err);
	ck_assert_int_eq(run(wrong[_i].line), wrong[_i].status);
	check_text(said[1], expected);
	ck_assert_str_eq(said[0], "");
	ck_assert_str_eq(get("b/config.json"), "{}");
	snprintf(line, sizeof(line), "x --log $D/log %s", wrong[_i].line + 2);
	ck_assert_int_eq(run(line), wrong[_i].status);
	check_in(get("log"), true, "level=error lifecycle-runtime:");
}
END_TEST

/* ---- the store ---- */

static const struct {
	const char *option, *variable; /* NULL: none */
	const char *root;              /* of the hooks; NULL: that of every hook */
	bool warned;
} roots[] = {
	{ NULL, "$D/store", "$D/store", false },
	{ "$D/other", "$D/store", "$D/other", false },
	{ NULL, NULL, NULL, false },
	{ NULL, "", NULL, false },
	{ NULL, "relative", NULL, true },
	{ NULL, "r", NULL, true },
};

START_TEST(test_root)
{
	char *variable = roots[_i].variable != NULL ? filled(roots[_i].variable) : NULL;
	char line[256], expected[256], *usual;

	ck_assert_int_eq(lifecycle_default_root(&usual, NULL), 0);
	(void)unsetenv("OCI_LIFECYCLE_ROOT");
	if (variable != NULL)
		(void)setenv("OCI_LIFECYCLE_ROOT", variable, 1);
	snprintf(line, sizeof(line), OURS "%s%s%srun c1",
		roots[_i].option != NULL ? "--lifecycle-root " : "",
		roots[_i].option != NULL ? roots[_i].option : "",
		roots[_i].option != NULL ? " " : "");
	ck_assert_int_eq(run(line), 0);
	snprintf(expected, sizeof(expected), "\"--root\",\"%s\"]",
		roots[_i].root != NULL ? roots[_i].root : usual);
	check_in(get("b/config.json"), true, expected);
	snprintf(expected, sizeof(expected),
		"lifecycle-runtime: OCI_LIFECYCLE_ROOT '%s' is not an absolute path, and ignored\n",
		roots[_i].variable);
	ck_assert_str_eq(said[1], roots[_i].warned ? expected : "");
	free(usual);
	free(variable);
}
END_TEST

/* The hooks look for it themselves, later. */
START_TEST(test_no_usual_root)
{
	(void)unsetenv("OCI_LIFECYCLE_ROOT");
	no_usual_root = true;
	ck_assert_int_eq(run(OURS "create c1"), 0);
	ck_assert_str_eq(said[1], "lifecycle-runtime: nothing is recorded: out of memory\n");
	check_in(get("b/config.json"), true, "lifecycle-create-runtime");
	check_in(get("b/config.json"), false, "--root");
	no_usual_root = false;
}
END_TEST

/* ---- hooks ---- */

static const struct {
	const char *line;
	const char *in;   /* config.json, one after the other; NULL: it is as it was */
	const char *none; /* in it; NULL: nothing to look for */
	const char *err;
} hooked[] = {
	{ "create c1", "createRuntime poststart poststop $D/hooks/ \"timeout\":10", "--exit-dir",
		"" },
	{ "create --bundle $D/b c1", "poststop", NULL, "" },
	{ "run c1", "createRuntime poststart poststop", "timeout", "" },
	{ "restore c1", "createRuntime poststart poststop", "timeout", "" },
	{ "restore -d c1", "createRuntime poststart poststop", "timeout", "" },
	{ "--lifecycle-exit-dir /e run c1", "\"--exit-dir\",\"/e\"", NULL, "" },
	{ "--lifecycle-annotation k run c1", "\"--annotation\",\"k\"", "name-annotation", "" },
	{ "--lifecycle-name-annotation k run c1", "\"--name-annotation\",\"k\"", NULL, "" },
	{ "start c1", NULL, NULL, "" },
	{ "state c1", NULL, NULL, "" },
	{ "create -f $D/b/config.json c1", NULL, NULL,
		"no hooks are added: only a bundle's config.json is known" },
	{ "run -b $D/none c1", NULL, NULL,
		"no hooks are added to '$D/none/config.json': cannot open the bundle: No such "
		"file or directory" },
	{ "run c1 c2", NULL, NULL,
		"nothing is recorded, no hooks are added: the command line is not understood" },
	{ "--lifecycle-hooks $D/none run c1", NULL, NULL,
		"no hooks are added: '$D/none/lifecycle-prestart' cannot be run" },
};

START_TEST(test_hooks)
{
	char line[256], expected[256] = "";

	snprintf(line, sizeof(line), OURS "%s", hooked[_i].line);
	if (hooked[_i].err[0] != '\0')
		snprintf(expected, sizeof(expected), "lifecycle-runtime: %s\n", hooked[_i].err);
	ck_assert_int_eq(run(line), 0);
	check_text(said[1], expected);
	if (hooked[_i].in == NULL)
		ck_assert_str_eq(get("b/config.json"), "{}");
	else
		check_in(get("b/config.json"), true, hooked[_i].in);
	if (hooked[_i].none != NULL)
		check_in(get("b/config.json"), false, hooked[_i].none);
}
END_TEST

START_TEST(test_hooks_that_cannot_be_added)
{
	put("b/config.json", "[]", 0600);
	ck_assert_int_eq(run(OURS "run c1"), 0);
	ck_assert_str_eq(said[1], "lifecycle-runtime: no hooks are added to './config.json': it is "
				  "not a JSON object\n");
	ck_assert_str_eq(get("b/config.json"), "[]");
}
END_TEST

START_TEST(test_wrap)
{
	put("b/config.json", "{\"hooks\":{\"poststop\":[{\"path\":\"/x\"}]}}", 0600);
	ck_assert_int_eq(run(OURS "--lifecycle-wrap run c1"), 0);
	check_in(get("b/config.json"), true, "\"--\",\"/x\"");
}
END_TEST

/* ---- the record ---- */

/* Of a command that succeeds, after a fifth of a second, and of whose process a file tells. */
static struct lifecycle_record *recorded(const char *line)
{
	char text[128];
	struct lifecycle_record *record;

	snprintf(text, sizeof(text), "sleep 0.2; echo %d >$D/pid", (int)getpid());
	put("do", text, 0600);
	ck_assert_int_eq(run(line), 0);
	ck_assert_str_eq(said[1], "");
	record = load();
	ck_assert_ptr_nonnull(record);
	ck_assert_uint_eq(lifecycle_record_error_count(record), 0);
	return record;
}

START_TEST(test_create)
{
	int64_t before = lifecycle_time_now();
	struct lifecycle_record *record = recorded(OURS "create --pid-file $D/pid c1");
	const struct lifecycle_generation *generation = lifecycle_record_current(record);

	ck_assert_int_eq(generation->status, LIFECYCLE_STATUS_CREATED);
	ck_assert_int_eq(generation->pid, getpid());
	ck_assert_int_ge(generation->created_at, before);
	ck_assert_int_le(generation->created_at, lifecycle_time_now());
	lifecycle_record_free(record);
	/* and started */
	put("do", "sleep 0.2", 0600);
	before = lifecycle_time_now();
	ck_assert_int_eq(run(OURS "start c1"), 0);
	record = load();
	generation = lifecycle_record_current(record);
	ck_assert_int_eq(generation->started_at_source, LIFECYCLE_SOURCE_RUNTIME);
	ck_assert_int_ge(generation->started_at, before + 200 * MILLISECOND);
	ck_assert_int_le(generation->started_at, lifecycle_time_now());
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_restore)
{
	struct lifecycle_record *record = recorded(OURS "restore -d --pid-file $D/pid c1");

	ck_assert_int_eq(lifecycle_record_current(record)->pid, getpid());
	ck_assert_int_eq(
		lifecycle_record_current(record)->started_at_source, LIFECYCLE_SOURCE_RUNTIME);
	lifecycle_record_free(record);
}
END_TEST

static const struct {
	const char *text; /* of the file; NULL: there is none */
	int64_t pid;      /* -1: unknown */
} pids[] = {
	{ NULL, -1 },
	{ "", -1 },
	{ "x", -1 },
	{ "0", -1 },
	{ "-1", -1 },
	{ "1", 1 },
	{ "1x", 1 },
	{ " 1\n", 1 },
};

START_TEST(test_pid)
{
	struct lifecycle_record *record;

	if (pids[_i].text != NULL)
		put("pid", pids[_i].text, 0600);
	ck_assert_int_eq(run(_i % 2 == 0 ? OURS "create --pid-file $D/pid c1"
					 : OURS "create --pid-file=$D/pid c1"),
		0);
	record = load();
	ck_assert_int_eq(lifecycle_record_current(record)->pid,
		pids[_i].pid >= 0 ? pids[_i].pid : LIFECYCLE_UNKNOWN);
	lifecycle_record_free(record);
	/* a start has no such file */
	ck_assert_int_eq(run(OURS "start c1"), 0);
}
END_TEST

/* In its own words, and not in those of the command before. */
START_TEST(test_failure)
{
	const char *lines_of[] = { OURS "--log $D/log create --pid-file $D/pid c1",
		OURS "--log $D/log restore -d --pid-file $D/pid c1" };
	struct lifecycle_record *record;
	const struct lifecycle_failure *failure;

	put("log", "before\n", 0600);
	put("pid", "1", 0600);
	put("do", "echo its own words >>$D/log; exit 3", 0600);
	ck_assert_int_eq(run(lines_of[_i]), 3);
	record = load();
	ck_assert_uint_eq(lifecycle_record_error_count(record), 1);
	failure = lifecycle_record_error(record, 0);
	ck_assert_str_eq(failure->message, "its own words");
	ck_assert_int_eq(failure->exit_code, 3);
	ck_assert_int_eq(lifecycle_record_current(record)->create_error, true);
	ck_assert_int_eq(lifecycle_record_current(record)->pid, LIFECYCLE_UNKNOWN);
	lifecycle_record_free(record);
	put("do", "exit 4", 0600);
	ck_assert_int_eq(run(lines_of[_i]), 4);
	record = load();
	failure = lifecycle_record_error(record, lifecycle_record_error_count(record) - 1);
	ck_assert_str_eq(failure->message, "the runtime exited with 4");
	lifecycle_record_free(record);
}
END_TEST

/* Docker's, at create, of the bundle's own config.json; at start nobody looks. */
START_TEST(test_name)
{
	const char *const lines_of[] = { OURS "create c1", OURS "create -b $D/b c1",
		OURS "create -f config.json c1", OURS "restore -d c1", OURS "create c1" };
	struct lifecycle_record *record;

	ck_assert_int_eq(mkdir(at("c1"), 0700), 0);
	put("c1/config.v2.json", _i < 4 ? "{\"ID\":\"c1\",\"Name\":\"/web\"}" : "{}", 0600);
	put("b/config.json",
		"{\"mounts\":[{\"destination\":\"/etc/hostname\",\"source\":\"$D/c1/hostname\"}]}",
		0600);
	ck_assert_int_eq(run(lines_of[_i]), 0);
	record = load();
	ck_assert_pstr_eq(lifecycle_record_name(record), _i == 2 || _i == 4 ? NULL : "web");
	lifecycle_record_free(record);
	put("c1/config.v2.json", "{\"ID\":\"c1\",\"Name\":\"/later\"}", 0600);
	ck_assert_int_eq(run(OURS "start c1"), 0);
	record = load();
	ck_assert_pstr_eq(lifecycle_record_name(record), _i == 2 || _i == 4 ? NULL : "web");
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_no_bundle)
{
	struct lifecycle_record *record;

	ck_assert_int_eq(unlink(at("b/config.json")), 0);
	ck_assert_int_eq(run(OURS "create c1"), 0);
	record = load();
	ck_assert_ptr_null(lifecycle_record_name(record));
	lifecycle_record_free(record);
}
END_TEST

static const char *const no_ids[] = { "../c1", ".c1", "c/1" };

/* The runtime refuses it, or does not. */
START_TEST(test_no_id)
{
	char line[256];

	snprintf(line, sizeof(line), OURS "create %s", no_ids[_i]);
	ck_assert_int_eq(run(line), 0);
	ck_assert_str_eq(said[1], "");
	ck_assert_int_lt(access(at("store"), F_OK), 0);
	ck_assert_int_lt(access(at("c1"), F_OK), 0);
}
END_TEST

/* Neither is looked for where nothing of ours is to be done. */
START_TEST(test_not_recorded)
{
	char line[256];

	for (int i = 0; i < COUNT(commands); i++) {
		bool ours = strcmp(commands[i], "create c1") == 0 ||
			    strcmp(commands[i], "start c1") == 0 ||
			    strcmp(commands[i], "restore -d c1") == 0;

		snprintf(line, sizeof(line), OURS "--lifecycle-root /dev/null/store %s",
			commands[i]);
		put("do", "exit 5", 0600);
		ck_assert_int_eq(run(line), 5);
		check_text(said[1], ours ? "lifecycle-runtime: 'c1' is not recorded: the store "
					   "'/dev/null/store' cannot be opened: Not a directory\n"
					 : "");
	}
}
END_TEST

/* Without a process of its own the runtime takes our place; how one ended that cannot be waited for is not known. */
START_TEST(test_refused)
{
	put("do", "exit 5", 0600);
	no_fork = true;
	ck_assert_int_eq(run(OURS "create c1"), 5);
	ck_assert_str_eq(said[1], "");
	ck_assert_int_lt(access(at("store"), F_OK), 0);
	no_fork = false;
	no_wait = true;
	ck_assert_int_eq(run(OURS "create c1"), 1);
	check_text(
		said[1], "lifecycle-runtime: how the real runtime '$D/runc' ended is not known\n");
	ck_assert_int_lt(access(at("store"), F_OK), 0);
}
END_TEST

/* What was closed stays closed, to the runtime. */
START_TEST(test_closed)
{
	char line[256];

	snprintf(line, sizeof(line), OURS "%s", commands[_i]);
	put("do", "test ! -e /proc/self/fd/0", 0600);
	no_stdin = true;
	ck_assert_int_eq(run(line), 0);
}
END_TEST

static const char *const signals[] = { "SigBlk:.0000000000000200",
	"SigIgn:.............[02468ace]..." };

/* What was blocked stays blocked, and SIGPIPE is not ignored. No shell: it has its own way with signals. */
START_TEST(test_signals)
{
	char line[256], real[128];
	sigset_t blocked;

	snprintf(real, sizeof(real), "#!/usr/bin/env -S grep -qs ^%s /proc/self/status --\n",
		signals[_i % 2]);
	put("runc", real, 0700);
	snprintf(line, sizeof(line), OURS "%s", commands[_i / 2]);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGUSR1);
	(void)sigprocmask(SIG_SETMASK, &blocked, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(run(line), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("lifecycle_runtime");
	TCase *tcase = tcase_create("lifecycle_runtime");

	(void)unit_directory();
	tcase_set_timeout(tcase, 10);
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_handed_on, 0, COUNT(lines));
	tcase_add_loop_test(tcase, test_status, 0, COUNT(commands));
	tcase_add_test(tcase, test_no_words);
	tcase_add_loop_test(tcase, test_words, 0, COUNT(words));
	tcase_add_loop_test(tcase, test_wrong, 0, COUNT(wrong));
	tcase_add_loop_test(tcase, test_root, 0, COUNT(roots));
	tcase_add_test(tcase, test_no_usual_root);
	tcase_add_loop_test(tcase, test_hooks, 0, COUNT(hooked));
	tcase_add_test(tcase, test_hooks_that_cannot_be_added);
	tcase_add_test(tcase, test_wrap);
	tcase_add_test(tcase, test_create);
	tcase_add_test(tcase, test_restore);
	tcase_add_loop_test(tcase, test_pid, 0, COUNT(pids));
	tcase_add_loop_test(tcase, test_failure, 0, 2);
	tcase_add_loop_test(tcase, test_name, 0, 5);
	tcase_add_test(tcase, test_no_bundle);
	tcase_add_loop_test(tcase, test_no_id, 0, COUNT(no_ids));
	tcase_add_test(tcase, test_not_recorded);
	tcase_add_test(tcase, test_refused);
	tcase_add_loop_test(tcase, test_closed, 0, COUNT(commands));
	tcase_add_loop_test(tcase, test_signals, 0, 2 * COUNT(commands));
	suite_add_tcase(suite, tcase);
	return suite;
}
