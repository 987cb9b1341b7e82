/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lifecycle-runtime is made of, where one allocation fails: each call does what it is for or says that it did not, and
 * leaves no memory and no descriptor. Also where a file cannot be read.
 */
#include "../fault/faults.h"
#include "base/log_line.h"
#include "runtime/bundle.h"
#include "runtime/docker.h"
#include "runtime/log.h"
#include "runtime/record.h"
#include "runtime/splice.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a file that cannot be read ---- */

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);

static bool read_fails;

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	if (!read_fails)
		return __real_read(fd, bytes, size);
	errno = EIO;
	return -1;
}

/* ---- nothing goes to the system's log or to stderr ---- */

void __wrap_log_line_to_stderr(const char *name, const char *message, int64_t deadline);
void __wrap_log_line_to_system(enum log_line_severity severity, const char *name,
	const char *message, const struct log_line_context *context);

void __wrap_log_line_to_stderr(const char *name, const char *message, int64_t deadline)
{
	(void)name;
	(void)message;
	(void)deadline;
}

void __wrap_log_line_to_system(enum log_line_severity severity, const char *name,
	const char *message, const struct log_line_context *context)
{
	(void)severity;
	(void)name;
	(void)message;
	(void)context;
}

/* ---- the place, with a store, a bundle, a log, and a directory of Docker's that is called as the container ---- */

static char config[256]; /* what the bundle has */

