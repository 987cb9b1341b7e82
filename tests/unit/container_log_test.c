/* SPDX-License-Identifier: Apache-2.0 */
/* conmon's log: a line of it, and what is printed of a whole one. */
#include "container/log.h"
#include "container/log_part.h"
#include "container/log_tail.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define SECOND       INT64_C(1000000000)

/* 2026-11-22T01:36:52Z */
#define NOW (1795311412 * SECOND)
#define T0  "2026-11-22T01:36:52.000000000+00:00 "
#define T1  "2026-11-22T01:36:53.000000000+00:00 "
#define T2  "2026-11-22T01:36:54.500000000+00:00 "
#define P0  "2026-11-22T01:36:52.000000000Z "
#define P1  "2026-11-22T01:36:53.000000000Z "
#define P2  "2026-11-22T01:36:54.500000000Z "

/* A text that may hold NULs. */
struct bytes {
	const char *text;
	size_t length;
};
#define BYTES(text)                                                                                \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}

/* ---- one line ---- */

static const struct {
	struct bytes line;
	enum log_stream stream;
	bool ends;
	int64_t time;
	struct bytes text;
} lines[] = {
	{ BYTES(T0 "stdout F a b"), LOG_STREAM_STDOUT, true, NOW, BYTES("a b") },
	{ BYTES(T0 "stderr P a"), LOG_STREAM_STDERR, false, NOW, BYTES("a") },
	{ BYTES(T0 "stderr F  a "), LOG_STREAM_STDERR, true, NOW, BYTES(" a ") },
	{ BYTES(T0 "stdout P a\0\377\r"), LOG_STREAM_STDOUT, false, NOW, BYTES("a\0\377\r") },
	{ BYTES(T0 "stdout F " T0 "stderr P a"), LOG_STREAM_STDOUT, true, NOW,
		BYTES(T0 "stderr P a") },
	/* an empty one, and another writer's */
	{ BYTES(T0 "stdout F "), LOG_STREAM_STDOUT, true, NOW, BYTES("") },
	{ BYTES(T0 "stdout F"), LOG_STREAM_STDOUT, true, NOW, BYTES("") },
	/* a local time, and a machine that did not know the time yet */
	{ BYTES("2026-11-21T22:06:52.000000001-03:30 stdout F a"), LOG_STREAM_STDOUT, true, NOW + 1,
		BYTES("a") },
	{ BYTES("1970-01-01T00:00:00.000000000+00:00 stdout F a"), LOG_STREAM_STDOUT, true,
		LIFECYCLE_UNKNOWN, BYTES("a") },
	/* none of conmon's */
	{ BYTES(""), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN, BYTES("") },
	{ BYTES("a"), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN, BYTES("a") },
	{ BYTES(" stdout F a"), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN, BYTES(" stdout F a") },
	{ BYTES("now stdout F a"), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN,
		BYTES("now stdout F a") },
	{ BYTES("2026-11-22T01:36:52Z\0 stdout F a"), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN,
		BYTES("2026-11-22T01:36:52Z\0 stdout F a") },
	{ BYTES("2026-11-22T01:36:52.0000000000000000000000Z stdout F a"), LOG_STREAM_NONE, false,
		LIFECYCLE_UNKNOWN,
		BYTES("2026-11-22T01:36:52.0000000000000000000000Z stdout F a") },
	{ BYTES(T0), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN, BYTES("") },
	{ BYTES(T0 "stdout "), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN, BYTES("stdout ") },
	{ BYTES(T0 "stdin F a"), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN, BYTES("stdin F a") },
	{ BYTES(T0 "stdout X a"), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN, BYTES("stdout X a") },
	{ BYTES(T0 "stdout Fa"), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN, BYTES("stdout Fa") },
	{ BYTES(T0 "stdo" T0 "stdout F a"), LOG_STREAM_NONE, false, LIFECYCLE_UNKNOWN,
		BYTES("stdo" T0 "stdout F a") },
};

START_TEST(test_line)
{
	struct log_part part;
	/* so that a sanitizer sees each byte too many */
	char *copy = malloc(lines[_i].line.length);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, lines[_i].line.text, lines[_i].line.length);
	log_part_parse(copy, lines[_i].line.length, &part);
	ck_assert_int_eq(part.stream, lines[_i].stream);
	ck_assert_int_eq(part.ends, lines[_i].ends);
	ck_assert_int_eq(part.time, lines[_i].time);
	ck_assert_uint_eq(part.length, lines[_i].text.length);
	ck_assert_mem_eq(part.text, lines[_i].text.text, part.length);
	free(copy);
}
END_TEST

