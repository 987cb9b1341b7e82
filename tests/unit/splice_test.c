/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/splice.h"
#include "runtime/splice_name.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENV                                                                                        \
	"\"env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/"                \
	"bin\"],\"timeout\":10"
#define OWN(name) "{\"path\":\"/h/lifecycle-" name "\",\"args\":[\"lifecycle-" name "\"]," ENV "}"
#define CREATE    "\"createRuntime\":[" OWN("create-runtime") "]"
#define POSTSTART "\"poststart\":[" OWN("poststart") "]"
#define POSTSTOP  "\"poststop\":[" OWN("poststop") "]"
#define ALL       CREATE "," POSTSTART "," POSTSTOP
#define FOREIGN   "{\"path\":\"/x\",\"args\":[\"x\",\"1\"]}"

static const struct splice_plan plain = { .hooks_dir = "/h",
	.installed_dir = "/opt/",
	.limit = 10 },
				wrapping = { .hooks_dir = "/h", .limit = 10, .wrap = true };

/* What becomes of the text; NULL if nothing. free() it. */
static char *spliced(const char *text, const struct splice_plan *plan)
{
	const char *why = NULL;
	size_t length;
	char *result;

	ck_assert_msg(splice_hooks(text, strlen(text), plan, &result, &length, &why) == 0, "%s: %s",
		text, why);
	ck_assert(!result || strlen(result) == length);
	return result;
}

struct change {
	const char *before;
	const char *after; /* NULL: nothing changes */
};

static void check_change(const struct change *change, const struct splice_plan *plan)
{
	char *after = spliced(change->before, plan), *again;

	ck_assert_pstr_eq(after, change->after);
	if (after) {
		again = spliced(after, plan);
		ck_assert_msg(!again, "a second time: %s", again);
	}
	free(after);
}