static void put(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void set_up(void)
{
	const char *path = unit_enter_directory();

	ck_assert_int_eq(mkdir("c1", 0700), 0);
	put("c1/config.v2.json", "{\"ID\":\"c1\",\"Name\":\"/web\"}");
	snprintf(config, sizeof(config),
		"{\"mounts\":[{\"destination\":\"/etc/hostname\",\"source\":\"%s/c1/hostname\"}]}",
		path);
	put("config.json", config);
	put("log", "{\"level\":\"error\",\"msg\":\"one\"}\n");
}

/* ---- what is done: each says whether it was done, and `wrong` what must not be: check itself needs memory ---- */

static const char *wrong;

static void expect(bool condition, const char *what)
{
	if (!condition)
		wrong = what;
}

static const struct splice_plan plan = { .hooks_dir = "/h", .wrap = true };

/* Longer than what a stream keeps before it asks for more memory. */
static const char *long_config(void)
{
	static char text[20000];
	int begin = snprintf(
		text, sizeof(text), "{\"hooks\":{\"poststop\":[{\"path\":\"/x\"}]},\"long\":\"");

	memset(text + begin, 'x', sizeof(text) - (size_t)begin - sizeof("\"}"));
	strcpy(text + sizeof(text) - sizeof("\"}"), "\"}");
	return text;
}

static bool ends_as(const char *text, size_t length, const char *other, size_t count)
{
	return length > count && strcmp(text + length - count, other + strlen(other) - count) == 0;
}

static bool splice_wrap(void)
{
	const char *text = long_config(), *why = NULL;
	char *edited = NULL;
	size_t length = 0;
	int result = splice_hooks(text, strlen(text), &plan, &edited, &length, &why);

	expect((result == 0) == (edited != NULL), "there is a text, or a failure");
	expect(edited == NULL || ends_as(edited, length, text, 19000), "the text is whole");
	expect(result == 0 || strcmp(why, "out of memory") == 0, "the reason is memory");
	free(edited);
	return result == 0;
}

static bool splice_none(void)
{
	const char *why = NULL;
	char *edited = NULL;
	size_t length;

	return splice_hooks("[]", 2, &plan, &edited, &length, &why) < 0 &&
	       strcmp(why, "it is not a JSON object") == 0;
}

static bool read_bundle(void)
{
	size_t length = 0;
	char *text = runtime_bundle_read(NULL, &length);
	bool is_read = text != NULL;

	if (is_read)
		expect(length == strlen(config) && memcmp(text, config, length) == 0,
			"what is read is what is there");
	free(text);
	return is_read;
}

static bool add_hooks(void)
{
	char why[128] = "";
	int result = runtime_bundle_add_hooks(".", &plan, why, sizeof(why));

	expect((result == 0) == (why[0] == '\0'), "a failure has a reason");
	expect(access(".config.json.lifecycle", F_OK) < 0, "nothing is left beside it");
	return result == 0;
}

static bool find_name(void)
{
	char name[16] = "x";
	bool found = docker_name(config, strlen(config), "c1", name, sizeof(name));

	expect(strcmp(name, found ? "web" : "x") == 0, "the name is touched if it is found");
	return found;
}

static const struct runtime_log the_log = { "c1", "log", "json" };

static bool read_log(void)
{
	char text[16];

	runtime_log_last_error(&the_log, 0, text, sizeof(text));
	expect(text[0] == '\0' || strcmp(text, "one") == 0, "the last error is found");
	return text[0] != '\0';
}

static bool write_log(void)
{
	int64_t before = runtime_log_length(&the_log);

	runtime_log_warning(&the_log, "two");
	return runtime_log_length(&the_log) > before;
}

static bool record(void)
{
	const struct runtime_seen seen = { .point = LIFECYCLE_POINT_CREATE,
		.id = "c1",
		.pid = LIFECYCLE_UNKNOWN,
		.words = "",
		.name = "web" };
	struct lifecycle_error error = { .code = LIFECYCLE_ERROR_NONE };
	char root[4096];
	int result;

	expect(getcwd(root, sizeof(root) - 8) != NULL, "there is a directory");
	strcat(root, "/store");
	result = runtime_record(root, &seen, &error);
	expect((result < 0) == (error.code != LIFECYCLE_ERROR_NONE), "a failure has a reason");
	return result == 0;
}

static const struct {
	const char *what;
	bool (*done)(void);
	bool reads; /* a file: and where it cannot, nothing is done */
} scenes[] = {
	{ "splice", splice_wrap, false },
	{ "splice nothing", splice_none, false },
	{ "read the bundle", read_bundle, true },
	{ "add hooks", add_hooks, true },
	{ "find Docker's name", find_name, true },
	{ "read the log", read_log, true },
	{ "write the log", write_log, false },
	{ "record", record, false },
};

#define COUNT ((int)(sizeof(scenes) / sizeof(scenes[0])))

static size_t open_files(void)
{
	size_t count = 0;

	for (int fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Returns how many allocations there were. */
static long run(int i, long fail_at, bool *ret_done)
{
	size_t files = open_files();
	long count, leaked;

	put("config.json", config);
	wrong = NULL;
	faults_begin((struct faults){ .fail_at = fail_at });
	*ret_done = scenes[i].done();
	count = faults_end(&leaked);
	ck_assert_msg(wrong == NULL, "%s: not so where number %ld fails: %s", scenes[i].what,
		fail_at, wrong);
	ck_assert_msg(leaked == 0, "%s: %ld allocations are left where number %ld fails",
		scenes[i].what, leaked, fail_at);
	ck_assert_msg(open_files() == files, "%s: a descriptor is left where number %ld fails",
		scenes[i].what, fail_at);
	return count;
}

START_TEST(an_allocation_fails)
{
	bool done;
	long count;

	(void)run(_i, 0, &done); /* what the C library keeps for itself is there from now on */
	count = run(_i, 0, &done);
	ck_assert(done);
	ck_assert_int_gt(count, 0);
	for (long fail_at = 1; fail_at <= count; fail_at++)
		(void)run(_i, fail_at, &done);
}
END_TEST

START_TEST(a_file_cannot_be_read)
{
	bool done;

	read_fails = scenes[_i].reads;
	(void)run(_i, 0, &done);
	ck_assert_int_eq(done, !read_fails);
	read_fails = false;
}
END_TEST

#ifdef __SANITIZE_ADDRESS__
static const bool has_own_malloc = false; /* it is the sanitizer's */
#else
static const bool has_own_malloc = true;
#endif

Suite *unit_suite(void)
{
	Suite *suite = suite_create("runtime_memory");
	TCase *tests = tcase_create("runtime_memory");

	(void)unit_directory();
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, NULL);
	if (has_own_malloc) {
		tcase_add_loop_test(tests, an_allocation_fails, 0, COUNT);
		tcase_add_loop_test(tests, a_file_cannot_be_read, 0, COUNT);
	}
	suite_add_tcase(suite, tests);
	return suite;
}