/* ---- a log ---- */

struct output {
	char out[4096];
	char err[4096];
	int64_t left_out;
};

static char directory[256];

static void append(const char *text, size_t length)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "%s/log", directory);
	file = fopen(path, "ae");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
}

static void begin_log(void)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/log", directory);
	unlink(path);
}

/* What it prints to one of the two, from now on. */
static void capture(int fd)
{
	char path[300];
	int file;

	snprintf(path, sizeof(path), "%s/caught-%d", directory, fd);
	file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(dup2(file, fd), fd);
	close(file);
}

static size_t caught(int fd, char *text, size_t size)
{
	ssize_t length = pread(fd, text, size - 1, 0);

	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	return (size_t)length;
}

static int print_all(struct log_reader *reader)
{
	struct lifecycle_error error;
	int result;

	do
		result = log_print(reader, &error);
	while (result > 0);
	return result;
}

static struct log_reader *open_log(bool timestamps, int64_t since, int64_t tail)
{
	const struct log_options options = { timestamps, since, tail };
	struct lifecycle_error error;
	struct log_reader *reader;

	ck_assert_int_eq(log_open(directory, &options, &reader, &error), 0);
	return reader;
}

#define ALL LIFECYCLE_UNKNOWN

static const struct {
	const char *log;
	int64_t since;
	int64_t tail;
	bool timestamps;
	const char *out;
	const char *err;
	int64_t left_out;
} logs[] = {
	{ "", ALL, ALL, false, "", "", 0 },
	{ T0 "stdout F a\n" T0 "stderr F b\n", ALL, ALL, false, "a\n", "b\n", 0 },
	{ T0 "stdout F \n" T0 "stdout F\n", ALL, ALL, false, "\n\n", "", 0 },
	/* parts */
	{ T0 "stdout P a\n" T0 "stdout P b\n" T1 "stdout F c\n", ALL, ALL, false, "abc\n", "", 0 },
	{ T0 "stdout P a\n" T0 "stderr P b\n" T1 "stdout F c\n" T1 "stderr F d\n", ALL, ALL, false,
		"ac\n", "bd\n", 0 },
	{ T0 "stdout F a\n" T0 "stdout P b\n", ALL, ALL, false, "a\nb", "", 0 },
	{ T0 "stdout P a\n" T1 "stdout F \n", ALL, ALL, false, "a\n", "", 0 },
	/* conmon is at it */
	{ T0 "stdout F a\n" T0 "stdout F b", ALL, ALL, false, "a\n", "", 0 },
	{ T0 "stdo", ALL, ALL, false, "", "", 0 },
	/* times */
	{ T0 "stdout P a\n" T1 "stdout F b\n" T2 "stderr P c\n", ALL, ALL, true, P0 "ab\n", P2 "c",
		0 },
	{ T0 "stdout P a\n" T1 "stderr F b\n" T1 "stdout F c\n", ALL, ALL, true, P0 "ac\n",
		P1 "b\n", 0 },
	{ "1970-01-01T00:00:00Z stdout F a\n", ALL, ALL, true, "- a\n", "", 0 },
	/* since; a line is as old as its beginning */
	{ T0 "stdout F a\n" T1 "stdout F b\n" T2 "stderr F c\n", NOW + SECOND, ALL, false, "b\n",
		"c\n", 0 },
	{ T0 "stdout P a\n" T1 "stdout F b\n" T2 "stdout F c\n", NOW + SECOND, ALL, false, "c\n",
		"", 0 },
	{ T0 "stdout F a\n" T1 "stdout F b\n", NOW + 9 * SECOND, ALL, false, "", "", 0 },
	/* tail; lines of both streams count */
	{ T0 "stdout F a\n" T0 "stdout F b\n", ALL, 0, false, "", "", 0 },
	{ T0 "stdout F a\n" T0 "stdout F b\n", ALL, 1, false, "b\n", "", 0 },
	{ T0 "stdout F a\n" T0 "stdout F b\n", ALL, 2, false, "a\nb\n", "", 0 },
	{ T0 "stdout F a\n" T0 "stdout F b\n", ALL, 9, false, "a\nb\n", "", 0 },
	{ T0 "stdout F a\n" T0 "stderr F b\n", ALL, 1, false, "", "b\n", 0 },
	{ T0 "stdout F a\n" T0 "stderr F b\n" T0 "stdout F c\n", ALL, 2, false, "c\n", "b\n", 0 },
	{ T0 "stdout F a\n" T0 "stdout P b\n" T0 "stdout F c\n", ALL, 1, false, "bc\n", "", 0 },
	{ T0 "stdout P b\n" T0 "stderr F x\n" T0 "stdout F c\n", ALL, 1, false, "bc\n", "", 0 },
	{ T0 "stdout P b\n" T0 "stderr F x\n" T0 "stdout F c\n", ALL, 2, false, "bc\n", "x\n", 0 },
	{ T0 "stderr P x\n" T0 "stdout F a\n" T0 "stdout F b\n" T0 "stderr F y\n", ALL, 1, true, "",
		P0 "xy\n", 0 },
	{ T0 "stderr P x\n" T0 "stdout F a\n" T0 "stdout F b\n" T0 "stderr F y\n", ALL, 2, false,
		"b\n", "xy\n", 0 },
	/* one that is not complete is one */
	{ T0 "stdout F a\n" T0 "stdout P b\n", ALL, 1, false, "b", "", 0 },
	{ T0 "stdout F a\n" T0 "stdout P b\n" T0 "stdout P c\n", ALL, 1, false, "bc", "", 0 },
	{ T0 "stdout F a\n" T0 "stdout P b\n" T0 "stderr F c\n", ALL, 2, false, "b", "c\n", 0 },
	/* what conmon has begun to write does not count */
	{ T0 "stdout F a\n" T0 "stdout F b", ALL, 1, false, "a\n", "", 0 },
	{ T0 "stdout F a", ALL, 1, false, "", "", 0 },
	/* both */
	{ T0 "stdout F a\n" T1 "stdout F b\n" T2 "stdout F c\n", NOW + SECOND, 1, false, "c\n", "",
		0 },
	{ T0 "stdout F a\n" T1 "stdout F b\n" T2 "stdout F c\n", NOW + SECOND, 9, false, "b\nc\n",
		"", 0 },
	/* what is none of conmon's is left out, told where it is met, and not counted */
	{ "x\n\n" T0 "stdout F a\n" T0 "stdo" T0 "stdout F b\n" T0 "stdout F c\n", ALL, ALL, false,
		"a\nc\n", "", 3 },
	{ T0 "stdout F a\n\n\n" T0 "stdout F b\nx\n", ALL, 2, false, "a\nb\n", "", 3 },
	{ T0 "stdout P a\nx\n" T0 "stdout F b\n", ALL, 1, false, "ab\n", "", 1 },
	{ "\n\n\n", ALL, 5, false, "", "", 0 },
	{ "no newline", ALL, 5, false, "", "", 0 },
};

