/* SPDX-License-Identifier: Apache-2.0 */
/* A file of counts that is odd, and calls that fail while it is read, written or merged: no count is lost, and none counts
 * twice. Some system calls and the clock are ours. */
#include "base/defaults.h"
#include "ledger.h"
#include "ledger_line.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME LIFECYCLE_COUNTS_FILE
#define SECOND    INT64_C(1000000000)
#define KIBI      1024
#define MEBI      (1024 * 1024)

static int root; /* of one test, and the working directory */

static void set_up(void)
{
	(void)unit_enter_directory();
	root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
}

static void tear_down(void)
{
	close(root);
}

/* ---- the system calls ---- */

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __real_openat(int at, const char *path, int flags, unsigned mode);
int __wrap_openat(int at, const char *path, int flags, unsigned mode);
ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size);
ssize_t __real_pread(int fd, void *bytes, size_t size, off_t at);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t at);

static int64_t since_boot = 1000 * SECOND;
static const char *cannot_be_opened; /* EMFILE */
static ssize_t room = -1;            /* on the disk, in bytes; -1: enough */
static bool cannot_be_truncated;
static bool cannot_be_read_at;

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (clock != CLOCK_BOOTTIME)
		return __real_clock_gettime(clock, ret);
	*ret = (struct timespec){ since_boot / SECOND, since_boot % SECOND };
	return 0;
}

int __wrap_openat(int at, const char *path, int flags, unsigned mode)
{
	if (cannot_be_opened == NULL || strcmp(path, cannot_be_opened) != 0)
		return __real_openat(at, path, flags, mode);
	errno = EMFILE;
	return -1;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
	if (room == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (room > 0) {
		size = size < (size_t)room ? size : (size_t)room;
		room -= (ssize_t)size;
	}
	return __real_write(fd, bytes, size);
}

int __wrap_ftruncate(int fd, off_t size)
{
	if (!cannot_be_truncated)
		return __real_ftruncate(fd, size);
	errno = EIO;
	return -1;
}

ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t at)
{
	if (!cannot_be_read_at)
		return __real_pread(fd, bytes, size, at);
	errno = EIO;
	return -1;
}

/* ---- the file ---- */

static void put_bytes(const char *bytes, size_t length)
{
	FILE *file = fopen(FILE_NAME, "we");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
}

static void put(const char *text)
{
	put_bytes(text, strlen(text));
}

/* The file's text, to be freed. */
static char *held(void)
{
	FILE *file = fopen(FILE_NAME, "re");
	char *text = calloc(1, 8 * MEBI);

	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_gt(fread(text, 1, 8 * MEBI - 1, file), 0);
	fclose(file);
	return text;
}

static void check_holds(const char *expected)
{
	char *text = held();

	ck_assert_str_eq(text, expected);
	free(text);
}

static int64_t size_of_file(void)
{
	struct stat status;

	ck_assert_int_eq(lstat(FILE_NAME, &status), 0);
	return status.st_size;
}

static bool is_there(const char *name)
{
	struct stat status;

	return lstat(name, &status) == 0;
}

/* The line of a call of COMMAND which took 5 ns. */
static void add_call(FILE *file, int64_t time, uint64_t identity, const char *command)
{
	struct tally_entry entry = { .identity = identity,
		.kind = TALLY_HOOK,
		.point = LIFECYCLE_POINT_PRESTART,
		.index = LIFECYCLE_UNKNOWN,
		.duration_ns = 5 };
	char line[LEDGER_LINE_SIZE];
	size_t length;

	snprintf(entry.command, sizeof(entry.command), "%s", command);
	length = ledger_line_of_entry(time, "gone", &entry, line);
	ck_assert_ptr_nonnull(file);
	fwrite(line, 1, length, file);
}

/* Calls of one command, with identities from `first` on, until the file has so many bytes. */
static int64_t put_calls(const char *begin, int64_t bytes, int64_t time, uint64_t first)
{
	FILE *file = fopen(FILE_NAME, "we");
	int64_t calls = 0;

	ck_assert_ptr_nonnull(file);
	fputs(begin, file);
	while (ftell(file) < bytes)
		add_call(file, time, first + (uint64_t)calls++, "/a");
	ck_assert_int_eq(fclose(file), 0);
	return calls;
}

