/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a process is paused: fopen() opens the files of a case. */
#include "records/freezer.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define MOST_FILES   3

#define PROCESS "/proc/42/cgroup"
#define V1      "/sys/fs/cgroup/freezer"
#define V2      "/sys/fs/cgroup"

static const struct {
	int state;
	struct {
		const char *path;
		const char *text;
	} files[MOST_FILES];
} cases[] = {
	/* the process is gone; it is in no group; the group is gone */
	{ -1, { { NULL, NULL } } },
	{ -1, { { PROCESS, "" } } },
	{ -1, { { PROCESS, "0::/pod\n" } } },
	/* version 2 */
	{ 0, { { PROCESS, "0::/pod\n" }, { V2 "/pod/cgroup.events", "populated 1\nfrozen 0\n" } } },
	{ 1, { { PROCESS, "0::/pod\n" }, { V2 "/pod/cgroup.events", "populated 1\nfrozen 1\n" } } },
	{ 1, { { PROCESS, "0::/pod\n" }, { V2 "/pod/cgroup.events", "frozen 1\npopulated 1\n" } } },
	{ 0, { { PROCESS, "0::/pod\n" }, { V2 "/pod/cgroup.events", "frozen 10\n" } } },
	{ 1, { { PROCESS, "0::/\n" }, { V2 "//cgroup.events", "frozen 1\n" } } },
	{ 1, { { PROCESS, "0::/a:b\n" }, { V2 "/a:b/cgroup.events", "frozen 1\n" } } },
	/* version 1, among other controllers */
	{ 0, { { PROCESS, "3:cpu:/x\n2:freezer:/pod\n" },
		     { V1 "/pod/freezer.state", "THAWED\n" } } },
	{ 1, { { PROCESS, "3:cpu:/x\n2:freezer:/pod\n" },
		     { V1 "/pod/freezer.state", "FROZEN\n" } } },
	{ 0, { { PROCESS, "2:freezer:/pod\n" }, { V1 "/pod/freezer.state", "FREEZING\n" } } },
	{ -1, { { PROCESS, "3:cpu:/pod\n" }, { V1 "/pod/freezer.state", "FROZEN\n" } } },
	/* both: one that says so is enough, whichever comes first */
	{ 1, { { PROCESS, "2:freezer:/pod\n0::/pod\n" }, { V1 "/pod/freezer.state", "FROZEN\n" },
		     { V2 "/pod/cgroup.events", "frozen 0\n" } } },
	{ 1, { { PROCESS, "2:freezer:/pod\n0::/pod\n" }, { V1 "/pod/freezer.state", "THAWED\n" },
		     { V2 "/pod/cgroup.events", "frozen 1\n" } } },
	{ 0, { { PROCESS, "2:freezer:/pod\n0::/pod\n" },
		     { V1 "/pod/freezer.state", "THAWED\n" } } },
	{ 0, { { PROCESS, "0::/pod\n2:freezer:/pod\n" },
		     { V2 "/pod/cgroup.events", "frozen 0\n" } } },
	/* what is no line of such a file */
	{ -1, { { PROCESS, "nothing\n" } } },
	{ -1, { { PROCESS, ":\n::\n" } } },
};

/* ---- the files ---- */

FILE *__wrap_fopen(const char *path, const char *mode);

static int current; /* case */
static int opened;

FILE *__wrap_fopen(const char *path, const char *mode)
{
	(void)mode;
	for (int i = 0; i < MOST_FILES && cases[current].files[i].path != NULL; i++) {
		const char *text = cases[current].files[i].text;

		if (strcmp(path, cases[current].files[i].path) != 0)
			continue;
		opened++;
		/* an empty one cannot be had by fmemopen() */
		return text[0] != '\0' ? fmemopen((void *)(uintptr_t)text, strlen(text), "r")
				       : tmpfile();
	}
	errno = ENOENT;
	return NULL;
}

START_TEST(test_case)
{
	current = _i;
	ck_assert_int_eq(freezer_look(42), cases[_i].state);
	ck_assert(opened > 0 || cases[_i].files[0].path == NULL);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("freezer");
	TCase *tcase = tcase_create("freezer");

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
