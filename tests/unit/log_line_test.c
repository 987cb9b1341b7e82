/* SPDX-License-Identifier: Apache-2.0 */
/* One line, and nothing is waited for: poll() and the system's log are the test's. */
#include "base/log_line.h"
#include "libstate.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)
#define LINE_SIZE   1024

static const struct log_line_context nothing = { NULL, NULL, NULL };

/* ---- the system calls ---- */

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
ssize_t __wrap_sendto(int fd, const void *bytes, size_t length, int flags,
	const struct sockaddr *address, socklen_t size);

static int polled = INT_MIN; /* for how long */
static bool refused;

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	polled = timeout;
	if (refused) {
		errno = EINVAL;
		return -1;
	}
	return __real_poll(fds, count, timeout > 100 || timeout < 0 ? 100 : timeout);
}

int __real_select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *time);
int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *time);

static struct timeval selected; /* for how long */

int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *time)
{
	selected = *time;
	*time = (struct timeval){ 0 };
	return __real_select(count, in, out, other, time);
}

int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol);

static bool no_socket;

int __wrap_socket(int family, int type, int protocol)
{
	if (!no_socket)
		return __real_socket(family, type, protocol);
	errno = EMFILE;
	return -1;
}

/* Where the system's log and journald are, as long as they are there. */
static const char *log_path;
static const char *journal_path = "/nonexistent";
static char sent_to[sizeof(((struct sockaddr_un *)0)->sun_path)];
static int sent_flags;

ssize_t __wrap_sendto(int fd, const void *bytes, size_t length, int flags,
	const struct sockaddr *address, socklen_t size)
{
	struct sockaddr_un there = { .sun_family = AF_UNIX };

	memcpy(&there, address, size < sizeof(there) ? size : sizeof(there));
	snprintf(sent_to, sizeof(sent_to), "%s", there.sun_path);
	sent_flags = fcntl(fd, F_GETFL);
	snprintf(there.sun_path, sizeof(there.sun_path), "%s",
		strcmp(sent_to, "/dev/log") == 0 ? log_path : journal_path);
	if (connect(fd, (const struct sockaddr *)&there, sizeof(there)) != 0)
		return -1;
	return send(fd, bytes, length, flags);
}

/* ---- stderr ---- */

/* The end of a pipe to read what goes to stderr from now on. */
static int catch_stderr(void)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	return ends[0];
}

static void check_caught(int fd, const char *expected)
{
	char text[2 * LINE_SIZE] = "";
	ssize_t length = read(fd, text, sizeof(text) - 1);

	if (expected[0] == '\0')
		ck_assert_int_lt(length, 0);
	ck_assert_str_eq(text, expected);
}

START_TEST(test_stderr)
{
	int fd = catch_stderr();

	log_line_to_stderr("lifecycle-x", "a message", lifecycle_monotonic_now() + MILLISECOND);
	check_caught(fd, "lifecycle-x: a message\n");
	/* it takes the line at once, so a deadline that has passed does not matter */
	log_line_to_stderr("n", "late", 0);
	check_caught(fd, "n: late\n");
	ck_assert_int_eq(polled, 0);
	close(fd);
}
END_TEST

static void fill(int fd)
{
	char bytes[4096] = { 0 };

	while (write(fd, bytes, sizeof(bytes)) > 0)
		;
	ck_assert_int_eq(errno, EAGAIN);
}

/* By a filter of system calls, or by a limit of no open files. */
START_TEST(test_poll_is_refused)
{
	int fd = catch_stderr();

	refused = true;
	log_line_to_stderr("n", "m", lifecycle_monotonic_now() + MILLISECOND);
	check_caught(fd, "n: m\n");
	fill(STDERR_FILENO);
	log_line_to_stderr("n", "nobody reads", lifecycle_monotonic_now() + MILLISECOND);
	refused = false;
	close(fd);
}
END_TEST