/* ---- what is live ---- */

struct live {
	uint64_t from;
	uint64_t to; /* and none of them, if it is less */
};

static bool is_live(void *arg, const char *id, uint64_t identity)
{
	const struct live *live = arg;

	ck_assert(lifecycle_id_valid(id));
	return identity >= live->from && identity <= live->to;
}

static struct live nothing_lives = { 1, 0 };

/* ---- what is counted ---- */

static struct totals totals; /* of one test: it is large */

static enum lifecycle_error_code read_code(struct live *live)
{
	struct lifecycle_error error = { 0 };

	totals = (struct totals){ 0 };
	return ledger_read(root, is_live, live, &totals, &error) < 0 ? error.code
								     : LIFECYCLE_ERROR_NONE;
}

/* "generations create-errors oom-kills" and of each series " command:calls/sum/failures". */
static char *counted(struct live *live, char text[4096])
{
	int length;

	ck_assert_int_eq(read_code(live), LIFECYCLE_ERROR_NONE);
	length = sprintf(text, "%jd %jd %jd", (intmax_t)totals.sums.generations,
		(intmax_t)totals.sums.create_errors, (intmax_t)totals.sums.oom_kills);
	for (size_t i = 0; i < totals.count; i++)
		length += sprintf(text + length, " %s:%jd/%jd/%jd", totals.series[i].command,
			(intmax_t)totals.series[i].calls, (intmax_t)totals.series[i].sum_ns,
			(intmax_t)totals.series[i].failures);
	return text;
}

static void check_counted(struct live *live, const char *expected)
{
	char text[4096];

	ck_assert_str_eq(counted(live, text), expected);
}

static void check_calls(struct live *live, int64_t calls)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "0 0 0 /a:%jd/%jd/0", (intmax_t)calls,
		(intmax_t)calls * 5);
	check_counted(live, expected);
}

/* ---- reading ---- */

#define GENERATION(identity, marks) "entry\t1\tc1\t" identity "\t0\t0\t0\t0\t" marks "\t\t.\n"
#define CALL(identity, more)        "entry\t1\tc1\t" identity "\t1\t1\t0\t5\t0\t0\t/a\t." more
#define FAILURE(identity)           "entry\t1\tc1\t" identity "\t2\t1\t0\t0\t0\t0\t/a\t.\n"
#define SERIES(command, numbers)                                                                   \
	"series\t1\t0\t" command "\t" numbers "\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t.\n"

static const struct {
	const char *text;
	const char *counted; /* where 0x11 to 0x1f are in records */
} texts[] = {
	{ "", "0 0 0" },
	{ "\n\n\n", "0 0 0" },
	{ GENERATION("1", "0\t0") GENERATION("2", "1\t0") GENERATION("3", "0\t1"), "3 1 1" },
	{ CALL("1", "\n") CALL("2", "\n") FAILURE("3"), "0 0 0 /a:2/10/1" },
	{ "base\t9\t.\nsums\t4\t2\t1\t.\n" SERIES("/b", "7\t8\t9") CALL("1", "\n"),
		"4 2 1 /b:7/8/9 /a:1/5/0" },
	{ SERIES("/a", "7\t8\t9") CALL("1", "\n") "sums\t4\t2\t1\t.\nsums\t4\t2\t1\t.\n",
		"8 4 2 /a:8/13/9" },
	/* each once, and of one the last: more may have become known */
	{ CALL("1", "\n") CALL("1", "\n") CALL("2", "\n") CALL("1", "\n"), "0 0 0 /a:2/10/0" },
	{ GENERATION("1", "0\t0") GENERATION("2", "0\t0") GENERATION("1", "1\t1"), "2 1 1" },
	/* not what a record has */
	{ CALL("10", "\n") CALL("11", "\n") CALL("1f", "\n") CALL("20", "\n"), "0 0 0 /a:2/10/0" },
	{ GENERATION("11", "1\t1"), "0 0 0" },
	/* without its newline a last line may be whole, and may not */
	{ CALL("1", "\n") CALL("2", ""), "0 0 0 /a:2/10/0" },
	{ CALL("1", "\n") "entry\t1\tc1\t2\t1\t1\t0\t5\t0\t0\t/a", "0 0 0 /a:1/5/0" },
	/* what is none of ours is passed over */
	{ "garbage\n" CALL("1", "\n") "\xff\xfe\n\t\t\t\nentry\n" CALL("2", "\n"),
		"0 0 0 /a:2/10/0" },
	{ CALL("1", "\r\n") CALL("2", "\t.\n") CALL("3", ".\n"), "0 0 0" },
	/* sums only rise */
	{ "sums\t4\t2\t1\t.\nsums\t-4\t-2\t-1\t.\n" SERIES("/a", "-7\t-8\t-9") CALL("1", "\n"),
		"4 2 1 /a:1/5/0" },
	{ "sums\t9223372036854775807\t0\t0\t.\n" GENERATION("1", "0\t0"),
		"9223372036854775807 0 0" },
};