static void check_log(int i, struct log_reader *reader)
{
	char text[4096];

	caught(STDOUT_FILENO, text, sizeof(text));
	ck_assert_str_eq(text, logs[i].out);
	caught(STDERR_FILENO, text, sizeof(text));
	ck_assert_str_eq(text, logs[i].err);
	ck_assert_int_eq(log_left_out(reader), logs[i].left_out);
}

START_TEST(test_log)
{
	struct log_reader *reader;

	begin_log();
	append(logs[_i].log, strlen(logs[_i].log));
	capture(STDOUT_FILENO);
	capture(STDERR_FILENO);
	reader = open_log(logs[_i].timestamps, logs[_i].since, logs[_i].tail);
	ck_assert_int_eq(print_all(reader), 0);
	check_log(_i, reader);
	log_close(reader);
}
END_TEST

/* Byte by byte while it is followed; the file comes when it likes. What is there first is not what is last, so not for tail. */
START_TEST(test_followed)
{
	struct log_reader *reader;

	if (logs[_i].tail != ALL)
		return;
	begin_log();
	capture(STDOUT_FILENO);
	capture(STDERR_FILENO);
	reader = open_log(logs[_i].timestamps, logs[_i].since, ALL);
	ck_assert_int_eq(print_all(reader), 0);
	for (size_t i = 0; i < strlen(logs[_i].log); i++) {
		append(logs[_i].log + i, 1);
		ck_assert_int_eq(print_all(reader), 0);
	}
	check_log(_i, reader);
	log_close(reader);
}
END_TEST

/* ---- long lines ---- */

#define LONG (1 << 20)

