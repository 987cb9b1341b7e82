/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/containerd_config.h"
#include "query/doctor/docker_config.h"
#include "query/doctor/entry.h"
#include "query/doctor/podman_help.h"
#include "query/doctor/report.h"
#include "query/doctor/toml.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- TOML ---- */

static const char toml_text_of_all[] = "version = 2 # of the file\n"
				       "imports = [\"/a\", '/b', # \"/c\"\n"
				       "  \"/d]\",\n]\n"
				       "#commented = \"out\"\n"
				       "  [plugins.\"a.b\".c] \n"
				       "\tkey.with.dots = 'sin\\gle'\n"
				       "\"quoted key\"=\"dou\\\"ble\"\n"
				       "[[array.of.tables]]\n"
				       "last = true";

static const struct {
	const char *table;
	const char *key;
	const char *value; /* as it is written */
	const char *text;  /* NULL for what is no text */
} toml_keys[] = {
	{ "", "version", "2 # of the file", NULL },
	{ "plugins/a.b/c", "key/with/dots", "'sin\\gle'", "sin\\gle" },
	{ "plugins/a.b/c", "quoted key", "\"dou\\\"ble\"", "dou\"ble" },
	{ "array/of/tables", "last", "true", NULL },
};

START_TEST(test_toml_key)
{
	struct toml toml;
	char text[64] = "unchanged";

	ck_assert(toml_find(&toml, toml_text_of_all, toml_keys[_i].table, toml_keys[_i].key));
	ck_assert_uint_eq(toml.length, strlen(toml_keys[_i].value));
	ck_assert_int_eq(strncmp(toml.value, toml_keys[_i].value, toml.length), 0);
	ck_assert(toml_text(&toml, text, sizeof(text)) == (toml_keys[_i].text != NULL));
	if (toml_keys[_i].text != NULL)
		ck_assert_str_eq(text, toml_keys[_i].text);
}
END_TEST

START_TEST(test_toml_absent)
{
	struct toml toml;

	ck_assert(!toml_find(&toml, toml_text_of_all, "", "commented"));
	ck_assert(!toml_find(&toml, toml_text_of_all, "plugins/a.b", "key/with/dots"));
	ck_assert(!toml_find(&toml, "", NULL, "key"));
}
END_TEST

START_TEST(test_toml_table)
{
	struct toml toml;

	ck_assert(toml_find(&toml, toml_text_of_all, "plugins/a.b/c", ""));
	ck_assert_int_eq(strncmp(toml.line, "  [plugins", 10), 0);
}
END_TEST

START_TEST(test_toml_texts)
{
	struct toml toml;
	struct lifecycle_strings texts;

	ck_assert(toml_find(&toml, toml_text_of_all, "", "imports"));
	ck_assert_int_eq(toml_texts(&toml, &texts, NULL), 0);
	ck_assert_uint_eq(texts.count, 3);
	ck_assert_str_eq(texts.items[0], "/a");
	ck_assert_str_eq(texts.items[1], "/b");
	ck_assert_str_eq(texts.items[2], "/d]");
	lifecycle_strings_free(&texts);
}
END_TEST

/* As CRI-O prints what is as it is by default. */
START_TEST(test_toml_uncommented)
{
	char *text =
		toml_uncommented("# Path to hooks = \n[crio]\n# hooks_dir = [\n# \t\"/a\",\n# ]\n\n"
				 "#\n  # inside\nlast = \"/b\"\n");
	struct lifecycle_strings texts;
	struct toml toml;

	ck_assert(toml_find(&toml, text, "crio", "hooks_dir"));
	ck_assert_int_eq(toml_texts(&toml, &texts, NULL), 0);
	ck_assert_uint_eq(texts.count, 1);
	ck_assert_str_eq(texts.items[0], "/a");
	lifecycle_strings_free(&texts);
	ck_assert(toml_find(&toml, text, "crio", "last"));
	free(text);
}
END_TEST

