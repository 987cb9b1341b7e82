/* SPDX-License-Identifier: Apache-2.0 */
/* Which container is meant, in a store that each test fills. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[128];
static struct lifecycle_store *store;

static void set_up(void)
{
	snprintf(root, sizeof(root), "%s", unit_new_directory());
	ck_assert_int_eq(lifecycle_store_open(root, LIFECYCLE_ACCESS_WRITE, &store, NULL), 0);
}

static void tear_down(void)
{
	lifecycle_store_close(store);
}

static void put_with(const char *id, const char *status, const char *members)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, id);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/%s", root, id, LIFECYCLE_RECORD_FILE);
	file = fopen(path, "we");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "{\"version\":1,\"id\":\"%s\",\"status\":\"%s\",\"generation\":1%s%s}\n", id,
		status, members[0] != '\0' ? "," : "", members);
	fclose(file);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

static void put(const char *id, const char *members)
{
	put_with(id, "stopped", members);
}

static const char *resolve(const char *reference, enum lifecycle_error_code *ret_code)
{
	static char found[256];
	struct lifecycle_error error = { 0 };
	char *id = NULL;
	int result = lifecycle_store_resolve(store, reference, &id, NULL, &error);

	*ret_code = error.code;
	ck_assert_int_eq(result < 0, id == NULL);
	snprintf(found, sizeof(found), "%s", id != NULL ? id : "");
	free(id);
	return found;
}

static const struct {
	const char *reference;
	const char *id; /* NULL: */
	enum lifecycle_error_code code;
} meant[] = {
	{ "abc1", "abc1", LIFECYCLE_ERROR_NONE }, /* an ID, though it is another's name */
	{ "abc2", "abc2", LIFECYCLE_ERROR_NONE },
	{ "abc", NULL, LIFECYCLE_ERROR_AMBIGUOUS }, /* the start of two */
	{ "abcd", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "pod", "pod-1", LIFECYCLE_ERROR_NONE },
	{ "Pod", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "web", "old-3", LIFECYCLE_ERROR_NONE }, /* the newest of those that have stopped */
	{ "we", "x-1", LIFECYCLE_ERROR_NONE },    /* a name comes before the start of an ID */
	{ "we-", "we-1", LIFECYCLE_ERROR_NONE },
	{ "app", "pod-1", LIFECYCLE_ERROR_NONE }, /* Kubernetes' names */
	{ "front/app", "pod-1", LIFECYCLE_ERROR_NONE },
	{ "prod/front/app", "pod-1", LIFECYCLE_ERROR_NONE },
	{ "p/q/r", "lone-1", LIFECYCLE_ERROR_NONE },
	{ "q/r", "lone-1", LIFECYCLE_ERROR_NONE },
	{ "x/prod/front/app", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "test/front/app", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "back/app", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "ront/app", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "-app", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "/app", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "front/", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "xapp", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "nginx", "path-1", LIFECYCLE_ERROR_NONE }, /* the end of a name that is a path */
	{ "shop/nginx", "path-1", LIFECYCLE_ERROR_NONE },
	{ "infra/shop/nginx", "path-1", LIFECYCLE_ERROR_NONE },
	{ "hop/nginx", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "an/infra/shop/nginx", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "lives", "live-1", LIFECYCLE_ERROR_NONE }, /* older, but it has not stopped */
	{ "/", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ ".", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "../abc1", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "", NULL, LIFECYCLE_ERROR_INVALID },
	{ "a\x1f", NULL, LIFECYCLE_ERROR_INVALID },
	{ "a\x7f", NULL, LIFECYCLE_ERROR_INVALID },
	{ "a b", NULL, LIFECYCLE_ERROR_NOT_FOUND },
	{ "bad", "bad", LIFECYCLE_ERROR_NONE }, /* an ID, whatever its record is */
	{ "file", NULL, LIFECYCLE_ERROR_NOT_FOUND },
};

