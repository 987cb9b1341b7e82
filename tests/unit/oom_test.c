/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of both versions of control groups, and a file of each. */
#include "libstate.h"
#include "unit.h"
#include "watch/oom.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *text;
	int64_t count; /* LIFECYCLE_UNKNOWN: there is none */
} texts[] = {
	{ "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n", 2 },
	{ "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", 1 },
	{ "oom_kill 0\n", 0 },
	{ "oom_kill_disable 0\nunder_oom 0\n", LIFECYCLE_UNKNOWN },
	{ "low 0\nhigh 0\nmax 0\noom 0\n", LIFECYCLE_UNKNOWN },
	{ "not_oom_kill 5\n", LIFECYCLE_UNKNOWN },
	{ "", LIFECYCLE_UNKNOWN },
};

START_TEST(test_parse)
{
	int64_t count = LIFECYCLE_UNKNOWN;

	ck_assert_int_eq(oom_parse(texts[_i].text, &count), texts[_i].count != LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(count, texts[_i].count);
}
END_TEST

#define HYBRID "12:cpu,cpuacct:/a\n9:memory:/docker/c1\n1:name=systemd:/b\n0::/c\n"

static const struct {
	const char *cgroups;
	bool unified;
	const char *path;
} paths[] = {
	{ "0::/system.slice/c1.scope\n", true, "/system.slice/c1.scope/memory.events" },
	{ "0::/\n", true, "//memory.events" },
	{ "0::/a:b\n", true, "/a:b/memory.events" },
	{ HYBRID, false, "/docker/c1/memory.oom_control" },
	{ HYBRID, true, "/c/memory.events" },
	{ "3:cpu,memory:/x\n", false, "/x/memory.oom_control" },
	{ "3:memory,cpu:/x\n", false, "/x/memory.oom_control" },
	{ "3:memory2,cpu:/memory\n", false, NULL },
	{ "0::/../other\n", true, NULL }, /* outside what is mounted here */
	{ "0::/x\n", false, NULL },
	{ "nonsense\n", true, NULL },
	{ "", false, NULL },
};

START_TEST(test_path)
{
	char *path = oom_path(paths[_i].cgroups, paths[_i].unified);

	if (paths[_i].path == NULL)
		ck_assert_ptr_null(path);
	else
		ck_assert_str_eq(path, paths[_i].path);
	free(path);
}
END_TEST

/* As the file of a control group of version 2 would be, held open from before the kill. */
START_TEST(test_count)
{
	static const char before[] = "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n";
	static const char after[] = "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n";
	char path[128];
	int writer;
	int fd;

	snprintf(path, sizeof(path), "%s/memory.events", unit_directory());
	writer = open(path, O_WRONLY | O_CREAT, 0600);
	fd = open(path, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(oom_count(fd), LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(write(writer, before, strlen(before)), (ssize_t)strlen(before));
	ck_assert_int_eq(oom_count(fd), 0);
	ck_assert_int_eq(pwrite(writer, after, strlen(after), 0), (ssize_t)strlen(after));
	ck_assert_int_eq(oom_count(fd), 1);
	close(writer);
	close(fd);
	ck_assert_int_eq(oom_count(fd), LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(oom_count(-1), LIFECYCLE_UNKNOWN);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("oom");
	TCase *tcase = tcase_create("oom");

	unit_directory();
	tcase_add_loop_test(tcase, test_parse, 0, COUNT(texts));
	tcase_add_loop_test(tcase, test_path, 0, COUNT(paths));
	tcase_add_test(tcase, test_count);
	suite_add_tcase(suite, tcase);
	return suite;
}