/* Cut, and a line all the same. */
START_TEST(test_long_line)
{
	char message[3 * LINE_SIZE];
	char text[3 * LINE_SIZE] = "";
	int fd = catch_stderr();

	memset(message, 'm', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	log_line_to_stderr("n", message, LIFECYCLE_NO_DEADLINE);
	ck_assert_int_eq(read(fd, text, sizeof(text)), LINE_SIZE - 1);
	ck_assert_int_eq(strncmp(text, "n: mmm", 6), 0);
	ck_assert_ptr_eq(strchr(text, '\n'), text + LINE_SIZE - 2);
	close(fd);
}
END_TEST

/* Nobody reads: not a moment beyond the deadline, and not without end for one that is further than poll() counts. */
START_TEST(test_stderr_is_full)
{
	static const struct {
		int64_t left;
		int least;
		int most;
	} cases[] = { { -1000 * MILLISECOND, 0, 0 }, { 0, 0, 0 }, { 50 * MILLISECOND, 1, 50 },
		{ 3600 * 1000 * MILLISECOND, 3599000, 3600000 },
		{ (INT64_C(1) << 31) * MILLISECOND, 1 << 30, INT_MAX },
		{ (INT64_C(1) << 32) * MILLISECOND, 1 << 30, INT_MAX } };
	int fd = catch_stderr();
	int64_t began;

	fill(STDERR_FILENO);
	began = lifecycle_monotonic_now();
	log_line_to_stderr("n", "m", began + cases[_i].left);
	ck_assert_int_ge(polled, cases[_i].least);
	ck_assert_int_le(polled, cases[_i].most);
	close(fd);
}
END_TEST

#define FULL_CASES 6

/* The time is that of poll(), to a tenth of a second. */
START_TEST(test_select_waits_as_long)
{
	static const int64_t lefts[] = { 0, 950, 1950, 3550 };
	int fd = catch_stderr();

	fill(STDERR_FILENO);
	refused = true;
	for (size_t i = 0; i < sizeof(lefts) / sizeof(lefts[0]); i++) {
		log_line_to_stderr("n", "m", lifecycle_monotonic_now() + lefts[i] * MILLISECOND);
		ck_assert_int_eq(selected.tv_usec % 1000, 0);
		ck_assert_int_le(selected.tv_usec, 999000);
		ck_assert_int_le(selected.tv_sec * 1000 + selected.tv_usec / 1000, lefts[i]);
		ck_assert_int_gt(selected.tv_sec * 1000 + selected.tv_usec / 1000, lefts[i] - 50);
	}
	close(fd);
}
END_TEST

START_TEST(test_no_deadline)
{
	int fd = catch_stderr();

	fill(STDERR_FILENO);
	log_line_to_stderr("n", "m", LIFECYCLE_NO_DEADLINE);
	ck_assert_int_eq(polled, INT_MAX);
	close(fd);
}
END_TEST

START_TEST(test_nobody_listens)
{
	int fd = catch_stderr();

	close(fd);
	signal(SIGPIPE, SIG_IGN);
	log_line_to_stderr("n", "m", lifecycle_monotonic_now() + MILLISECOND);
	close(STDERR_FILENO);
	log_line_to_stderr("n", "m", lifecycle_monotonic_now() + MILLISECOND);
}
END_TEST

/* ---- the system's log ---- */

static int open_log(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	log_path = path;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static const struct {
	enum log_line_severity severity;
	const char *line;
} lines[] = { { LOG_LINE_ERROR, "<27>lifecycle-x: a message" },
	{ LOG_LINE_WARNING, "<28>lifecycle-x: a message" } };

START_TEST(test_log)
{
	char path[128], text[LINE_SIZE] = "";
	int fd;

	snprintf(path, sizeof(path), "%s/log-%d", unit_directory(), _i);
	fd = open_log(path);
	log_line_to_system(lines[_i].severity, "lifecycle-x", "a message", &nothing);
	ck_assert_int_eq(recv(fd, text, sizeof(text) - 1, 0), (ssize_t)strlen(lines[_i].line));
	ck_assert_str_eq(text, lines[_i].line);
	ck_assert_str_eq(sent_to, "/dev/log");
	ck_assert((sent_flags & O_NONBLOCK) != 0);
	close(fd);
}
END_TEST

/* Cut, and still one datagram. */
START_TEST(test_long_log_line)
{
	char path[128], message[3 * LINE_SIZE], text[3 * LINE_SIZE];
	int fd;

	snprintf(path, sizeof(path), "%s/log-long", unit_directory());
	fd = open_log(path);
	memset(message, 'm', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	log_line_to_system(LOG_LINE_ERROR, "n", message, &nothing);
	ck_assert_int_eq(recv(fd, text, sizeof(text), 0), LINE_SIZE - 1);
	close(fd);
}
END_TEST

/* Nothing waits where nobody reads: the test's time would be over. */
START_TEST(test_log_is_full)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/log-full", unit_directory());
	fd = open_log(path);
	for (int i = 0; i < 10000; i++)
		log_line_to_system(LOG_LINE_ERROR, "n", "m", &nothing);
	close(fd);
}
END_TEST

/* Not there, or left over by one that is gone; and no descriptor is lost over it. */
START_TEST(test_no_log)
{
	char path[128];
	int before = dup(STDIN_FILENO);
	int after;

	close(before);
	snprintf(path, sizeof(path), "%s/no-log-%d", unit_directory(), _i);
	log_path = path;
	if (_i == 1)
		close(open_log(path));
	log_line_to_system(LOG_LINE_ERROR, "n", "m", &nothing);
	after = dup(STDIN_FILENO);
	ck_assert_int_eq(after, before);
	close(after);
}
END_TEST

/* ---- journald ---- */

/* What `field` is in a datagram whose fields bear their length; NULL if it is not there, or stands twice. */
static const char *field_of(const char *bytes, ssize_t length, const char *field)
{
	static char value[5000];
	const char *found = NULL;
	uint64_t size;

	for (const char *at = bytes; at < bytes + length; at += size + 1) {
		const char *end = memchr(at, '\n', (size_t)(bytes + length - at));
		size_t name_length = (size_t)(end - at);

		ck_assert_ptr_nonnull(end);
		memcpy(&size, end + 1, sizeof(size));
		if (name_length == strlen(field) && memcmp(at, field, name_length) == 0) {
			ck_assert_ptr_null(found);
			memcpy(value, end + 9, size);
			value[size] = '\0';
			found = value;
		}
		at = end + 9;
		ck_assert_int_eq(at[size], '\n');
	}
	return found;
}

static ssize_t tell_journal(
	const char *message, const struct log_line_context *context, char *bytes, size_t size)
{
	static char path[128];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "%s/journal-%d", unit_directory(), (int)getpid());
	fd = open_log(path);
	journal_path = path;
	log_path = "/nonexistent";
	log_line_to_system(LOG_LINE_ERROR, "lifecycle-x", message, context);
	length = recv(fd, bytes, size, 0);
	ck_assert_str_eq(sent_to, "/run/systemd/journal/socket");
	close(fd);
	return length;
}

static const struct {
	const char *field, *value;
} fields[] = { { "MESSAGE", "it is\nOCI_HOOK=no" }, { "PRIORITY", "3" }, { "SYSLOG_FACILITY", "3" },
	{ "SYSLOG_IDENTIFIER", "lifecycle-x" }, { "CONTAINER_ID", "0123456789ab" },
	{ "CONTAINER_ID_FULL", "0123456789abcdef" }, { "CONTAINER_NAME", "a\nMESSAGE=b" },
	{ "OCI_HOOK", "createRuntime" } };

START_TEST(test_journal)
{
	const struct log_line_context context = { "0123456789abcdef", "a\nMESSAGE=b",
		"createRuntime" };
	char bytes[5000];
	ssize_t length = tell_journal("it is\nOCI_HOOK=no", &context, bytes, sizeof(bytes));

	ck_assert_str_eq(field_of(bytes, length, fields[_i].field), fields[_i].value);
}
END_TEST

START_TEST(test_journal_is_told_what_is_known)
{
	char bytes[5000];
	ssize_t length = tell_journal("m", &nothing, bytes, sizeof(bytes));

	ck_assert_str_eq(field_of(bytes, length, "MESSAGE"), "m");
	ck_assert_ptr_null(field_of(bytes, length, "CONTAINER_ID"));
	ck_assert_ptr_null(field_of(bytes, length, "CONTAINER_NAME"));
	ck_assert_ptr_null(field_of(bytes, length, "OCI_HOOK"));
}
END_TEST

/* A name may be as long as a record's string; what is not cut is whole. */
START_TEST(test_journal_is_told_no_more_than_fits)
{
	static char id[256], name[4097], message[3 * LINE_SIZE];
	const struct log_line_context context = { id, name, "createRuntime" };
	char bytes[9000];
	ssize_t length;

	memset(id, 'i', sizeof(id) - 1);
	memset(name, 'n', sizeof(name) - 1);
	memset(message, 'm', sizeof(message) - 1);
	length = tell_journal(message, &context, bytes, sizeof(bytes));
	ck_assert_int_le(length, 4096);
	message[LINE_SIZE] = '\0';
	name[LINE_SIZE] = '\0';
	ck_assert_pstr_eq(field_of(bytes, length, "MESSAGE"), message);
	ck_assert_pstr_eq(field_of(bytes, length, "CONTAINER_ID_FULL"), id);
	ck_assert_pstr_eq(field_of(bytes, length, "CONTAINER_NAME"), name);
}
END_TEST

/* Full, or gone: then the line goes to /dev/log. */
START_TEST(test_journal_is_full)
{
	char path[128], text[LINE_SIZE] = "";
	int journal = -1, fd;

	snprintf(path, sizeof(path), "%s/full-%d", unit_directory(), _i);
	if (_i == 0)
		journal = open_log(path);
	journal_path = path;
	for (int i = 0; i < 10000 && _i == 0; i++) {
		log_path = "/nonexistent";
		log_line_to_system(LOG_LINE_ERROR, "n", "m", &nothing);
	}
	journal_path = strdup(path);
	snprintf(path, sizeof(path), "%s/beside-%d", unit_directory(), _i);
	fd = open_log(path);
	log_line_to_system(LOG_LINE_ERROR, "n", "m", &nothing);
	ck_assert_int_eq(recv(fd, text, sizeof(text) - 1, 0), 8);
	ck_assert_str_eq(text, "<27>n: m");
	close(fd);
	close(journal);
	free((char *)(uintptr_t)journal_path);
}
END_TEST

START_TEST(test_no_socket)
{
	no_socket = true;
	sent_to[0] = '\0';
	log_line_to_system(LOG_LINE_ERROR, "n", "m", &nothing);
	no_socket = false;
	ck_assert_str_eq(sent_to, "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("log_line");
	TCase *tcase = tcase_create("log_line");

	unit_directory();
	tcase_add_test(tcase, test_stderr);
	tcase_add_test(tcase, test_poll_is_refused);
	tcase_add_test(tcase, test_long_line);
	tcase_add_loop_test(tcase, test_stderr_is_full, 0, FULL_CASES);
	tcase_add_test(tcase, test_select_waits_as_long);
	tcase_add_test(tcase, test_no_deadline);
	tcase_add_test(tcase, test_no_socket);
	tcase_add_test(tcase, test_nobody_listens);
	tcase_add_loop_test(tcase, test_log, 0, 2);
	tcase_add_test(tcase, test_long_log_line);
	tcase_add_test(tcase, test_log_is_full);
	tcase_add_loop_test(tcase, test_no_log, 0, 2);
	tcase_add_loop_test(tcase, test_journal, 0, sizeof(fields) / sizeof(fields[0]));
	tcase_add_test(tcase, test_journal_is_told_what_is_known);
	tcase_add_test(tcase, test_journal_is_told_no_more_than_fits);
	tcase_add_loop_test(tcase, test_journal_is_full, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