START_TEST(test_read)
{
	struct live live = { 0x11, 0x1f };

	put(texts[_i].text);
	check_counted(&live, texts[_i].counted);
}
END_TEST

/* After a power cut a file system may show zeros where something was appended. */
START_TEST(test_zeros)
{
	static const char bytes[] =
		CALL("1", "\n") "\0\0\0\0" CALL("2", "\n") CALL("3", "\n") "\0\0";

	put_bytes(bytes, sizeof(bytes) - 1);
	check_calls(&nothing_lives, 2);
}
END_TEST

/* Many: the room for them grows; they come in any order. */
START_TEST(test_many)
{
	FILE *file = fopen(FILE_NAME, "we");

	for (uint64_t i = 0; i < 1000; i++)
		add_call(file, 1, i * 7919 % 1000, "/a");
	ck_assert_int_eq(fclose(file), 0);
	check_calls(&nothing_lives, 1000);
	check_calls(&(struct live){ 0, 499 }, 500);
}
END_TEST

static void make_long(void)
{
	put("sums\t1\t1\t1\t.\n");
	ck_assert_int_eq(truncate(FILE_NAME, 16 * MEBI + 1), 0);
}

static void make_fifo(void)
{
	ck_assert_int_eq(mkfifo(FILE_NAME, 0600), 0);
}

static void make_link(void)
{
	int fd = open("elsewhere", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(symlink("elsewhere", FILE_NAME), 0);
}

static void make_hard_link(void)
{
	put("sums\t1\t1\t1\t.\n");
	ck_assert_int_eq(link(FILE_NAME, "elsewhere"), 0);
}

static void make_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = FILE_NAME };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

static void make_directory(void)
{
	ck_assert_int_eq(mkdir(FILE_NAME, 0700), 0);
}

static void make_another_users(void)
{
	put("sums\t1\t1\t1\t.\n");
	if (geteuid() == 0)
		ck_assert_int_eq(chown(FILE_NAME, 65534, 65534), 0);
	else
		make_hard_link();
}

static void (*const make_strange[])(void) = { make_fifo, make_link, make_socket, make_hard_link,
	make_directory, make_another_users };

static void (*const make_unreadable[])(
	void) = { make_long, make_fifo, make_link, make_socket, make_hard_link, make_directory };

/* It is said, and not taken for a store that has counted nothing. */
START_TEST(test_what_cannot_be_read)
{
	make_unreadable[_i]();
	ck_assert_int_eq(read_code(&nothing_lives), LIFECYCLE_ERROR_CORRUPT);
	ck_assert_int_eq(totals.sums.generations, 0);
	ck_assert_int_eq(ledger_read(root, is_live, &nothing_lives, &totals, NULL), -1);
}
END_TEST

START_TEST(test_the_longest_is_read)
{
	put("sums\t1\t1\t1\t.\n");
	ck_assert_int_eq(truncate(FILE_NAME, 16 * MEBI), 0);
	check_counted(&nothing_lives, "1 1 1");
}
END_TEST

/* ---- writing down ---- */

