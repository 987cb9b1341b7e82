/* SPDX-License-Identifier: Apache-2.0 */
/* A hook's command line. */
#include "../../hooks/hook.h"
#include "../../hooks/options.h"
#include "unit.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

static const struct hook create_runtime = { "lifecycle-create-runtime",
	LIFECYCLE_POINT_CREATE_RUNTIME };
static const struct hook poststop = { "lifecycle-poststop", LIFECYCLE_POINT_POSTSTOP };

/* Until the next call: what is found points into it. */
static struct options parse(const struct hook *hook, const char *const *words)
{
	static char *argv[24];
	struct options options;
	int argc = 1;

	argv[0] = (char *)(uintptr_t)hook->name;
	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	argv[argc] = NULL;
	optind = 0;
	options_parse(hook, argc, argv, &options);
	return options;
}

static const struct {
	const char *words[16];
	const char *problem;
	const struct hook *hook; /* NULL: createRuntime */
} wrong[] = {
	{ { "--root", "a" }, "'a' is not an absolute path", NULL },
	{ { "--root" }, "'--root' needs a value", NULL },
	{ { "--no-such" }, "'--no-such' is not an option", NULL },
	{ { "-x" }, "'-x' is not an option", NULL },
	{ { "--strict=1" }, "'--strict=1' is not an option", NULL },
	{ { "--timeout", "0" }, "'0' is not a timeout", NULL },
	{ { "--timeout", "x" }, "'x' is not a timeout", NULL },
	{ { "--timeout", "-1" }, "'-1' is not a timeout", NULL },
	{ { "--timeout", "3600.1" }, "'3600.1' is not a timeout", NULL },
	{ { "--timeout", "99999h" }, "'99999h' is not a timeout", NULL },
	{ { "--index", "" }, "'' is not an index", NULL },
	{ { "--index", "1x" }, "'1x' is not an index", NULL },
	{ { "--index", "-1" }, "'-1' is not an index", NULL },
	{ { "--index", "1234567" }, "'1234567' is not an index", NULL },
	{ { "word" }, "'word' is not expected", NULL },
	{ { "--strict", "/bin/true" }, "'/bin/true' is not expected", NULL },
	{ { "--" }, "'' is not an absolute path of a command", NULL },
	{ { "--", "true" }, "'true' is not an absolute path of a command", NULL },
	{ { "--argv0", "x" }, "'--argv0 x' without a command", NULL },
	{ { "--retention", "x" }, "'x' is not a length of time", &poststop },
	{ { "--exit-dir", "x" }, "'x' is not an absolute path", &poststop },
	{ { "--retention", "1h" }, "'--retention' is not an option", NULL },
	{ { "--remove" }, "'--remove' is not an option", NULL },
	{ { "--exit-dir", "/x" }, "'--exit-dir' is not an option", NULL },
};

START_TEST(test_wrong)
{
	const struct options options =
		parse(wrong[_i].hook != NULL ? wrong[_i].hook : &create_runtime, wrong[_i].words);

	ck_assert_str_eq(options.problem, wrong[_i].problem);
	ck_assert_int_ne(options.request, REQUEST_HOOK);
	ck_assert_int_ne(options.request, REQUEST_HELP);
	ck_assert_int_ne(options.request, REQUEST_VERSION);
}
END_TEST

START_TEST(test_nothing)
{
	static const char *const words[] = { NULL };
	const struct options options = parse(&create_runtime, words);

	ck_assert_int_eq(options.request, REQUEST_HOOK);
	ck_assert_ptr_null(options.root);
	ck_assert_ptr_null(options.command);
	ck_assert_ptr_null(options.argv0);
	ck_assert_ptr_null(options.exit_dir);
	ck_assert_ptr_null(options.annotations[0]);
	ck_assert_ptr_null(options.name_annotations[0]);
	ck_assert(!options.strict && !options.remove);
	ck_assert_int_eq(options.timeout_ns, 2 * SECOND);
	ck_assert_int_eq(options.index, LIFECYCLE_UNKNOWN);
}
END_TEST