static const struct change additions[] = {
	{ "{}", "{\"hooks\":{" ALL "}}" },
	{ " { } ", " {\"hooks\":{" ALL "} } " },
	{ "{\"a\":1\n}\n", "{\"a\":1,\"hooks\":{" ALL "}\n}\n" },
	{ "{\"hooks\":null,\"a\":1}", "{\"hooks\":{" ALL "},\"a\":1}" },
	{ "{\"hooks\":{},\"a\":1}", "{\"hooks\":{" ALL "},\"a\":1}" },
	{ "{\"hooks\": { \"other\": 1 } }", "{\"hooks\": { \"other\": 1," ALL " } }" },
	{ "{\"\\u0068ooks\":{}}", "{\"\\u0068ooks\":{" ALL "}}" },
	{ "{\"a\":{\"hooks\":{}},\"b\":\"\\\"hooks\\\":{}\"}",
		"{\"a\":{\"hooks\":{}},\"b\":\"\\\"hooks\\\":{}\",\"hooks\":{" ALL "}}" },
	{ "{\"hooks\":{\"poststop\":[],\"poststart\":null}}",
		"{\"hooks\":{\"poststop\":[" OWN("poststop") "],\"poststart\":[" OWN(
			"poststart") "]," CREATE "}}" },
	/* first in create and at the start, last at the end */
	{ "{\"hooks\":{\"createRuntime\":[" FOREIGN "],\"poststart\":[ " FOREIGN
	  " ],\"poststop\":[ " FOREIGN "\t]}}",
		"{\"hooks\":{\"createRuntime\":[" OWN(
			"create-runtime") "," FOREIGN
					  "],\"poststart\":[" OWN(
						  "poststart") ", " FOREIGN
							       " ],\"poststop\":[ " FOREIGN
							       "," OWN("poststop") "\t]}}" },
	/* a prestart of others comes before every createRuntime */
	{ "{\"hooks\":{\"prestart\":[" FOREIGN "]}}",
		"{\"hooks\":{\"prestart\":[" OWN("prestart") "," FOREIGN "]," ALL "}}" },
	{ "{\"hooks\":{\"prestart\":[],\"createContainer\":[" FOREIGN
	  "],\"startContainer\":[" FOREIGN "]}}",
		"{\"hooks\":{\"prestart\":[],\"createContainer\":[" FOREIGN
		"],\"startContainer\":[" FOREIGN "]," ALL "}}" },
	/* once only, in either directory of ours */
	{ "{\"hooks\":{\"createRuntime\":[" FOREIGN
	  ",{\"path\":\"/opt\\/lifecycle-create-runtime\"}]," POSTSTART "," POSTSTOP "}}",
		NULL },
	/* a hook is not ours because of its name, nor because of where it lies */
	{ "{\"hooks\":{\"createRuntime\":[{\"path\":\"/x/lifecycle-create-runtime\"}],"
	  "\"poststart\":[{\"path\":\"/h/x/lifecycle-poststart\"}],"
	  "\"poststop\":[{\"path\":\"/h/lifecycle-poststo\"}]}}",
		"{\"hooks\":{\"createRuntime\":[" OWN(
			"create-runtime") ",{\"path\":\"/x/lifecycle-create-runtime\"}],"
					  "\"poststart\":[" OWN(
						  "poststart") ",{\"path\":\"/h/x/"
							       "lifecycle-poststart\"}],"
							       "\"poststop\":[{\"path\":\"/h/"
							       "lifecycle-poststo\"}," OWN(
								       "poststop") "]}}" },
	/* whose annotations are there twice: parsers differ, but that is not ours to judge */
	{ "{\"annotations\":{\"a\":\"1\",\"a\":\"2\"},\"hooks\":{}}",
		"{\"annotations\":{\"a\":\"1\",\"a\":\"2\"},\"hooks\":{" ALL "}}" },
	/* one that runs another's, or is another, is not one that records for itself */
	{ "{\"hooks\":{\"poststop\":[{\"path\":\"/h/lifecycle-poststop\",\"args\":[\"a\",\"--\",\"/"
	  "x\"]},"
	  "{\"path\":\"/h/lifecycle-poststop-no\"}]," CREATE "," POSTSTART "}}",
		"{\"hooks\":{\"poststop\":[{\"path\":\"/h/"
		"lifecycle-poststop\",\"args\":[\"a\",\"--\",\"/x\"]},"
		"{\"path\":\"/h/lifecycle-poststop-no\"}," OWN("poststop") "]," CREATE "," POSTSTART
									   "}}" },
};

START_TEST(hooks_are_added)
{
	check_change(&additions[_i], &plain);
}
END_TEST

#define RUNS(name) "\"/h/lifecycle-" name "\""
/* The beginning of a wrapping hook's arguments. */
#define ARGS(name, index) "\"args\":[\"lifecycle-" name "\",\"--index\",\"" index "\","

