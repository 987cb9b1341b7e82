/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/args.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 32

/* A command line in one string; `words` point into it. */
struct line {
	char text[512];
	char *words[MAX_WORDS + 1];
};

/* With words behind the NULL, or none: nobody is to look there. */
static struct line *split_before(const char *behind, const char *text)
{
	struct line *line = calloc(1, sizeof(*line));
	size_t count = 0;
	char *rest = strcpy(line->text, text), *word;

	while ((word = strsep(&rest, " ")) && count < MAX_WORDS)
		line->words[count++] = word;
	for (count++; count < MAX_WORDS; count++)
		line->words[count] = (char *)(uintptr_t)behind;
	return line;
}

static struct line *split(const char *text)
{
	return split_before("run", text);
}

static void join(char **words, char *text)
{
	*text = '\0';
	for (; *words; words++) {
		strcat(text, *words);
		if (words[1])
			strcat(text, " ");
	}
}

static const struct {
	const char *line;
	enum runtime_command command;
	const char *bundle, *id, *log, *pid_file;
} lines[] = {
	/* what engines say: docker and containerd, conmon, podman, CRI-O */
	{ "x --root /r --log /l --log-format json create --bundle /b --pid-file /p ID",
		RUNTIME_CREATE, "/b", "ID", "/l", "/p" },
	{ "x --root /r --log /l --log-format json start ID", RUNTIME_START, NULL, "ID", "/l",
		NULL },
	{ "x --root /r --log /l --log-format json --systemd-cgroup delete --force ID",
		RUNTIME_OTHER, NULL, NULL, "/l", NULL },
	{ "x create --bundle /b --pid-file /p ID", RUNTIME_CREATE, "/b", "ID", NULL, "/p" },
	{ "x --log-format=json --log=/l start ID", RUNTIME_START, NULL, "ID", "/l", NULL },
	{ "x --root=/r --cgroup-manager=cgroupfs run -d -b /b ID", RUNTIME_RUN, "/b", "ID", NULL,
		NULL },
	/* crun's ways to say where its log goes */
	{ "x --log=file:/l --log-format=json create ID", RUNTIME_CREATE, NULL, "ID", "/l", NULL },
	{ "x --log=journald:/l create ID", RUNTIME_CREATE, NULL, "ID", NULL, NULL },
	{ "x --log syslog:l create ID", RUNTIME_CREATE, NULL, "ID", NULL, NULL },
	{ "x --log files create ID", RUNTIME_CREATE, NULL, "ID", "files", NULL },
	/* runsc's and kata's */
	{ "x -root /r -log=/l -platform ptrace -ignore-cgroups create -bundle /b -pid-file=/p ID",
		RUNTIME_CREATE, "/b", "ID", "/l", "/p" },
	{ "x --debug-log /d --network none --file-access=shared run --bundle=/b ID", RUNTIME_RUN,
		"/b", "ID", NULL, NULL },
	/* an option that takes a value in one runtime and none in the other */
	{ "x --rootless auto create ID", RUNTIME_CREATE, NULL, "ID", NULL, NULL },
	{ "x --rootless create ID", RUNTIME_CREATE, NULL, "ID", NULL, NULL },
	/* the value of a known one is no command */
	{ "x --root run --log start -l create delete ID", RUNTIME_OTHER, NULL, NULL, "create",
		NULL },
	{ "x --root create create --bundle run start", RUNTIME_CREATE, "run", "start", NULL, NULL },
	/* options that nobody has heard of */
	{ "x --new create -b /b ID", RUNTIME_CREATE, "/b", "ID", NULL, NULL },
	{ "x --new value create -b /b ID", RUNTIME_CREATE, "/b", "ID", NULL, NULL },
	{ "x --new=create start ID", RUNTIME_START, NULL, "ID", NULL, NULL },
	{ "x --new create start", RUNTIME_CREATE, NULL, "start", NULL, NULL },
	{ "x --new create --bundle start ID", RUNTIME_CREATE, "start", "ID", NULL, NULL },
	{ "x --new create --other v ID", RUNTIME_UNCLEAR, NULL, "v", NULL, NULL },
	/* two ways to read it */
	{ "x --new run create --bundle /b ID", RUNTIME_UNCLEAR, NULL, "create", NULL, NULL },
	{ "x --new create --debug start ID", RUNTIME_UNCLEAR, NULL, "start", NULL, NULL },
	/* no known command: what comes after it is its own */
	{ "x frobnicate create ID", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x exec ID create start", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x --new value frobnicate run ID", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x -- create -- ID", RUNTIME_CREATE, NULL, "ID", NULL, NULL },
	{ "x create -- -b", RUNTIME_CREATE, NULL, "-b", NULL, NULL },
	/* crun would take the current directory's, and runc and youki /b */
	{ "x create ID --bundle /b", RUNTIME_UNCLEAR, NULL, "ID", NULL, NULL },
	{ "x create ID1 ID2", RUNTIME_UNCLEAR, NULL, "ID1", NULL, NULL },
	{ "x start ID --new", RUNTIME_UNCLEAR, NULL, "ID", NULL, NULL },
	/* nothing is done */
	{ "x create --help", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x create --help ID", RUNTIME_OTHER, NULL, "ID", NULL, NULL },
	{ "x run -h", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x run -d? ID", RUNTIME_OTHER, NULL, "ID", NULL, NULL },
	{ "x create --usag --bundle /b ID", RUNTIME_OTHER, "/b", "ID", NULL, NULL },
	{ "x restore -b /b -V", RUNTIME_OTHER, "/b", NULL, NULL, NULL },
	{ "x --help create ID", RUNTIME_OTHER, NULL, "ID", NULL, NULL },
	{ "x -v create ID", RUNTIME_OTHER, NULL, "ID", NULL, NULL },
	/* youki's short ones */
	{ "x create -b /b -p /p -c /s ID", RUNTIME_CREATE, "/b", "ID", NULL, "/p" },
	/* to runc and youki /b, to crun =/b, and undle=/b */
	{ "x create -b=/b ID", RUNTIME_UNCLEAR, NULL, "ID", NULL, NULL },
	{ "x create -bundle=/b ID", RUNTIME_UNCLEAR, NULL, "ID", NULL, NULL },
	{ "x run -bundle -d ID", RUNTIME_UNCLEAR, NULL, "ID", NULL, NULL },
	{ "x run -f=/f ID", RUNTIME_UNCLEAR, NULL, "ID", NULL, NULL },
	{ "x create --console-socket create --preserve-fds 3 ID", RUNTIME_CREATE, NULL, "ID", NULL,
		NULL },
	/* getopt's: short ones in one word, the beginning of a long one */
	{ "x create -b/b ID", RUNTIME_CREATE, "/b", "ID", NULL, NULL },
	{ "x create -b/a=b ID", RUNTIME_CREATE, "/a=b", "ID", NULL, NULL },
	{ "x run -db /b ID", RUNTIME_RUN, "/b", "ID", NULL, NULL },
	{ "x run -db/b ID", RUNTIME_RUN, "/b", "ID", NULL, NULL },
	{ "x run -d ID", RUNTIME_RUN, NULL, "ID", NULL, NULL },
	{ "x create --bund=/b --pid /p ID", RUNTIME_CREATE, "/b", "ID", NULL, "/p" },
	{ "x create --bu /b ID", RUNTIME_CREATE, "/b", "ID", NULL, NULL },
	{ "x create --bundles /b ID", RUNTIME_UNCLEAR, NULL, "/b", NULL, NULL },
	/* runc's newer options, and crun's `--pid` is --pid-file all the same */
	{ "x create --pidfd-socket /s -b /b ID", RUNTIME_CREATE, "/b", "ID", NULL, NULL },
	/* with no value there is none */
	{ "x create -db", RUNTIME_UNCLEAR, NULL, NULL, NULL, NULL },
	{ "x create ID -b", RUNTIME_UNCLEAR, NULL, "ID", NULL, NULL },
	/* a checkpoint, as containerd and conmon have it restored, and all that runc can be told */
	{ "x --root /r --log /l --log-format json restore --image-path /i --work-path /w "
	  "--no-pivot --detach --bundle /b --pid-file /p ID",
		RUNTIME_RESTORE, "/b", "ID", "/l", "/p" },
	{ "x restore --manage-cgroups-mode soft --empty-ns network --lsm-profile t:n "
	  "--lsm-mount-context c --tcp-established --console-socket /s -d -b /b ID",
		RUNTIME_RESTORE, "/b", "ID", NULL, NULL },
	{ "x checkpoint --image-path restore ID", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x create", RUNTIME_UNCLEAR, NULL, NULL, NULL, NULL },
	{ "x create --bundle", RUNTIME_UNCLEAR, NULL, NULL, NULL, NULL },
	{ "x start", RUNTIME_UNCLEAR, NULL, NULL, NULL, NULL },
	{ "x --log", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x --log /l", RUNTIME_OTHER, NULL, NULL, "/l", NULL },
	{ "x --new create", RUNTIME_UNCLEAR, NULL, NULL, NULL, NULL },
	{ "x --version", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x - create ID", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
	{ "x", RUNTIME_OTHER, NULL, NULL, NULL, NULL },
};

START_TEST(a_line_is_read_and_left_as_it_is)
{
	size_t i = (size_t)_i / 2;
	struct line *line = split_before(_i % 2 == 0 ? NULL : "run", lines[i].line);
	struct runtime_args args;
	const char *why, *word;
	char text[512];

	ck_assert(runtime_args_read(line->words, &args, &why, &word) == 0);
	ck_assert_int_eq(args.command, lines[i].command);
	ck_assert_pstr_eq(args.local.bundle, lines[i].bundle);
	ck_assert_pstr_eq(args.local.id, lines[i].id);
	ck_assert_pstr_eq(args.log, lines[i].log);
	ck_assert_pstr_eq(args.local.pid_file, lines[i].pid_file);
	join(line->words, text);
	ck_assert_str_eq(text, lines[i].line);
	free(line);
}
END_TEST

static const struct {
	const char *line;
	bool detach, unclear;
	const char *config;
} locals[] = {
	{ "x restore ID", false, false, NULL },
	{ "x restore --detach ID", true, false, NULL },
	{ "x restore -detach=true ID", true, false, NULL },
	{ "x restore --detach=false ID", false, false, NULL },
	{ "x restore -db /b ID", true, false, NULL },
	{ "x restore --det ID", true, false, NULL },
	{ "x create -f/c ID", false, false, "/c" },
	{ "x create --confi=c ID", false, false, "c" },
	/* --config or --console-socket: getopt takes neither */
	{ "x create --con c ID", false, true, NULL },
	/* crun has no such option, and nobody else takes its beginning */
	{ "x create --user-lo c ID", false, true, NULL },
	/* what is not known does with the rest nobody knows what */
	{ "x create -xb/b ID", false, true, NULL },
	{ "x create -xf ID", false, true, NULL },
	{ "x create -xy ID", false, true, NULL },
	{ "x create --xb ID", false, true, NULL },
};

START_TEST(what_follows_the_command_is_read)
{
	struct line *line = split(locals[_i].line);
	struct runtime_args args;
	const char *why, *word;

	ck_assert(runtime_args_read(line->words, &args, &why, &word) == 0);
	ck_assert_int_eq(args.local.detach, locals[_i].detach);
	ck_assert_int_eq(args.local.unclear, locals[_i].unclear);
	ck_assert_pstr_eq(args.local.config, locals[_i].config);
	free(line);
}
END_TEST

START_TEST(our_options_are_taken_out)
{
	struct line *line =
		split("x --lifecycle-runtime crun --log /l --lifecycle-root=/r --lifecycle-wrap "
		      "--lifecycle-hooks /h --lifecycle-exit-dir /e create --lifecycle-wrap "
		      "--bundle /b ID");
	struct runtime_args args;
	const char *why, *word;
	char text[512];

	ck_assert(runtime_args_read(line->words, &args, &why, &word) == 0);
	ck_assert_str_eq(args.runtime, "crun");
	ck_assert_str_eq(args.root, "/r");
	ck_assert_str_eq(args.hooks_dir, "/h");
	ck_assert_str_eq(args.exit_dir, "/e");
	ck_assert(args.wrap && !args.help && !args.version);
	join(line->words, text);
	/* after the command it is not ours to take, and no runtime takes it */
	ck_assert_int_eq(args.command, RUNTIME_UNCLEAR);
	ck_assert_str_eq(text, "x --log /l create --lifecycle-wrap --bundle /b ID");
	free(line);
}
END_TEST

START_TEST(keys_of_annotations_are_kept_in_their_order)
{
	struct line *line = split("x --lifecycle-annotation a --lifecycle-name-annotation=n "
				  "--lifecycle-annotation b create ID");
	struct runtime_args args;
	const char *why, *word;

	ck_assert(runtime_args_read(line->words, &args, &why, &word) == 0);
	ck_assert_str_eq(args.annotations[0], "a");
	ck_assert_str_eq(args.annotations[1], "b");
	ck_assert_ptr_null(args.annotations[2]);
	ck_assert_str_eq(args.name_annotations[0], "n");
	ck_assert_ptr_null(args.name_annotations[1]);
	free(line);
}
END_TEST

START_TEST(our_options_are_never_a_value_of_another)
{
	struct line *line = split("x --new --lifecycle-root /r create ID");
	struct runtime_args args;
	const char *why, *word;

	ck_assert(runtime_args_read(line->words, &args, &why, &word) == 0);
	ck_assert_str_eq(args.root, "/r");
	ck_assert_int_eq(args.command, RUNTIME_CREATE);
	free(line);
}
END_TEST

#define EIGHT(option)                                                                              \
	option "1 " option "2 " option "3 " option "4 " option "5 " option "6 " option "7 " option \
	       "8 "

static const struct {
	const char *line, *word, *log;
} wrong[] = {
	{ "x --lifecycle-nothing create ID", "--lifecycle-nothing", NULL },
	{ "x --lifecycle-root", "--lifecycle-root", NULL },
	{ "x --lifecycle-root=", "--lifecycle-root=", NULL },
	{ "x --lifecycle-wrap=yes create ID", "--lifecycle-wrap=yes", NULL },
	{ "x --lifecycle- create ID", "--lifecycle-", NULL },
	{ "x --lifecycle-rot /r --log /l create ID", "--lifecycle-rot", "/l" },
	{ "x --lifecycle-annotation", "--lifecycle-annotation", NULL },
	{ "x --lifecycle-annotation= create ID", "--lifecycle-annotation=", NULL },
	{ "x " EIGHT("--lifecycle-annotation=") "--lifecycle-annotation=9 create ID",
		"--lifecycle-annotation=9", NULL },
};

START_TEST(a_wrong_option_of_ours_is_told)
{
	struct line *line = split(wrong[_i].line);
	struct runtime_args args;
	const char *why = NULL, *word = NULL;

	ck_assert(runtime_args_read(line->words, &args, &why, &word) == -1);
	ck_assert_ptr_nonnull(why);
	ck_assert_str_eq(word, wrong[_i].word);
	ck_assert_pstr_eq(args.log, wrong[_i].log);
	free(line);
}
END_TEST

START_TEST(no_words_at_all_are_no_command)
{
	char *words[] = { NULL };
	struct runtime_args args;
	const char *why, *word;

	ck_assert(runtime_args_read(words, &args, &why, &word) == 0);
	ck_assert_int_eq(args.command, RUNTIME_OTHER);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("runtime_args");
	TCase *tests = tcase_create("runtime_args");

	tcase_add_loop_test(tests, a_line_is_read_and_left_as_it_is, 0, 2 * COUNT(lines));
	tcase_add_loop_test(tests, what_follows_the_command_is_read, 0, COUNT(locals));
	tcase_add_test(tests, our_options_are_taken_out);
	tcase_add_test(tests, keys_of_annotations_are_kept_in_their_order);
	tcase_add_test(tests, our_options_are_never_a_value_of_another);
	tcase_add_loop_test(tests, a_wrong_option_of_ours_is_told, 0, COUNT(wrong));
	tcase_add_test(tests, no_words_at_all_are_no_command);
	suite_add_tcase(suite, tests);
	return suite;
}