START_TEST(test_each)
{
	static const char *const words[] = { "--root", "/r", "--timeout", "500ms", "--strict",
		"--annotation", "a", "--annotation", "b", "--name-annotation", "n", "--argv0", "z",
		"--index=123456", "--", "/bin/true", "--strict", "-x", NULL };
	const struct options options = parse(&create_runtime, words);

	ck_assert_int_eq(options.request, REQUEST_HOOK);
	ck_assert_str_eq(options.root, "/r");
	ck_assert_int_eq(options.timeout_ns, SECOND / 2);
	ck_assert(options.strict);
	ck_assert_str_eq(options.annotations[0], "a");
	ck_assert_str_eq(options.annotations[1], "b");
	ck_assert_ptr_null(options.annotations[2]);
	ck_assert_str_eq(options.name_annotations[0], "n");
	ck_assert_ptr_null(options.name_annotations[1]);
	ck_assert_str_eq(options.argv0, "z");
	ck_assert_int_eq(options.index, 123456);
	ck_assert_str_eq(options.command[0], "/bin/true");
	ck_assert_str_eq(options.command[1], "--strict");
	ck_assert_str_eq(options.command[2], "-x");
	ck_assert_ptr_null(options.command[3]);
}
END_TEST

START_TEST(test_of_poststop)
{
	static const char *const words[] = { "--remove", "--exit-dir", "/e", "--retention", "0",
		"--index", "0", NULL };
	const struct options options = parse(&poststop, words);

	ck_assert_int_eq(options.request, REQUEST_HOOK);
	ck_assert(options.remove);
	ck_assert_str_eq(options.exit_dir, "/e");
	ck_assert_int_eq(options.retention_ns, 0);
	ck_assert_int_eq(options.index, 0);
}
END_TEST

START_TEST(test_longest_timeout)
{
	static const char *const words[] = { "--timeout", "1h", NULL };

	ck_assert_int_eq(parse(&create_runtime, words).timeout_ns, 3600 * SECOND);
}
END_TEST

/* What a program is called is no option. */
START_TEST(test_dashes_for_a_name)
{
	static const struct hook dashes = { "--", LIFECYCLE_POINT_POSTSTOP };
	static const char *const words[] = { "/bin/true", NULL };

	ck_assert_str_eq(parse(&dashes, words).problem, "'/bin/true' is not expected");
}
END_TEST

/* One line each, and no other. */
START_TEST(test_help)
{
	static const char *const all[] = { "--root DIR", "--timeout SECONDS", "--strict ",
		"--name-annotation KEY", "--annotation KEY", "--exit-dir DIR", "--retention TIME",
		"--remove ", "--argv0 NAME", "--index N", "--help ", "--version " };
	const struct hook *hook = _i == 0 ? &poststop : &create_runtime;
	char *text = NULL, *rest, *line;
	size_t length, count = 0;
	FILE *out = open_memstream(&text, &length);

	options_print_help(hook, out);
	fclose(out);
	rest = strstr(text, "\n\n") + 2;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		if (_i == 1 && count == 5)
			count += 3; /* poststop's */
		ck_assert_uint_lt(count, sizeof(all) / sizeof(all[0]));
		ck_assert_int_eq(strncmp(line, "  ", 2), 0);
		ck_assert_msg(strncmp(line + 2, all[count], strlen(all[count])) == 0, "%s", line);
		count++;
	}
	ck_assert_uint_eq(count, sizeof(all) / sizeof(all[0]));
	free(text);
}
END_TEST

START_TEST(test_requests)
{
	static const char *const help[] = { "--help", "--no-such", NULL };
	static const char *const version[] = { "--strict", "--version", NULL };

	ck_assert_int_eq(parse(&create_runtime, help).request, REQUEST_HELP);
	ck_assert_int_eq(parse(&create_runtime, version).request, REQUEST_VERSION);
}
END_TEST

/* As many as there is room for, and one more. */
START_TEST(test_many_annotations)
{
	const char *words[19] = { NULL };
	struct options options;

	for (int i = 0; i < 18; i++)
		words[i] = i % 2 == 0 ? "--annotation" : "k";
	options = parse(&create_runtime, words);
	ck_assert_str_eq(options.problem, "more than eight annotations, at 'k'");
	words[16] = NULL;
	options = parse(&create_runtime, words);
	ck_assert_int_eq(options.request, REQUEST_HOOK);
	ck_assert_ptr_nonnull(options.annotations[7]);
	ck_assert_ptr_null(options.annotations[8]);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("options");

	tcase_add_loop_test(tcase, test_wrong, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tcase, test_nothing);
	tcase_add_test(tcase, test_each);
	tcase_add_test(tcase, test_of_poststop);
	tcase_add_test(tcase, test_longest_timeout);
	tcase_add_test(tcase, test_dashes_for_a_name);
	tcase_add_loop_test(tcase, test_help, 0, 2);
	tcase_add_test(tcase, test_requests);
	tcase_add_test(tcase, test_many_annotations);
	suite_add_tcase(suite, tcase);
	return suite;
}
