/* SPDX-License-Identifier: Apache-2.0 */
/* What is written to a runtime's log, and what is found in one. Nothing goes to the system's log or to stderr. */
#include "base/log_line.h"
#include "runtime/log.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what goes elsewhere ---- */

void __wrap_log_line_to_stderr(const char *name, const char *message, int64_t deadline);
void __wrap_log_line_to_system(enum log_line_severity severity, const char *name,
	const char *message, const struct log_line_context *context);

static char to_stderr[2048];
static char to_system[2048];
static enum log_line_severity severity_of_system;

void __wrap_log_line_to_stderr(const char *name, const char *message, int64_t deadline)
{
	ck_assert_str_eq(name, "lifecycle-runtime");
	ck_assert_int_gt(deadline, lifecycle_monotonic_now());
	ck_assert_int_lt(deadline, lifecycle_monotonic_now() + 1000000000);
	snprintf(to_stderr, sizeof(to_stderr), "%s", message);
}

void __wrap_log_line_to_system(enum log_line_severity severity, const char *name,
	const char *message, const struct log_line_context *context)
{
	ck_assert_str_eq(name, "lifecycle-runtime");
	ck_assert_pstr_eq(context->container_id, "c1");
	severity_of_system = severity;
	snprintf(to_system, sizeof(to_system), "%s", message);
}

/* ---- the file ---- */

static char path[128];

static void set_up(void)
{
	snprintf(path, sizeof(path), "%s/log", unit_directory());
	(void)unlink(path);
	to_stderr[0] = to_system[0] = '\0';
}