#define A_CALL     "entry\t1000000000000\tc1\ta1\t1\t1\t0\t5\t0\t0\t/a\t.\n"
#define A_FAILURE  "entry\t1000000000000\tc1\ta2\t2\t1\t0\t0\t0\t0\t/a\t.\n"
#define AS_COUNTED "0 0 0 /a:1/5/1"

static struct tally_entry of_c1[] = {
	{ .identity = 0xa1,
		.kind = TALLY_HOOK,
		.point = LIFECYCLE_POINT_PRESTART,
		.duration_ns = 5,
		.command = "/a" },
	{ .identity = 0xa2,
		.kind = TALLY_FAILURE,
		.point = LIFECYCLE_POINT_PRESTART,
		.command = "/a" },
};
static const struct tally both = { 2, of_c1 };

static enum lifecycle_error_code write_code_for(const struct tally *kept, struct live *live)
{
	struct lifecycle_error error = { 0 };
	int result = ledger_write_down(root, "c1", &both, kept,
		lifecycle_monotonic_now() + SECOND / 10, is_live, live, &error);

	return result < 0 ? error.code : LIFECYCLE_ERROR_NONE;
}

static enum lifecycle_error_code write_code(void)
{
	return write_code_for(NULL, &nothing_lives);
}

START_TEST(test_write_down)
{
	const struct tally first = { 1, of_c1 };
	struct stat status;

	umask(_i == 0 ? 0777 : 0);
	ck_assert_int_eq(write_code_for(&first, &nothing_lives), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(stat(FILE_NAME, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	check_holds(A_FAILURE);
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	check_holds(A_FAILURE A_CALL A_FAILURE);
	check_counted(&nothing_lives, AS_COUNTED);
	check_counted(&(struct live){ 0xa1, 0xa1 }, "0 0 0 /a:0/0/1");
}
END_TEST

START_TEST(test_an_unfinished_line_is_ended)
{
	put("entry\t1\tc1\t7\t1\t1");
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	check_holds("entry\t1\tc1\t7\t1\t1\n" A_CALL A_FAILURE);
	check_counted(&nothing_lives, AS_COUNTED);
	/* nobody can tell whether it is finished: one more newline does no harm */
	cannot_be_read_at = true;
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	check_counted(&nothing_lives, AS_COUNTED);
}
END_TEST

/* Nothing is written through it, and the next reader finds a file. */
START_TEST(test_what_is_in_the_way_is_removed)
{
	struct stat status;

	make_strange[_i]();
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	check_holds(A_CALL A_FAILURE);
	ck_assert_int_eq(stat(FILE_NAME, &status), 0);
	ck_assert_uint_eq(status.st_uid, geteuid());
	if (stat("elsewhere", &status) == 0)
		ck_assert_int_lt(status.st_size, (off_t)strlen(A_CALL));
}
END_TEST

/* What was counted so far is not given up for it. */
START_TEST(test_no_descriptor_is_left)
{
	put("sums\t4\t2\t1\t.\n");
	cannot_be_opened = FILE_NAME;
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_SYSTEM);
	cannot_be_opened = ".";
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_SYSTEM);
	cannot_be_opened = NULL;
	check_counted(&nothing_lives, "4 2 1");
}
END_TEST

/* All of it or nothing, wherever the disk is full; also of the newline that ends another's line. */
START_TEST(test_the_disk_is_full)
{
	for (ssize_t bytes = 0; bytes < (ssize_t)strlen(A_CALL A_FAILURE); bytes++) {
		put(_i == 0 ? "sums\t4\t2\t1\t.\n" : "sums\t4\t2\t1\t.");
		room = bytes;
		ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_SYSTEM);
		check_holds(_i == 0 ? "sums\t4\t2\t1\t.\n" : "sums\t4\t2\t1\t.");
	}
}
END_TEST

/* Then a part of it stays, which the next one ends. */
START_TEST(test_what_is_written_cannot_be_taken_back)
{
	room = (ssize_t)strlen(A_CALL) + 9;
	cannot_be_truncated = true;
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_SYSTEM);
	check_counted(&nothing_lives, "0 0 0 /a:1/5/0");
	room = -1;
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	check_counted(&nothing_lives, AS_COUNTED);
}
END_TEST