static const struct change wraps[] = {
	/* docker's own */
	{ "{\"hooks\":{\"prestart\":[{\"path\":\"/proc/7/exe\",\"args\":[\"libnetwork-setkey\","
	  "\"-x\",\"id\"]}]," ALL "}}",
		"{\"hooks\":{\"prestart\":[{\"path\":" RUNS("prestart") "," ARGS(
			"prestart", "0") "\"--argv0\",\"libnetwork-setkey\",\"--\",\"/proc/7/"
					 "exe\",\"-x\",\"id\"]}]," ALL "}}" },
	/* the order of keys, white space, and what else a hook has */
	{ "{\"hooks\":{" ALL
	  ",\"createContainer\":[ { \"timeout\": 9 , \"args\" : [ \"a\" , \"\\u0062\" ] ,\n"
	  "\"env\":[\"A=1\"], \"path\" : \"\\/x\" } ]}}",
		"{\"hooks\":{" ALL ",\"createContainer\":[ { \"timeout\": 9 , \"args\" : "
		"[\"lifecycle-create-container\",\"--index\",\"0\","
		"\"--argv0\",\"a\",\"--\",\"\\/x\",\"\\u0062\"] ,\n\"env\":[\"A=1\"], \"path\" "
		": " RUNS("create-container") " } ]}}" },
	/* of a short time, ours is a quarter */
	{ "{\"hooks\":{" ALL
	  ",\"prestart\":[{\"timeout\":1,\"path\":\"/a\"},{\"path\":\"/b\",\"timeout\":8}]}}",
		"{\"hooks\":{" ALL ",\"prestart\":[{\"timeout\":1,\"path\":" RUNS(
			"prestart") ",\"args\":[\"lifecycle-prestart\",\"--timeout\",\"0.25\",\"--"
				    "index\",\"0\",\"--\",\"/a\"]},"
				    "{\"path\":" RUNS("prestart") "," ARGS(
					    "prestart", "1") "\"--\",\"/b\"],\"timeout\":8}]}}" },
	/* no arguments, in each way of having none */
	{ "{\"hooks\":{" ALL ",\"prestart\":[{\"path\":\"/a\"},{\"path\":\"/b\",\"args\":null},"
	  "{\"args\":[],\"path\":\"/c\"}]}}",
		"{\"hooks\":{" ALL ",\"prestart\":["
		"{\"path\":" RUNS("prestart") "," ARGS("prestart",
			"0") "\"--\",\"/a\"]},"
			     "{\"path\":" RUNS("prestart") "," ARGS("prestart",
				     "1") "\"--\",\"/b\"]},"
					  "{" ARGS("prestart", "2") "\"--\",\"/c\"],\"path\":" RUNS(
						  "prestart") "}]}}" },
	/* startContainer's would run in the container; a path that is not absolute is no command for a hook */
	{ "{\"hooks\":{" ALL ",\"startContainer\":[" FOREIGN
	  "],\"createContainer\":[{\"path\":\"x\"}]}}",
		NULL },
	/* ours beside theirs, and the place is the one that theirs had */
	{ "{\"hooks\":{" CREATE "," POSTSTART ",\"poststop\":[{\"path\":\"/x\"}]}}",
		"{\"hooks\":{" CREATE "," POSTSTART
		",\"poststop\":[{\"path\":" RUNS("poststop") "," ARGS(
			"poststop", "0") "\"--\",\"/x\"]}," OWN("poststop") "]}}" },
	{ "{\"hooks\":{\"createRuntime\":[{\"path\":\"/x\"},{\"path\":\"/x\"}]," POSTSTART
	  "," POSTSTOP "}}",
		"{\"hooks\":{\"createRuntime\":[" OWN("create-runtime") ",{\"path\":" RUNS(
			"create-runtime") "," ARGS("create-runtime",
			"0") "\"--\",\"/x\"]},{\"path\":" RUNS("create-runtime") "," ARGS("create-"
											  "runtime",
			"1") "\"--\",\"/x\"]}]," POSTSTART "," POSTSTOP "}}" },
	{ "{\"hooks\":{\"createRuntime\":[" OWN("create-runtime") ",{\"path\":\"/x\"}]," POSTSTART
								  "," POSTSTOP "}}",
		"{\"hooks\":{\"createRuntime\":[" OWN("create-runtime") ",{\"path\":" RUNS(
			"create-runtime") "," ARGS("create-runtime",
			"1") "\"--\",\"/x\"]}]," POSTSTART "," POSTSTOP "}}" },
};

/* lifecycle-watcher is not one of ours, and so another's */
static const struct change named_alike = { "{\"hooks\":{" ALL
					   ",\"prestart\":[{\"path\":\"/h/lifecycle-watcher\"},"
					   "{\"path\":\"/y/lifecycle-prestart\"}]}}",
	"{\"hooks\":{" ALL ",\"prestart\":[{\"path\":" RUNS("prestart") "," ARGS("prestart",
		"0") "\"--\",\"/h/lifecycle-watcher\"]},{\"path\":" RUNS("prestart") "," ARGS("pres"
											      "tar"
											      "t",
		"1") "\"--\",\"/y/lifecycle-prestart\"]}]}}" };

