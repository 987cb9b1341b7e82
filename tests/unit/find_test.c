/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a store: which containers there are, which one a person means, and how long a stopped one stays. */
#include "store.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

static struct lifecycle_store *store; /* of one test, whose directory is the working directory */

static void set_up(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/test-XXXXXX", unit_directory());
	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(chdir(path), 0);
	ck_assert_int_eq(lifecycle_store_open(path, LIFECYCLE_ACCESS_WRITE, &store, NULL), 0);
}

static void tear_down(void)
{
	lifecycle_store_close(store);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* A container with this record, an empty directory if it is NULL. */
static void make(const char *id, const char *record)
{
	char path[512];

	ck_assert_int_eq(mkdir(id, 0700), 0);
	snprintf(path, sizeof(path), "%s/" STORE_RECORD, id);
	if (record)
		put(path, record);
}

static void make_named(const char *id, const char *name)
{
	char record[512];

	snprintf(record, sizeof(record), "{\"version\":1,\"id\":\"%s\",\"name\":\"%s\"}", id, name);
	make(id, record);
}

static bool is_there(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* ---- load ---- */

static enum lifecycle_error_code load_code(const char *id)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_record *record = NULL;

	(void)lifecycle_store_load(store, id, &record, &error);
	lifecycle_record_free(record);
	return error.code;
}

START_TEST(test_load)
{
	make_named("c1", "web");
	make("empty", NULL);
	make("bad", "garbage");
	put("file", "{}");
	ck_assert_int_eq(symlink("c1", "link"), 0);
	ck_assert_int_eq(load_code("c1"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(load_code("none"), LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_int_eq(load_code("empty"), LIFECYCLE_ERROR_NOT_FOUND);
	ck_assert_int_eq(load_code("bad"), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(load_code("file"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert_int_eq(load_code("link"), LIFECYCLE_ERROR_UNSAFE);
	ck_assert(!is_there("bad/" STORE_CORRUPT));
}
END_TEST

static void check_directory(const char *path, enum lifecycle_error_code code, const char *id)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_record *record = NULL;

	(void)lifecycle_load_directory(path, &record, &error);
	ck_assert_int_eq(error.code, code);
	if (record)
		ck_assert_pstr_eq(lifecycle_record_id(record), id);
	lifecycle_record_free(record);
}

/* nerdctl's do not say whose they are: the directory does. */
START_TEST(test_load_directory)
{
	make("c1", "{\"started_at\":\"2026-11-22T01:36:52Z\",\"create_error\":false}");
	make_named("c2", "web");
	ck_assert_int_eq(rename("c2", "renamed"), 0);
	ck_assert_int_eq(symlink("c1", "link"), 0);
	make(".hidden", "{}");
	check_directory("c1", LIFECYCLE_ERROR_NONE, "c1");
	check_directory("./c1//", LIFECYCLE_ERROR_NONE, "c1");
	check_directory("link", LIFECYCLE_ERROR_NONE, "c1");
	check_directory("renamed", LIFECYCLE_ERROR_NONE, "c2");
	check_directory(".hidden", LIFECYCLE_ERROR_NONE, NULL);
	check_directory("none", LIFECYCLE_ERROR_NOT_FOUND, NULL);
	check_directory("c1/" STORE_RECORD, LIFECYCLE_ERROR_SYSTEM, NULL);
}
END_TEST

/* ---- list ---- */

static char *joined(const struct lifecycle_strings *strings)
{
	char *text = calloc(1, 4096);

	for (size_t i = 0; i < strings->count; i++) {
		strcat(text, i > 0 ? " " : "");
		strcat(text, strings->items[i]);
	}
	return text;
}

static void check_strings(struct lifecycle_strings *strings, const char *expected)
{
	char *text = joined(strings);

	ck_assert_str_eq(text, expected);
	lifecycle_strings_free(strings);
	ck_assert_uint_eq(strings->count, 0);
	free(text);
}

START_TEST(test_list)
{
	struct lifecycle_strings ids, foreign;

	ck_assert_int_eq(lifecycle_store_list(store, &ids, &foreign, NULL), 0);
	check_strings(&ids, "");
	check_strings(&foreign, "");
	make("b", NULL);
	make("a", "garbage");
	make("c", "{}");
	make("B", "{}");
	make(".hidden", "{}");
	make("not an id", "{}");
	put("file", "");
	put(STORE_SWEPT, "");
	ck_assert_int_eq(symlink("a", "link"), 0);
	ck_assert_int_eq(lifecycle_store_list(store, &ids, &foreign, NULL), 0);
	check_strings(&ids, "B a b c");
	check_strings(&foreign, ".hidden file link not an id");
	ck_assert_int_eq(lifecycle_store_list(store, &ids, NULL, NULL), 0);
	check_strings(&ids, "B a b c");
	lifecycle_strings_free(NULL);
}
END_TEST

/* ---- resolve ---- */

static const struct {
	const char *reference;
	enum lifecycle_error_code code;
	const char *answer; /* the ID, or the candidates */
} references[] = {
	{ "abc1", LIFECYCLE_ERROR_NONE, "abc1" },
	{ "abc", LIFECYCLE_ERROR_NONE, "abc" },  /* an ID, and the start of others, and a name */
	{ "web", LIFECYCLE_ERROR_NONE, "def2" }, /* a name, and the start of another's ID */
	{ "webs", LIFECYCLE_ERROR_NONE, "webserver" },
	{ "abc2", LIFECYCLE_ERROR_NONE, "abc2" },
	{ "de", LIFECYCLE_ERROR_AMBIGUOUS, "def1 def2" },
	{ "db", LIFECYCLE_ERROR_AMBIGUOUS, "abc1 abc2" }, /* two of one name */
	{ "a name", LIFECYCLE_ERROR_NONE, "def1" },
	{ "none", LIFECYCLE_ERROR_NOT_FOUND, NULL },
	{ "abc11", LIFECYCLE_ERROR_NOT_FOUND, NULL },
	{ "", LIFECYCLE_ERROR_INVALID, NULL },
	{ "../abc", LIFECYCLE_ERROR_NOT_FOUND, NULL },
	{ "a/b", LIFECYCLE_ERROR_NOT_FOUND, NULL },
	{ "/", LIFECYCLE_ERROR_NOT_FOUND, NULL },
	{ "a\nb", LIFECYCLE_ERROR_INVALID, NULL },
	{ "a\x7f", LIFECYCLE_ERROR_INVALID, NULL },
	{ ".", LIFECYCLE_ERROR_NOT_FOUND, NULL },
};

START_TEST(test_resolve)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_strings candidates = { 0 };
	char *id = NULL;

	make_named("abc", "x");
	make_named("abc1", "db");
	make_named("abc2", "db");
	make_named("def1", "a name");
	make_named("def2", "web");
	make_named("webserver", "abc");
	make("bad", "garbage");
	(void)lifecycle_store_resolve(store, references[_i].reference, &id, &candidates, &error);
	ck_assert_msg(error.code == references[_i].code, "%s: %s", references[_i].reference,
		error.message);
	if (error.code == LIFECYCLE_ERROR_AMBIGUOUS)
		check_strings(&candidates, references[_i].answer);
	else
		ck_assert_pstr_eq(id, references[_i].answer);
	ck_assert_uint_eq(candidates.count, 0);
	free(id);
	ck_assert_int_eq(lifecycle_store_resolve(store, references[_i].reference, &id, NULL, NULL),
		references[_i].code == LIFECYCLE_ERROR_NONE ? 0 : -1);
	if (references[_i].code == LIFECYCLE_ERROR_NONE)
		free(id);
}
END_TEST

/* ---- prune ---- */

static bool prune(const char *id, int64_t older_than, bool dry_run)
{
	const struct lifecycle_prune how = { sizeof(how), older_than,
		lifecycle_monotonic_now() + SECOND, dry_run };
	struct lifecycle_error error;
	bool removed = false;

	ck_assert_msg(
		lifecycle_store_prune(store, id, &how, &removed, &error) == 0, "%s", error.message);
	if (!dry_run)
		ck_assert(is_there(id) == !removed);
	return removed;
}

static void make_stopped(const char *id, int64_t ago)
{
	char time[LIFECYCLE_TIME_SIZE];
	char record[512];

	lifecycle_time_format(lifecycle_time_now() - ago, time);
	snprintf(record, sizeof(record),
		"{\"version\":1,\"id\":\"%s\",\"generation\":1,\"status\":\"stopped\","
		"\"finished_at\":\"%s\"}",
		id, time);
	make(id, record);
}

START_TEST(test_prune)
{
	make_stopped("c1", 100 * SECOND);
	ck_assert(!prune("c1", 200 * SECOND, false));
	ck_assert(prune("c1", 50 * SECOND, true));
	ck_assert(is_there("c1/" STORE_RECORD));
	ck_assert(prune("c1", 50 * SECOND, false));
	make_stopped("c1", 0);
	ck_assert(prune("c1", 0, false));
}
END_TEST

/* Nobody could look at it, so it is as recorded. */
START_TEST(test_prune_what_is_not_stopped)
{
	make("c1", "{\"version\":1,\"id\":\"c1\",\"generation\":1,\"status\":\"running\"}");
	make("c2", "{\"started_at\":\"2020-01-01T00:00:00Z\"}");
	ck_assert(!prune("c1", 0, false));
	ck_assert(!prune("c2", 0, false));
}
END_TEST

START_TEST(test_prune_what_nobody_saw_end)
{
	make("c1", "{\"version\":1,\"id\":\"c1\",\"generation\":1,\"status\":\"stopped\","
		   "\"created_at\":\"2020-01-01T00:00:00Z\"}");
	ck_assert(!prune("c1", 3600 * SECOND, true));
	ck_assert(!is_there("c1/" STORE_SEEN_STOPPED));
	ck_assert(!prune("c1", 3600 * SECOND, false));
	ck_assert(is_there("c1/" STORE_SEEN_STOPPED));
	ck_assert(!prune("c1", 3600 * SECOND, false));
	ck_assert(prune("c1", 1, false));
}
END_TEST

START_TEST(test_prune_without_a_record)
{
	make("empty", NULL);
	ck_assert(!prune("empty", 3600 * SECOND, false));
	ck_assert(prune("empty", 0, false));
	make("bad", "garbage");
	ck_assert(!prune("bad", 0, false));
}
END_TEST

/* As if the last sweep had been long ago. */
static void forget_sweep(void)
{
	const struct timespec long_ago[] = { { 1000, 0 }, { 1000, 0 } };

	ck_assert_int_eq(utimensat(AT_FDCWD, STORE_SWEPT, long_ago, 0), 0);
}

static void sweep(int64_t deadline)
{
	struct lifecycle_error error;

	ck_assert_msg(lifecycle_store_sweep(store, 50 * SECOND, deadline, &error) == 0, "%s",
		error.message);
}

START_TEST(test_sweep)
{
	int64_t soon = lifecycle_monotonic_now() + 10 * SECOND;

	make_stopped("old", 100 * SECOND);
	make_stopped("new", 0);
	make("bad", "garbage");
	sweep(soon);
	forget_sweep();
	sweep(soon);
	ck_assert(!is_there("old") && is_there("new") && is_there("bad"));
	/* not twice in a minute */
	make_stopped("old", 100 * SECOND);
	sweep(soon);
	ck_assert(is_there("old"));
	forget_sweep();
	sweep(soon);
	ck_assert(!is_there("old"));
}
END_TEST

/* Wherever it begins, it is one that is looked at. */
START_TEST(test_sweep_past_its_time)
{
	make_stopped("old", 100 * SECOND);
	make_stopped("older", 200 * SECOND);
	sweep(0);
	forget_sweep();
	sweep(0);
	ck_assert(is_there("old") != is_there("older"));
	forget_sweep();
	sweep(0);
	ck_assert(!is_there("old") && !is_there("older"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("find");
	TCase *tcase = tcase_create("find");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_load);
	tcase_add_test(tcase, test_load_directory);
	tcase_add_test(tcase, test_list);
	tcase_add_loop_test(tcase, test_resolve, 0, sizeof(references) / sizeof(references[0]));
	tcase_add_test(tcase, test_prune);
	tcase_add_test(tcase, test_prune_what_is_not_stopped);
	tcase_add_test(tcase, test_prune_what_nobody_saw_end);
	tcase_add_test(tcase, test_prune_without_a_record);
	tcase_add_test(tcase, test_sweep);
	tcase_add_test(tcase, test_sweep_past_its_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
