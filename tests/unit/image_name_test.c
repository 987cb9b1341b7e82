/* SPDX-License-Identifier: Apache-2.0 */
/* What images are called, by people, by skopeo, in a layout; and what skopeo says of a failure. */
#include "container/image_name.h"
#include "container/image_pull.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *reference;
	const char *name;
	const char *source;
} names[] = {
	{ "busybox", "docker.io/library/busybox:latest",
		"docker://docker.io/library/busybox:latest" },
	{ "docker://busybox", "docker.io/library/busybox:latest",
		"docker://docker.io/library/busybox:latest" },
	{ "busybox:1.36", "docker.io/library/busybox:1.36", NULL },
	{ "grafana/loki", "docker.io/grafana/loki:latest", NULL },
	{ "localhost/web", "localhost/web:latest", NULL },
	{ "localhosts/web", "docker.io/localhosts/web:latest", NULL },
	{ "quay.io/team/web", "quay.io/team/web:latest", NULL },
	{ "quay.io/team/web:1", "quay.io/team/web:1", "docker://quay.io/team/web:1" },
	{ "127.0.0.1:5000/web", "127.0.0.1:5000/web:latest", NULL },
	{ "host:5000/web:2", "host:5000/web:2", NULL },
	{ "web@sha256:00", "docker.io/library/web@sha256:00", NULL },
	{ "oci:/images:web", "oci:/images:web", "oci:/images:web" },
	{ "oci:images:web", "oci:/usr/images:web", NULL },
	{ "oci-archive:a.tar", "oci-archive:/usr/a.tar", NULL },
	{ "docker-archive:/b.tar:web:1", "docker-archive:/b.tar:web:1",
		"docker-archive:/b.tar:web:1" },
	{ "dir:../d", "dir:/usr/../d", NULL },
	{ "containers-storage:web", "containers-storage:web", "containers-storage:web" },
	{ "ocis:1", "docker.io/library/ocis:1", NULL },
};

START_TEST(one_name_for_each_spelling)
{
	char *name, *source;

	ck_assert_int_eq(chdir("/usr"), 0);
	ck_assert_int_eq(image_name_make(names[_i].reference, &name, NULL), 0);
	ck_assert_str_eq(name, names[_i].name);
	if (names[_i].source != NULL) {
		ck_assert_int_eq(image_name_source(name, &source, NULL), 0);
		ck_assert_str_eq(source, names[_i].source);
		free(source);
	}
	free(name);
}
END_TEST

START_TEST(a_name_has_a_length)
{
	char text[1200], *name;

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(image_name_make("", &name, NULL), -1);
	ck_assert_int_eq(image_name_make("docker://", &name, NULL), -1);
	ck_assert_int_eq(image_name_make(text, &name, NULL), -1);
	text[1024] = '\0';
	ck_assert_int_eq(image_name_make(text, &name, NULL), 0);
	free(name);
}
END_TEST

static char *tag_of(const char *name)
{
	char *tag;

	ck_assert_int_eq(image_name_tag(name, &tag, NULL), 0);
	return tag;
}

START_TEST(a_tag_is_no_path_and_each_name_has_another)
{
	static const char *const all[] = { "a/b", "a_b", "a_2fb", "a.b", "a-b", "a:b", "a__b",
		"A/b", "../../etc", "a/\xc3\xa4", "a/\xff" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char *one = tag_of(all[i]);

		ck_assert_uint_eq(strspn(one, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					      "0123456789_"),
			strlen(one));
		for (size_t j = 0; j < i; j++) {
			char *other = tag_of(all[j]);

			ck_assert_str_ne(one, other);
			free(other);
		}
		free(one);
	}
}
END_TEST

static const struct {
	const char *said;
	const char *words;
} failures[] = {
	{ "time=\"2026-01-01T00:00:00Z\" level=fatal msg=\"initializing source "
	  "docker://h:1/web:no: reading manifest "
	  "no in h:1/web: manifest unknown: manifest unknown\"\n",
		"reading manifest no in h:1/web: manifest unknown" },
	{ "time=\"x\" level=warning msg=\"first\"\ntime=\"x\" level=fatal msg=\"Error parsing "
	  "image name "
	  "\\\"docker://h:1/web:no\\\": no such host\"\n",
		"no such host" },
	{ "time=\"x\" level=fatal msg=\"Get \\\"https://h/v2/\\\": refused\"",
		"Get \"https://h/v2/\": refused" },
	{ "panic: something else\n\n", "panic: something else" },
	{ "time=\"x\" level=fatal msg=\"cut of", "cut of" },
	{ "a msg=\"ends with \\", "ends with \\" },
	{ "", "" },
	{ ": ", ": " },
};

START_TEST(what_skopeo_says_is_cut_down)
{
	char words[512];

	snprintf(words, sizeof(words), "%s", failures[_i].said);
	image_pull_shorten(words);
	ck_assert_str_eq(words, failures[_i].words);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("image_name");
	TCase *names_case = tcase_create("names");

	tcase_add_loop_test(
		names_case, one_name_for_each_spelling, 0, (int)(sizeof(names) / sizeof(names[0])));
	tcase_add_test(names_case, a_name_has_a_length);
	tcase_add_test(names_case, a_tag_is_no_path_and_each_name_has_another);
	tcase_add_loop_test(names_case, what_skopeo_says_is_cut_down, 0,
		(int)(sizeof(failures) / sizeof(failures[0])));
	suite_add_tcase(suite, names_case);
	return suite;
}