static void fill(void)
{
	char path[256];

	put("abc1", "");
	put("abc2", "\"name\":\"abc1\"");
	put("old-1", "\"name\":\"web\",\"created_at\":\"2024-01-01T00:00:00Z\"");
	put("old-2", "\"name\":\"web\"");
	put("old-3", "\"name\":\"web\",\"created_at\":\"2024-01-03T00:00:00Z\"");
	put("old-4", "\"name\":\"web\",\"created_at\":\"2024-01-02T00:00:00Z\"");
	put("old-5", "\"name\":\"web\",\"created_at\":\"2024-01-03T00:00:00Z\"");
	put("we-1", "");
	put("x-1", "\"name\":\"we\"");
	put("pod-1",
		"\"annotations\":{\"io.kubernetes.cri.container-name\":\"app\","
		"\"io.kubernetes.pod.name\":\"front\",\"io.kubernetes.pod.namespace\":\"prod\"}");
	put("lone-1", "\"annotations\":{\"io.kubernetes.cri.container-name\":\"r\","
		      "\"io.kubernetes.pod.name\":\"q\",\"io.kubernetes.pod.namespace\":\"p\"}");
	put("path-1", "\"name\":\"infra/shop/nginx\"");
	put_with("live-1", "running",
		"\"name\":\"lives\",\"created_at\":\"2024-01-01T00:00:"
		"00Z\"");
	put("live-2", "\"name\":\"lives\",\"created_at\":\"2024-01-02T00:00:00Z\"");
	put("bad", "\"pid\":\"?\"");
	snprintf(path, sizeof(path), "%s/file", root);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

START_TEST(test_meant)
{
	enum lifecycle_error_code code;
	const char *id;

	fill();
	id = resolve(meant[_i].reference, &code);
	ck_assert_str_eq(id, meant[_i].id != NULL ? meant[_i].id : "");
	ck_assert_int_eq(code, meant[_i].code);
}
END_TEST

START_TEST(test_candidates)
{
	struct lifecycle_strings candidates = { 0 };
	struct lifecycle_error error;
	char *id = NULL;

	fill();
	ck_assert_int_eq(lifecycle_store_resolve(store, "abc", &id, &candidates, &error), -1);
	ck_assert_uint_eq(candidates.count, 2);
	ck_assert_str_eq(candidates.items[0], "abc1");
	ck_assert_str_eq(candidates.items[1], "abc2");
	lifecycle_strings_free(&candidates);
	ck_assert_int_eq(lifecycle_store_resolve(store, "abc", &id, NULL, NULL), -1);
	/* where there are none, nothing is touched */
	ck_assert_int_eq(lifecycle_store_resolve(store, "none", &id, &candidates, &error), -1);
	ck_assert_uint_eq(candidates.count, 0);
	ck_assert_int_eq(lifecycle_store_resolve(store, "abc1", &id, &candidates, &error), 0);
	ck_assert_uint_eq(candidates.count, 0);
	free(id);
}
END_TEST

START_TEST(test_two_of_one_name_that_live)
{
	enum lifecycle_error_code code;

	put_with("a", "running", "\"name\":\"web\"");
	put_with("b", "created", "\"name\":\"web\"");
	put("c", "\"name\":\"web\"");
	ck_assert_str_eq(resolve("web", &code), "");
	ck_assert_int_eq(code, LIFECYCLE_ERROR_AMBIGUOUS);
}
END_TEST

/* ---- where it is we who cannot read ---- */

int __real_openat(int at, const char *path, int flags, unsigned mode);
int __wrap_openat(int at, const char *path, int flags, unsigned mode);

static int read_error; /* of the record of "c3" */
static bool in_third;

int __wrap_openat(int at, const char *path, int flags, unsigned mode)
{
	if (strcmp(path, LIFECYCLE_RECORD_FILE) != 0)
		in_third = strcmp(path, "c3") == 0;
	else if (in_third && read_error != 0) {
		errno = read_error;
		return -1;
	}
	return __real_openat(at, path, flags, mode);
}

static const struct {
	int error;
	bool another; /* is meant */
} unreadable[] = { { ENOMEM, false }, { EMFILE, false }, { ENFILE, false }, { EIO, false },
	{ EACCES, true } };

START_TEST(test_no_other_is_meant_where_we_cannot_read)
{
	enum lifecycle_error_code code;
	const char *id;

	put("c2", "\"name\":\"web\",\"created_at\":\"2024-01-01T00:00:00Z\"");
	put("c3", "\"name\":\"web\",\"created_at\":\"2024-01-02T00:00:00Z\"");
	ck_assert_str_eq(resolve("web", &code), "c3");
	read_error = unreadable[_i].error;
	id = resolve("web", &code);
	read_error = 0;
	ck_assert_str_eq(id, unreadable[_i].another ? "c2" : "");
	ck_assert_int_eq(code != LIFECYCLE_ERROR_NONE, !unreadable[_i].another);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("resolve");
	TCase *tcase = tcase_create("resolve");

	(void)unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, test_meant, 0, sizeof(meant) / sizeof(meant[0]));
	tcase_add_test(tcase, test_candidates);
	tcase_add_test(tcase, test_two_of_one_name_that_live);
	tcase_add_loop_test(tcase, test_no_other_is_meant_where_we_cannot_read, 0,
		sizeof(unreadable) / sizeof(unreadable[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