static const char *const toml_garbage[] = { "", "\n\n", "[", "[a", "[a.", "[\"a]\n", "=", "a",
	"a.\nb", "a = [", "a = [\"b", "a = \"b\n\"", "[[\n", "[]", "\"", "a = '", "a = \"\\", "#",
	"[a]\nb = [1,\n[2,\n" };

/* It ends, and reads no byte that is not there: which sanitizers see. */
START_TEST(test_toml_garbage)
{
	struct toml toml;
	char *copy = strdup(toml_garbage[_i]), text[4];
	struct lifecycle_strings texts;
	int rounds = 0;

	toml_begin(&toml, copy);
	while (toml_next(&toml)) {
		(void)toml_text(&toml, text, sizeof(text));
		ck_assert_int_eq(toml_texts(&toml, &texts, NULL), 0);
		lifecycle_strings_free(&texts);
		ck_assert_int_lt(rounds++, 10);
	}
	free(copy);
}
END_TEST

/* ---- entries ---- */

#define ENTRY(path, arguments, when, stages)                                                       \
	"{\"version\":\"1.0.0\",\"hook\":{\"path\":\"" path "\",\"args\":[" arguments              \
	"]},\"when\":{" when "},\"stages\":[" stages "]}"

START_TEST(test_entry)
{
	struct entry entry;

	ck_assert_int_eq(entry_parse(ENTRY("/h/lifecycle-poststart", "\"x\",\"--root\",\"/r\"",
					     "\"always\":true", "\"poststart\",\"other\""),
				 &entry, NULL),
		0);
	ck_assert_str_eq(entry.program, "/h/lifecycle-poststart");
	ck_assert_str_eq(entry.root, "/r");
	ck_assert(entry.is_always);
	for (size_t i = 0; i < ENTRY_POINTS; i++)
		ck_assert(entry_is_ours(&entry, i) ==
			  (strcmp(entry_points[i].point, "poststart") == 0));
	entry_free(&entry);
}
END_TEST

/* Another point than its own, another program, an option of the command that ours runs. */
START_TEST(test_entry_of_others)
{
	static const char *const texts[] = {
		ENTRY("/h/lifecycle-poststart", "", "\"always\":true", "\"poststop\""),
		ENTRY("/h/other", "", "\"always\":true", "\"poststart\""),
		ENTRY("lifecycle-poststart", "", "", "\"poststart\""),
		"{}",
		"{\"hook\":[],\"stages\":{},\"when\":1}",
	};
	struct entry entry;

	for (int i = 0; i < COUNT(texts); i++) {
		ck_assert_int_eq(entry_parse(texts[i], &entry, NULL), 0);
		for (size_t point = 0; point < ENTRY_POINTS; point++)
			ck_assert(!entry_is_ours(&entry, point));
		entry_free(&entry);
	}
	ck_assert_int_eq(
		entry_parse(ENTRY("/h/lifecycle-poststart", "\"x\",\"--\",\"/c\",\"--root\",\"/r\"",
				    "", "\"poststart\""),
			&entry, NULL),
		0);
	ck_assert_ptr_null(entry.root);
	ck_assert(!entry.is_always);
	entry_free(&entry);
}
END_TEST

START_TEST(test_bad_entry)
{
	static const char *const texts[] = { "", "[]", "{", "{}{}", "null" };
	struct lifecycle_error error;
	struct entry entry;

	for (int i = 0; i < COUNT(texts); i++)
		ck_assert_int_eq(entry_parse(texts[i], &entry, &error), -1);
}
END_TEST

/* ---- podman ---- */