/* A line of a log of its own: no piece of memory that is read at once holds it. */
static const struct {
	size_t part; /* bytes of the text in a line of conmon's */
	bool ends;
} long_lines[] = { { 8192, true }, { LONG, true }, { 65536, false }, { 65490, true },
	{ 300000, true } };

static char long_text[LONG];

static void append_long_line(size_t part, bool ends)
{
	for (size_t at = 0; at < LONG; at += part) {
		bool is_last = at + part >= LONG;

		append(T0, strlen(T0));
		append(ends && is_last ? "stderr F " : "stderr P ", 9);
		append(long_text + at, is_last ? LONG - at : part);
		append("\n", 1);
	}
}

START_TEST(test_long_line)
{
	static char text[LONG + 8192];
	struct log_reader *reader;
	size_t length = LONG;

	for (size_t i = 0; i < LONG; i++)
		long_text[i] = (char)(i % 251 == '\n' ? 0 : i % 251);
	begin_log();
	append(T0 "stdout F a\n", strlen(T0 "stdout F a\n"));
	append_long_line(long_lines[_i].part, long_lines[_i].ends);
	capture(STDOUT_FILENO);
	capture(STDERR_FILENO);
	reader = open_log(false, ALL, 1);
	ck_assert_int_eq(print_all(reader), 0);
	ck_assert_uint_eq(caught(STDOUT_FILENO, text, sizeof(text)), 0);
	if (long_lines[_i].ends)
		length++;
	ck_assert_uint_eq(caught(STDERR_FILENO, text, sizeof(text)), length);
	ck_assert(memcmp(text, long_text, LONG) == 0);
	log_close(reader);
}
END_TEST

/* What is there is not printed at one go, so that who follows has time for something else. */
START_TEST(test_piece_by_piece)
{
	static char text[LONG + 8192];
	struct lifecycle_error error;
	struct log_reader *reader;
	int pieces = 0;

	begin_log();
	append_long_line(8192, true);
	capture(STDERR_FILENO);
	reader = open_log(false, ALL, ALL);
	while (log_print(reader, &error) > 0)
		pieces++;
	ck_assert_uint_eq(caught(STDERR_FILENO, text, sizeof(text)), LONG + 1);
	ck_assert_int_ge(pieces, LONG / 65536);
	log_close(reader);
}
END_TEST

/* Longer than what is read at once, and none of conmon's: it is left out as one. */
START_TEST(test_long_other_line)
{
	struct log_reader *reader;
	char text[64];

	memset(long_text, 'x', sizeof(long_text));
	begin_log();
	append(long_text, LONG);
	append("\n" T0 "stdout F a\n", strlen("\n" T0 "stdout F a\n"));
	capture(STDOUT_FILENO);
	reader = open_log(false, ALL, _i == 0 ? ALL : 5);
	ck_assert_int_eq(print_all(reader), 0);
	ck_assert_uint_eq(caught(STDOUT_FILENO, text, sizeof(text)), 2);
	ck_assert_int_eq(log_left_out(reader), _i == 0 ? 1 : 0);
	log_close(reader);
}
END_TEST

/* Many lines: where they begin is found over the ends of what is read at once. */
START_TEST(test_many_lines)
{
	enum { MANY = 5000 };
	static char text[16 * MANY];
	struct log_reader *reader;
	char line[128], *end = text;

	begin_log();
	for (int i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), T0 "stdout F %d\n", i);
		append(line, strlen(line));
	}
	for (int i = _i == 0 ? 0 : MANY - 3000 - _i; i < MANY; i++)
		end += sprintf(end, "%d\n", i);
	capture(STDOUT_FILENO);
	reader = open_log(false, ALL, _i == 0 ? MANY : 3000 + _i);
	ck_assert_int_eq(print_all(reader), 0);
	{
		static char out[16 * MANY];

		caught(STDOUT_FILENO, out, sizeof(out));
		ck_assert_str_eq(out, text);
	}
	log_close(reader);
}
END_TEST

/* ---- what changes ---- */

static bool no_inotify;
int __real_inotify_init1(int flags);
int __wrap_inotify_init1(int flags);

int __wrap_inotify_init1(int flags)
{
	if (!no_inotify)
		return __real_inotify_init1(flags);
	errno = EMFILE;
	return -1;
}

static bool changes_within(const struct log_reader *reader, int milliseconds)
{
	struct pollfd wait = { log_fd(reader), POLLIN, 0 };

	return poll(&wait, 1, milliseconds) == 1;
}