static void put(const char *text)
{
	FILE *file = fopen(path, "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static const char *get(void)
{
	static char text[8192];
	FILE *file = fopen(path, "re");
	size_t length = file != NULL ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[length] = '\0';
	if (file != NULL)
		fclose(file);
	return text;
}

/* ---- writing ---- */

static const struct {
	const char *format;
	const char *begin; /* what stands before the time, in a warning */
	const char *end;
} lines[] = {
	{ "json",
		"{\"level\":\"warning\",\"msg\":\"lifecycle-runtime: a \\\"b\\\"?c "
		"7\",\"time\":\"20",
		"\"}\n" },
	{ "text", "level=warning msg=\"lifecycle-runtime: a \\\"b\\\"?c 7\" time=\"20", "\"\n" },
	{ NULL, "level=warning msg=\"lifecycle-runtime: a \\\"b\\\"?c 7\" time=\"20", "\"\n" },
};

START_TEST(test_warning)
{
	const struct runtime_log log = { "c1", path, lines[_i].format };
	const char *text;

	put("before\n");
	runtime_log_warning(&log, "a \"b\"\n%c %d", 'c', 7);
	text = get();
	ck_assert_int_eq(strncmp(text, "before\n", 7), 0);
	ck_assert_msg(strncmp(text + 7, lines[_i].begin, strlen(lines[_i].begin)) == 0, "%s", text);
	ck_assert_str_eq(text + strlen(text) - strlen(lines[_i].end), lines[_i].end);
	ck_assert_str_eq(to_stderr, "");
	ck_assert_str_eq(to_system, "a \"b\"?c 7");
	ck_assert_int_eq(severity_of_system, LOG_LINE_WARNING);
}
END_TEST

START_TEST(test_error)
{
	const struct runtime_log log = { "c1", path, "json" };

	runtime_log_error(&log, "a%s", "\x1f");
	ck_assert_ptr_nonnull(
		strstr(get(), "{\"level\":\"error\",\"msg\":\"lifecycle-runtime: a?\""));
	ck_assert_str_eq(to_stderr, "a?");
	ck_assert_str_eq(to_system, "a?");
	ck_assert_int_eq(severity_of_system, LOG_LINE_ERROR);
}
END_TEST

/* No file, one that cannot be made, a directory, a FIFO: then it goes to stderr, and nothing is waited for. */
START_TEST(test_no_file)
{
	struct runtime_log log = { "c1", _i == 0 ? NULL : path, "json" };
	char buffer[64] = "x";

	if (_i == 1)
		log.path = "/nowhere/log";
	if (_i == 2)
		log.path = unit_directory();
	if (_i == 3)
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	runtime_log_warning(&log, "a");
	ck_assert_str_eq(to_stderr, "a");
	ck_assert_str_eq(to_system, "a");
	ck_assert_int_eq(runtime_log_length(&log), 0);
	runtime_log_last_error(&log, 0, buffer, sizeof(buffer));
	ck_assert_str_eq(buffer, "");
}
END_TEST

/* A message that is longer than there is room for is cut, and the line is whole. */
START_TEST(test_long)
{
	const struct runtime_log log = { "c1", path, "json" };
	char message[3000];
	const char *text;

	memset(message, 'm', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	runtime_log_warning(&log, "%s", message);
	text = get();
	ck_assert_uint_eq(strlen(to_system), 1023);
	ck_assert_uint_gt(strlen(text), 1023);
	ck_assert_str_eq(text + strlen(text) - 3, "\"}\n");
}
END_TEST

/* ---- reading ---- */

static const struct {
	const char *text;
	const char *error;
} logs[] = {
	{ "", "" },
	{ "{\"level\":\"error\",\"msg\":\"one\"}\n", "one" },
	{ "{\"level\":\"fatal\",\"msg\":\"one\"}", "one" },
	{ "{\"level\":\"error\",\"msg\":\"one\"}\n{\"level\":\"error\",\"msg\":\"two\"}\n", "two" },
	{ "{\"level\":\"error\",\"msg\":\"one\"}\n{\"level\":\"warning\",\"msg\":\"two\"}\n",
		"one" },
	{ "{\n \"msg\": \"one\",\n \"level\": \"error\"\n}\n{}", "one" },
	{ "{\"level\":\"error\",\"msg\":\"one\"}{\"level\":\"error\",\"msg\":\"two\"}", "two" },
	{ "{\"level\":\"error\",\"msg\":\"one\"}\nplain\n", "one" },
	{ "plain\n{\"level\":\"error\",\"msg\":\"one\"}\n", "one" },
	{ "plain\n{\"level\":\"info\",\"msg\":\"one\"}\n", "plain" },
	{ "one\ntwo\n", "two" },
	{ "one\n---\n", "one" },
	{ "\t one\n\r\n", "one" },
	{ "\xc3\xa4\n", "\xc3\xa4" },
	{ "\x80\n", "\x80" },
	{ "{broken\n", "" },
	{ "one\n{broken\n", "one" },
	{ "{\"level\":\"error\",\"msg\":\"---\"}\none\n", "one" },
	{ "{\"level\":\"error\",\"msg\":1}\n", "" },
	{ "one\n{\"level\":\"error\",\"msg\":\"\\ud83d\"}\n", "one" },
	{ "{\"level\":1,\"msg\":\"one\"}\n", "" },
	{ "{\"level\":\"errors\",\"msg\":\"one\"}\n", "" },
	{ "{\"level\":\"an error of more than 16 bytes\",\"msg\":\"one\"}\n", "" },
	{ "{\"msg\":\"one\"}\n", "" },
	{ "{\"level\":\"error\"}\n", "" },
	{ "{\"level\":\"error\",\"msg\":\"a \\u0041\\n\"}\n", "a A\n" },
};

START_TEST(test_last_error)
{
	const struct runtime_log log = { "c1", path, "json" };
	char buffer[256] = "x";

	put(logs[_i].text);
	ck_assert_int_eq(runtime_log_length(&log), (int64_t)strlen(logs[_i].text));
	runtime_log_last_error(&log, 0, buffer, sizeof(buffer));
	ck_assert_str_eq(buffer, logs[_i].error);
}
END_TEST

START_TEST(test_place)
{
	static const char first[] = "{\"level\":\"error\",\"msg\":\"one\"}\n";
	const struct runtime_log log = { "c1", path, "json" };
	char buffer[256];
	char small[3];

	put(first);
	runtime_log_last_error(&log, (int64_t)strlen(first), buffer, sizeof(buffer));
	ck_assert_str_eq(buffer, "");
	runtime_log_last_error(&log, -1, buffer, sizeof(buffer));
	ck_assert_str_eq(buffer, "");
	runtime_log_last_error(&log, 0, small, sizeof(small));
	ck_assert_str_eq(small, "on");
}
END_TEST

/* Only the last 64 KiB are read. */
START_TEST(test_tail)
{
	const struct runtime_log log = { "c1", path, "json" };
	size_t size = 65536 + (size_t)_i;
	char *text = malloc(size + 1);
	char buffer[256];

	memset(text, '\n', size);
	text[size] = '\0';
	text[0] = 'a';
	put(text);
	free(text);
	runtime_log_last_error(&log, 0, buffer, sizeof(buffer));
	ck_assert_str_eq(buffer, _i == 0 ? "a" : "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("runtime_log");
	TCase *tcase = tcase_create("runtime_log");

	(void)unit_directory();
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_warning, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(tcase, test_error);
	tcase_add_loop_test(tcase, test_no_file, 0, 4);
	tcase_add_test(tcase, test_long);
	tcase_add_loop_test(tcase, test_last_error, 0, sizeof(logs) / sizeof(logs[0]));
	tcase_add_test(tcase, test_place);
	tcase_add_loop_test(tcase, test_tail, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