START_TEST(a_name_like_ours_makes_no_hook_ours)
{
	check_change(&named_alike, &wrapping);
}
END_TEST

START_TEST(foreign_hooks_are_wrapped)
{
	check_change(&wraps[_i], &wrapping);
}
END_TEST

START_TEST(the_store_is_passed_on)
{
	const struct splice_plan plan = {
		.hooks_dir = "/h\"\\", .root = "/r \"\x01\xc3\xa9", .wrap = true
	};
	char *after = spliced("{\"hooks\":{\"poststop\":[{\"path\":\"/x\"}]}}", &plan);

	ck_assert_ptr_nonnull(strstr(after,
		"[{\"path\":\"/h\\\"\\\\/lifecycle-poststop\",\"args\":[\"lifecycle-poststop\","
		"\"--root\",\"/r \\\"\\u0001\xc3\xa9\",\"--index\",\"0\",\"--\",\"/x\"]}"));
	ck_assert_ptr_nonnull(strstr(
		after, "[\"lifecycle-create-runtime\",\"--root\",\"/r \\\"\\u0001\xc3\xa9\"]"));
	free(after);
}
END_TEST

START_TEST(exit_files_are_poststops_matter)
{
	const struct splice_plan plan = { .hooks_dir = "/h", .exit_dir = "/e" };
	char *after = spliced("{}", &plan);

	ck_assert_ptr_nonnull(strstr(after, "[\"lifecycle-poststop\",\"--exit-dir\",\"/e\"]"));
	ck_assert_ptr_nonnull(strstr(after, "[\"lifecycle-poststart\"]"));
	free(after);
}
END_TEST

START_TEST(annotations_are_every_hooks_matter)
{
	static const char *const kept[] = { "a", "b\"", NULL }, *const names[] = { "n", NULL };
	const struct splice_plan plan = {
		.hooks_dir = "/h", .annotations = kept, .name_annotations = names, .wrap = true
	};
	const char *options =
		"\"--name-annotation\",\"n\",\"--annotation\",\"a\",\"--annotation\",\"b\\\"\"";
	char *after = spliced("{\"hooks\":{\"prestart\":[{\"path\":\"/x\"}]}}", &plan);
	size_t count = 0;

	for (const char *at = after; (at = strstr(at, options)) != NULL; at++)
		count++;
	ck_assert_uint_eq(count, 4);
	free(after);
}
END_TEST

START_TEST(without_a_limit_only_others_have_one)
{
	const struct splice_plan plan = { .hooks_dir = "/h" };
	char *after =
		spliced("{\"hooks\":{\"poststop\":[{\"path\":\"/x\",\"timeout\":5}]}}", &plan);
	const char *limit = strstr(after, "\"timeout\"");

	ck_assert_ptr_nonnull(limit);
	ck_assert(strncmp(limit, "\"timeout\":5}", strlen("\"timeout\":5}")) == 0);
	ck_assert_ptr_null(strstr(limit + 1, "\"timeout\""));
	free(after);
}
END_TEST

/* ---- no memory ---- */

FILE *__real_text_stream_open(char **ret_text, size_t *ret_size);
FILE *__wrap_text_stream_open(char **ret_text, size_t *ret_size);

static enum { MEMORY, NO_STREAM, FULL } memory;

FILE *__wrap_text_stream_open(char **ret_text, size_t *ret_size)
{
	if (memory == MEMORY)
		return __real_text_stream_open(ret_text, ret_size);
	return memory == FULL ? fopen("/dev/full", "we") : NULL;
}