/* The file comes, and grows; with inotify, and where there is none left. */
START_TEST(test_changes)
{
	struct log_reader *reader;
	char text[64];

	no_inotify = _i == 1;
	begin_log();
	capture(STDOUT_FILENO);
	reader = open_log(false, ALL, 5);
	ck_assert_int_eq(print_all(reader), 0);
	append(T0 "stdout F a\n", strlen(T0 "stdout F a\n"));
	ck_assert(changes_within(reader, 5000));
	ck_assert_int_eq(print_all(reader), 0);
	if (!no_inotify)
		ck_assert(!changes_within(reader, 0));
	append(T0 "stdout F b\n", strlen(T0 "stdout F b\n"));
	ck_assert(changes_within(reader, 5000));
	ck_assert_int_eq(print_all(reader), 0);
	caught(STDOUT_FILENO, text, sizeof(text));
	ck_assert_str_eq(text, "a\nb\n");
	log_close(reader);
}
END_TEST

/* Somebody empties it. */
START_TEST(test_emptied)
{
	struct log_reader *reader;
	char path[300], text[64];

	begin_log();
	append(T0 "stdout F a\n" T0 "stdout F b\n", 2 * strlen(T0 "stdout F a\n"));
	capture(STDOUT_FILENO);
	reader = open_log(false, ALL, 1);
	ck_assert_int_eq(print_all(reader), 0);
	snprintf(path, sizeof(path), "%s/log", directory);
	ck_assert_int_eq(truncate(path, 0), 0);
	append(T0 "stdout F c\n", strlen(T0 "stdout F c\n"));
	ck_assert_int_eq(print_all(reader), 0);
	caught(STDOUT_FILENO, text, sizeof(text));
	ck_assert_str_eq(text, "b\nc\n");
	log_close(reader);
}
END_TEST

/* ---- what fails ---- */

static void make_link(const char *path)
{
	ck_assert_int_eq(symlink("/proc/self/exe", path), 0);
}

static void make_pipe(const char *path)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void make_directory(const char *path)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static const struct {
	void (*make)(const char *path);
	const char *words;
} no_files[] = {
	{ make_link, "/log': Too many levels of symbolic links" },
	{ make_pipe, "/log' is no regular file" },
	{ make_directory, "/log' is no regular file" },
};

START_TEST(test_no_file)
{
	struct lifecycle_error error;
	struct log_reader *reader;
	char path[300];

	begin_log();
	snprintf(path, sizeof(path), "%s/log", directory);
	no_files[_i].make(path);
	reader = open_log(false, ALL, _i == 0 ? ALL : 5);
	ck_assert_int_eq(log_print(reader, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_ptr_nonnull(strstr(error.message, no_files[_i].words));
	log_close(reader);
	ck_assert_int_eq(remove(path), 0);
}
END_TEST

START_TEST(test_cannot_write)
{
	struct lifecycle_error error;
	struct log_reader *reader;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	begin_log();
	append(T0 "stdout F a\n", strlen(T0 "stdout F a\n"));
	ck_assert_int_eq(dup2(full, STDOUT_FILENO), STDOUT_FILENO);
	reader = open_log(false, ALL, ALL);
	ck_assert_int_eq(log_print(reader, &error), -1);
	ck_assert_ptr_nonnull(strstr(error.message, "cannot write to the standard output: "));
	log_close(reader);
	log_close(NULL);
	close(full);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("container_log");
	TCase *tcase = tcase_create("container_log");

	snprintf(directory, sizeof(directory), "%s", unit_directory());
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, test_line, 0, COUNT(lines));
	tcase_add_loop_test(tcase, test_log, 0, COUNT(logs));
	tcase_add_loop_test(tcase, test_followed, 0, COUNT(logs));
	tcase_add_loop_test(tcase, test_long_line, 0, COUNT(long_lines));
	tcase_add_test(tcase, test_piece_by_piece);
	tcase_add_loop_test(tcase, test_long_other_line, 0, 2);
	tcase_add_loop_test(tcase, test_many_lines, 0, 100);
	tcase_add_loop_test(tcase, test_changes, 0, 2);
	tcase_add_test(tcase, test_emptied);
	tcase_add_loop_test(tcase, test_no_file, 0, COUNT(no_files));
	tcase_add_test(tcase, test_cannot_write);
	suite_add_tcase(suite, tcase);
	return suite;
}
