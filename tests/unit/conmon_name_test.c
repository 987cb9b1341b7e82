/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/data/conmon.json: command lines of conmon, and what is to be understood of them. "cut" is how many bytes are read, if not
 * all. Real ancestors are looked for in tests/integration/query_names.bats.
 */
#include "conmon_name.h"
#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static json_t *cases;

/* As in /proc/PID/cmdline: each word ends with a NUL. */
static size_t write_command_line(json_t *argv, char buffer[CONMON_NAME_SIZE])
{
	size_t length = 0;
	size_t index;
	json_t *word;

	json_array_foreach(argv, index, word) {
		memcpy(buffer + length, json_string_value(word), json_string_length(word) + 1);
		length += json_string_length(word) + 1;
	}
	return length;
}

START_TEST(test_case)
{
	const json_t *one = json_array_get(cases, (size_t)_i);
	const json_t *cut = json_object_get(one, "cut");
	const char *expected = json_string_value(json_object_get(one, "name"));
	char buffer[CONMON_NAME_SIZE];
	size_t length = write_command_line(json_object_get(one, "argv"), buffer);
	char *text;
	const char *name;

	if (cut != NULL)
		length = (size_t)json_integer_value(cut);
	/* without a byte more, for the sanitizers */
	text = malloc(length > 0 ? length : 1);
	memcpy(text, buffer, length);
	name = conmon_name_parse(text, length, "0123abc");
	ck_assert_msg(name == expected ||
			      (name != NULL && expected != NULL && strcmp(name, expected) == 0),
		"%s: '%s'", json_string_value(json_object_get(one, "case")), name);
	free(text);
}
END_TEST

/* ---- ancestors ---- */

pid_t __wrap_getppid(void);

/* Whatever is above the test. */
pid_t __wrap_getppid(void)
{
	return 7;
}

int __real_openat(int at, const char *path, int flags, unsigned mode);
int __wrap_openat(int at, const char *path, int flags, unsigned mode);

/* Each of them is there: it is the test itself. */
int __wrap_openat(int at, const char *path, int flags, unsigned mode)
{
	const char *name = strchr(path, '/');
	char self[64];

	if (name == NULL || strspn(path, "0123456789") != (size_t)(name - path))
		return __real_openat(at, path, flags, mode);
	snprintf(self, sizeof(self), "%d%s", (int)getpid(), name);
	return __real_openat(at, self, flags, mode);
}

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);

/* What /proc tells of one ancestor after the other; the last one is told of again and again. */
static const char *const *ancestors;
static int looked_at;

static const char command_line[] = "conmon\0-c\0"
				   "0123abc\0-n\0web\0";

static bool ends_in(const char *text, const char *end)
{
	return strlen(text) > strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	static int last_fd = -1;
	char link[32];
	char path[64] = "";
	size_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (ancestors == NULL || readlink(link, path, sizeof(path) - 1) < 0)
		return __real_read(fd, bytes, size);
	if (ends_in(path, "/cmdline")) {
		length = last_fd == fd ? 0 : sizeof(command_line) - 1;
		last_fd = fd;
		memcpy(bytes, command_line, length);
		return (ssize_t)length;
	}
	if (!ends_in(path, "/stat"))
		return __real_read(fd, bytes, size);
	/* ended by a newline, so that it is read once */
	length = (size_t)snprintf(bytes, size, "%s\n", *ancestors);
	looked_at++;
	if (ancestors[1] != NULL)
		ancestors++;
	return (ssize_t)length;
}

static const struct {
	const char *stats[4];
	int looked_at;
	const char *name;
} trees[] = {
	{ { "7 (conmon) S 1 1" }, 1, "web" },
	{ { "7 (sh) S 6 1", "6 (conmon) S 1 1" }, 2, "web" },
	{ { "7 (sh) S 6 1", "6 (a) ) (b) S 5 1", "5 (conmon) S 1 1" }, 3, "web" },
	{ { "7 (sh) S 6 1", "6 (sh) S 5 1", "5 (sh) S 4 1", "4 (conmon) S 1 1" }, 3, NULL },
	{ { "7 (sh) S 1 1", "1 (conmon) S 0 0" }, 1, NULL },
	{ { "7 (sh) S 0 1", "1 (conmon) S 0 0" }, 1, NULL },
	{ { "7 (conmon) S 1" }, 1, "web" },
	{ { "7 (conmon) S" }, 1, NULL },
	{ { "7 (conmon S 1 1" }, 1, NULL },
	{ { "7 conmon) S 1 1" }, 1, NULL },
	{ { "7 )conmon( S 1 1 1 1" }, 1, NULL },
	{ { "" }, 1, NULL },
	{ { "7 (conmons) S 1 1" }, 1, NULL },
};

START_TEST(test_ancestors)
{
	char buffer[CONMON_NAME_SIZE];
	const char *name;

	ancestors = trees[_i].stats;
	name = conmon_name_find("0123abc", buffer);
	ancestors = NULL;
	ck_assert_pstr_eq(name, trees[_i].name);
	ck_assert_int_eq(looked_at, trees[_i].looked_at);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("conmon_name");
	TCase *tcase = tcase_create("conmon_name");
	char *text = unit_data("conmon.json", NULL);

	cases = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	tcase_add_loop_test(tcase, test_case, 0, (int)json_array_size(cases));
	tcase_add_loop_test(tcase, test_ancestors, 0, sizeof(trees) / sizeof(trees[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