START_TEST(memory_runs_out)
{
	char *text = NULL;
	const char *why = NULL;
	size_t length = 0;

	memory = _i == 0 ? NO_STREAM : FULL;
	ck_assert_int_eq(splice_hooks("{}", 2, &plain, &text, &length, &why), -1);
	ck_assert_str_eq(why, "out of memory");
	ck_assert(!text && length == 0);
	/* what is not understood is what is said */
	ck_assert_int_eq(splice_hooks("{]", 2, &plain, &text, &length, &why), -1);
	ck_assert_str_eq(why, memory == NO_STREAM ? "out of memory" : "it is not JSON");
}
END_TEST

static const char *const refused[] = {
	"",
	"[]",
	"\"hooks\"",
	"{\"hooks\":{}",
	"{} ]",
	"\xef\xbb\xbf{}",
	"{\"hooks\":{},\"hooks\":{}}",
	"{\"hooks\":{},\"Hooks\":{}}",
	"{\"HOOKS\":{}}",
	"{\"hoo\\u212as\":{}}",
	"{\"hooks\":[]}",
	"{\"hooks\":\"\"}",
	"{\"hooks\":{\"poststop\":[],\"poststop\":[]}}",
	"{\"hooks\":{\"postStop\":[]}}",
	"{\"hooks\":{\"startContainer\":[],\"startcontainer\":[]}}",
	"{\"hooks\":{\"startContainer\":{}}}",
	"{\"hooks\":{\"poststop\":{}}}",
	"{\"hooks\":{\"poststop\":[1]}}",
	"{\"hooks\":{\"poststop\":[null]}}",
	"{\"hooks\":{\"poststop\":[{}]}}",
	"{\"hooks\":{\"poststop\":[{\"path\":1}]}}",
	"{\"hooks\":{\"poststop\":[{\"path\":\"/a\",\"path\":\"/b\"}]}}",
	"{\"hooks\":{\"poststop\":[{\"Path\":\"/a\"}]}}",
	"{\"hooks\":{\"poststop\":[{\"path\":\"/a\",\"args\":{}}]}}",
	"{\"hooks\":{\"poststop\":[{\"path\":\"/a\",\"args\":[1]}]}}",
	"{\"hooks\":{\"poststop\":[{\"path\":\"/a\",\"timeout\":1,\"timeout\":2}]}}",
	"{\"hooks\":{\"poststop\":[{\"path\":\"/a\",\"args\":[],\"Args\":[]}]}}",
};

START_TEST(what_is_not_understood_is_refused)
{
	const struct splice_plan *plans[] = { &plain, &wrapping };

	for (int i = 0; i < 2; i++) {
		const char *why = NULL;
		char *text = NULL;
		size_t length = 0;

		ck_assert_msg(splice_hooks(refused[_i], strlen(refused[_i]), plans[i], &text,
				      &length, &why) == -1,
			"%s", refused[_i]);
		ck_assert(why && *why && !text && length == 0);
	}
}
END_TEST

START_TEST(all_of_our_hooks_are_named)
{
	size_t count = 0;

	while (splice_name_at(count))
		count++;
	ck_assert_uint_eq(count, 5);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("splice");
	TCase *tests = tcase_create("splice");

	tcase_add_loop_test(tests, hooks_are_added, 0, COUNT(additions));
	tcase_add_loop_test(tests, foreign_hooks_are_wrapped, 0, COUNT(wraps));
	tcase_add_test(tests, a_name_like_ours_makes_no_hook_ours);
	tcase_add_test(tests, the_store_is_passed_on);
	tcase_add_test(tests, annotations_are_every_hooks_matter);
	tcase_add_test(tests, without_a_limit_only_others_have_one);
	tcase_add_test(tests, exit_files_are_poststops_matter);
	tcase_add_loop_test(tests, what_is_not_understood_is_refused, 0, COUNT(refused));
	tcase_add_loop_test(tests, memory_runs_out, 0, 2);
	tcase_add_test(tests, all_of_our_hooks_are_named);
	suite_add_tcase(suite, tests);
	return suite;
}