START_TEST(test_podman_help)
{
	char *text = unit_data("doctor/podman-4.3.help", NULL);
	struct lifecycle_strings directories;

	ck_assert_int_eq(podman_help_directories(text, &directories, NULL), 0);
	ck_assert_uint_eq(directories.count, 1);
	ck_assert_str_eq(directories.items[0], "/usr/share/containers/oci/hooks.d");
	lifecycle_strings_free(&directories);
	free(text);
	ck_assert_int_eq(podman_help_directories("  --hooks-dir stringArray  x (default [/a,/b])\n",
				 &directories, NULL),
		0);
	ck_assert_uint_eq(directories.count, 2);
	ck_assert_str_eq(directories.items[1], "/b");
	lifecycle_strings_free(&directories);
}
END_TEST

START_TEST(test_podman_help_without)
{
	static const char *const texts[] = { "",
		"--hooks-dir strings  x\n  --other (default [/a])\n",
		"--hooks-dir=x (default [/a])" };
	struct lifecycle_strings directories;
	struct lifecycle_error error;

	for (int i = 0; i < COUNT(texts); i++)
		ck_assert_int_eq(podman_help_directories(texts[i], &directories, &error), -1);
}
END_TEST

/* ---- Docker ---- */

START_TEST(test_docker)
{
	static const char text[] =
		"{\"default-runtime\":\"a\",\"runtimes\":{\"a\":{\"path\":\"/p\",\"runtimeArgs\":"
		"[\"--lifecycle-wrap\",\"--lifecycle-runtime=crun\",\"--lifecycle-root\",\"/r\"]},"
		"\"shim\":{\"runtimeType\":\"io.containerd.kata.v2\"},\"b\":{\"path\":\"/q\"}}}";
	struct docker_config config;

	ck_assert_int_eq(docker_config_read(text, &config, NULL), 0);
	ck_assert_str_eq(config.default_runtime, "a");
	ck_assert_uint_eq(config.count, 2);
	ck_assert_str_eq(config.runtimes[0].path, "/p");
	ck_assert_str_eq(config.runtimes[0].real, "crun");
	ck_assert_str_eq(config.runtimes[0].root, "/r");
	ck_assert_str_eq(config.runtimes[1].name, "b");
	ck_assert_ptr_null(config.runtimes[1].real);
	docker_config_free(&config);
}
END_TEST

static const struct {
	const char *text;
	bool is_more_than_one;
} bad_docker[] = { { "{", false }, { "{}{}", true }, { "x", false } };

START_TEST(test_bad_docker)
{
	struct docker_config config;
	struct lifecycle_error error;

	ck_assert_int_eq(docker_config_read(bad_docker[_i].text, &config, &error), -1);
	ck_assert(config.is_more_than_one == bad_docker[_i].is_more_than_one);
	docker_config_free(&config);
}
END_TEST

/* ---- containerd ---- */

static const struct {
	const char *file;
	bool is_two;
} dumps[] = { { "doctor/containerd-1.6.toml", false }, { "doctor/containerd-2.1.toml", true } };

START_TEST(test_containerd)
{
	char *text = unit_data(dumps[_i].file, NULL);
	struct containerd_runtime runtime;
	struct containerd_config config;

	ck_assert_int_eq(containerd_config_read(text, &config, NULL), 0);
	ck_assert(config.is_two == dumps[_i].is_two);
	ck_assert(config.has_cri);
	ck_assert_str_eq(config.default_runtime, "runc");
	ck_assert_uint_eq(config.imports.count, 0);
	ck_assert(containerd_config_runtime(&config, 0, &runtime));
	ck_assert_str_eq(runtime.name, "runc");
	ck_assert_str_eq(runtime.type, "io.containerd.runc.v2");
	ck_assert_str_eq(runtime.binary, "");
	ck_assert(runtime.has_systemd_cgroup && !runtime.systemd_cgroup);
	ck_assert(!containerd_config_runtime(&config, 1, &runtime));
	containerd_config_free(&config);
	free(text);
}
END_TEST

static const char *const disabled[] = { "cri", "io.containerd.grpc.v1.cri",
	"io.containerd.cri.v1.runtime" };