/* ---- merging ---- */

#define LONG_AGO   SECOND
#define MERGE_SIZE (64 * KIBI)

static bool is_merged(void)
{
	char *text = held();
	bool merged = strncmp(text, "base\t", 5) == 0;

	free(text);
	return merged;
}

/* c1's two stay live, so that the calls of the others can be told. */
static void write_and_count(struct live *live, int64_t calls, bool merged)
{
	ck_assert_int_eq(write_code_for(NULL, live), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(is_merged(), merged);
	ck_assert(!is_there(LEDGER_TEMPORARY));
	check_calls(&(struct live){ 0xa1, 0xa2 }, calls);
}

/* What a record has is counted there, and is not to be in both. */
START_TEST(test_what_is_live_stays)
{
	int64_t calls = put_calls("", MERGE_SIZE, LONG_AGO, 0x1000);

	write_and_count(&(struct live){ 0x1000, 0x1009 }, calls, true);
	check_calls(&(struct live){ 0xa1, 0x1009 }, calls - 10);
}
END_TEST

static const struct {
	int64_t time;
	bool stays;
} times[] = {
	{ INT64_C(1000) * SECOND, true },
	{ INT64_C(970) * SECOND + 1, true },
	{ INT64_C(970) * SECOND, false },
	{ 1, false },
	{ 0, false },
	/* of another boot, or nobody's */
	{ INT64_C(1000) * SECOND + 1, false },
	{ INT64_MAX, false },
	{ -1, false },
	{ INT64_MIN, false },
};

/* Who reads the store just now may have read the records before they went. */
START_TEST(test_what_is_young_stays)
{
	int64_t calls = put_calls("", MERGE_SIZE, times[_i].time, 0x1000);

	write_and_count(&nothing_lives, calls, true);
	ck_assert_int_eq(size_of_file() > MERGE_SIZE, times[_i].stays);
}
END_TEST

START_TEST(test_each_is_merged_once)
{
	int64_t calls = put_calls("", MERGE_SIZE, LONG_AGO, 0x1000);
	char *once = held();
	char *twice = NULL;

	ck_assert_int_ge(asprintf(&twice, "%s%s", once, once), 0);
	put(twice);
	write_and_count(&nothing_lives, calls, true);
	free(once);
	free(twice);
}
END_TEST

/* A file whose entries have to stay is not written anew each time, but once it has doubled. A first line that cannot be true
 * says nothing. */
static const struct {
	const char *begin;
	int64_t bytes;
	bool merged;
} bases[] = {
	{ "base\t65536\t.\n", 3 * MERGE_SIZE - KIBI, false },
	{ "base\t65536\t.\n", 3 * MERGE_SIZE, true },
	{ "base\t0\t.\n", MERGE_SIZE - KIBI, false },
	{ "base\t0\t.\n", MERGE_SIZE, true },
	{ "base\t65536\t.", MERGE_SIZE, true },
	{ "base\t10000000\t.\n", MERGE_SIZE, true },
	{ "base\t9223372036854775807\t.\n", MERGE_SIZE, true },
	{ "base\t-9223372036854775808\t.\n", MERGE_SIZE, true },
	{ "\xff\n", MERGE_SIZE, true },
};

START_TEST(test_when_it_is_merged)
{
	(void)put_calls(bases[_i].begin, bases[_i].bytes, LONG_AGO, 0x1000);
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(size_of_file() < bases[_i].bytes / 2, bases[_i].merged);
}
END_TEST

START_TEST(test_how_large_it_was_cannot_be_read)
{
	int64_t calls = put_calls("base\t65536\t.\n", 2 * MERGE_SIZE, LONG_AGO, 0x1000);

	cannot_be_read_at = true;
	write_and_count(&nothing_lives, calls, true);
}
END_TEST

/* It is not to grow without end: then what is young goes, too, but not what is live. */
START_TEST(test_very_large)
{
	int64_t calls = put_calls("", 4 * MEBI + 1, since_boot, 0x1000);

	write_and_count(&(struct live){ 0xa1, 0x1009 }, calls, true);
	ck_assert_int_lt(size_of_file(), 4 * KIBI);
	check_calls(&(struct live){ 0xa1, 0x1009 }, calls - 10);
}
END_TEST

START_TEST(test_what_cannot_be_replaced_is_whole)
{
	int64_t calls = put_calls("", MERGE_SIZE, LONG_AGO, 0x1000);

	ck_assert_int_eq(mkdir(LEDGER_TEMPORARY, 0700), 0);
	ck_assert_int_eq(mkdir(LEDGER_TEMPORARY "/foreign", 0700), 0);
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	ck_assert(!is_merged());
	check_calls(&(struct live){ 0xa1, 0xa2 }, calls);
}
END_TEST

START_TEST(test_what_cannot_be_read_is_not_replaced)
{
	make_long();
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	ck_assert_int_gt(size_of_file(), 16 * MEBI);
}
END_TEST

/* Of each of a great many commands one call: all are counted, by then as one. */
START_TEST(test_many_commands)
{
	FILE *file = fopen(FILE_NAME, "we");
	char command[32];
	int64_t calls = 0;

	ck_assert_ptr_nonnull(file);
	fputs("sums\t4\t2\t1\t.\n", file);
	for (uint64_t i = 0; i < 1000; i++) {
		snprintf(command, sizeof(command), "/bin/%d", (int)i);
		add_call(file, LONG_AGO, 0x1000 + i, command);
	}
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(write_code(), LIFECYCLE_ERROR_NONE);
	ck_assert(is_merged());
	ck_assert_int_eq(read_code(&(struct live){ 0xa1, 0xa2 }), LIFECYCLE_ERROR_NONE);
	ck_assert_uint_eq(totals.count, TOTALS_MOST_SERIES + 1);
	for (size_t i = 0; i < totals.count; i++)
		calls += totals.series[i].calls;
	ck_assert_int_eq(calls, 1000);
	ck_assert_int_eq(totals.sums.generations, 4);
}
END_TEST

#define LOOP(tcase, test, table)                                                                   \
	tcase_add_loop_test(tcase, test, 0, sizeof(table) / sizeof(*(table)))

static void add_reading_tests(TCase *tcase)
{
	LOOP(tcase, test_read, texts);
	tcase_add_test(tcase, test_zeros);
	tcase_add_test(tcase, test_many);
	LOOP(tcase, test_what_cannot_be_read, make_unreadable);
	tcase_add_test(tcase, test_the_longest_is_read);
}

static void add_writing_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, test_write_down, 0, 2);
	tcase_add_test(tcase, test_an_unfinished_line_is_ended);
	LOOP(tcase, test_what_is_in_the_way_is_removed, make_strange);
	tcase_add_test(tcase, test_no_descriptor_is_left);
	tcase_add_loop_test(tcase, test_the_disk_is_full, 0, 2);
	tcase_add_test(tcase, test_what_is_written_cannot_be_taken_back);
}

static void add_merging_tests(TCase *tcase)
{
	tcase_add_test(tcase, test_what_is_live_stays);
	LOOP(tcase, test_what_is_young_stays, times);
	tcase_add_test(tcase, test_each_is_merged_once);
	LOOP(tcase, test_when_it_is_merged, bases);
	tcase_add_test(tcase, test_how_large_it_was_cannot_be_read);
	tcase_add_test(tcase, test_very_large);
	tcase_add_test(tcase, test_what_cannot_be_replaced_is_whole);
	tcase_add_test(tcase, test_what_cannot_be_read_is_not_replaced);
	tcase_add_test(tcase, test_many_commands);
}

Suite *unit_suite(void)
{
	static void (*const add[])(
		TCase *) = { add_reading_tests, add_writing_tests, add_merging_tests };
	static const char *const names[] = { "reading", "writing", "merging" };
	Suite *suite = suite_create("ledger_fault");

	unit_directory();
	for (size_t i = 0; i < sizeof(add) / sizeof(add[0]); i++) {
		TCase *tcase = tcase_create(names[i]);

		tcase_add_checked_fixture(tcase, set_up, tear_down);
		add[i](tcase);
		suite_add_tcase(suite, tcase);
	}
	return suite;
}