START_TEST(test_containerd_disabled)
{
	struct containerd_config config;
	char text[512];

	snprintf(text, sizeof(text),
		"version = 2\ndisabled_plugins = [\"%s\"]\n"
		"[plugins.\"io.containerd.grpc.v1.cri\".containerd]\ndefault_runtime_name = "
		"\"runc\"\n",
		disabled[_i]);
	ck_assert_int_eq(containerd_config_read(text, &config, NULL), 0);
	ck_assert(!config.has_cri);
	containerd_config_free(&config);
}
END_TEST

START_TEST(test_containerd_file)
{
	static const char text[] =
		"# one\nversion = 3\n\n[plugins.'io.containerd.cri.v1.runtime']\n  a = 1\n";

	ck_assert_int_eq(containerd_file_version(text, 2), 3);
	ck_assert_int_eq(containerd_file_version("# nothing\n", 2), 2);
	ck_assert_int_eq(containerd_file_version("root = \"/r\"\n", 2), 1);
	ck_assert(containerd_file_has_cri(text));
	ck_assert(!containerd_file_has_cri("[plugins.\"io.containerd.gc.v1.scheduler\"]\n"));
	ck_assert_uint_eq(
		containerd_file_line(text, "plugins/io.containerd.cri.v1.runtime", ""), 4);
	ck_assert_uint_eq(
		containerd_file_line(text, "plugins/io.containerd.cri.v1.runtime", "a"), 5);
	ck_assert_uint_eq(containerd_file_line(text, "plugins/cri", "a"), 0);
	ck_assert_str_eq(containerd_plugin(1), "cri");
	ck_assert_str_eq(containerd_plugin(4), "io.containerd.cri.v1.runtime");
}
END_TEST

/* ---- the report ---- */

START_TEST(test_report)
{
	struct report report = { .count = 0 };
	const char *const list[] = { "a", "b" };

	report_check(&report, REPORT_WRONG, "before", "any subject");
	report_begin(&report, "one");
	ck_assert(report_is_well(&report));
	report_check(&report, REPORT_NOTE, "check", "%d", 1);
	ck_assert(report_is_well(&report));
	report_check(&report, REPORT_UNKNOWN, "check", "%d", 2);
	ck_assert(!report_is_well(&report));
	report_cure(&report, "first");
	report_cure(&report, "%s", "second");
	ck_assert_str_eq(report.subjects[0].checks[1].cure, "first\nsecond\n");
	ck_assert_str_eq(report.subjects[0].checks[0].cure, "");
	ck_assert_str_eq(report_word(&report, "it's"), "'it'\\''s'");
	ck_assert_str_eq(report_joined(&report, list, 2, ", "), "a, b");
	ck_assert_str_eq(report_joined(&report, list, 0, ", "), "");
	report_free(&report);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("doctor");
	TCase *tests = tcase_create("doctor");

	tcase_add_loop_test(tests, test_toml_key, 0, COUNT(toml_keys));
	tcase_add_test(tests, test_toml_absent);
	tcase_add_test(tests, test_toml_table);
	tcase_add_test(tests, test_toml_texts);
	tcase_add_test(tests, test_toml_uncommented);
	tcase_add_loop_test(tests, test_toml_garbage, 0, COUNT(toml_garbage));
	tcase_add_test(tests, test_entry);
	tcase_add_test(tests, test_entry_of_others);
	tcase_add_test(tests, test_bad_entry);
	tcase_add_test(tests, test_podman_help);
	tcase_add_test(tests, test_podman_help_without);
	tcase_add_test(tests, test_docker);
	tcase_add_loop_test(tests, test_bad_docker, 0, COUNT(bad_docker));
	tcase_add_loop_test(tests, test_containerd, 0, COUNT(dumps));
	tcase_add_loop_test(tests, test_containerd_disabled, 0, COUNT(disabled));
	tcase_add_test(tests, test_containerd_file);
	tcase_add_test(tests, test_report);
	suite_add_tcase(suite, tests);
	return suite;
}
