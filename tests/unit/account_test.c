/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves a record is counted on: by a change, a removal, a pruner that merges. The clock since the boot is ours, and what
 * the test names cannot be opened. */
#include "record.h"
#include "store.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

static struct lifecycle_store *store; /* of one test, whose directory is the working directory */

static void set_up(void)
{
	const char *path = unit_enter_directory();

	ck_assert_int_eq(lifecycle_store_open(path, LIFECYCLE_ACCESS_WRITE, &store, NULL), 0);
}

static void tear_down(void)
{
	lifecycle_store_close(store);
}

/* ---- the system calls ---- */

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __real_openat(int at, const char *path, int flags, unsigned mode);
int __wrap_openat(int at, const char *path, int flags, unsigned mode);

static time_t seconds_since_boot = 1000;
static const char *cannot_be_opened;

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (clock != CLOCK_BOOTTIME)
		return __real_clock_gettime(clock, ret);
	*ret = (struct timespec){ seconds_since_boot, 0 };
	return 0;
}

int __wrap_openat(int at, const char *path, int flags, unsigned mode)
{
	if (cannot_be_opened == NULL || strcmp(path, cannot_be_opened) != 0)
		return __real_openat(at, path, flags, mode);
	errno = EMFILE;
	return -1;
}

/* ---- counting ---- */

static void write_series(FILE *file, const struct lifecycle_series *series)
{
	const char *point = lifecycle_point_name(series->point);

	fprintf(file, "\n%s %s", point != NULL ? point : "-",
		series->command != NULL ? series->command : "-");
	fprintf(file, " %jd/%jd/%jd", (intmax_t)series->calls, (intmax_t)series->sum_ns,
		(intmax_t)series->failures);
}

/* "generations create-errors oom-kills", and a line for each series: "point command calls/sum/failures". */
static char *written(const struct lifecycle_counts *counts)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	fprintf(file, "%jd %jd %jd", (intmax_t)lifecycle_counts_generations(counts),
		(intmax_t)lifecycle_counts_create_errors(counts),
		(intmax_t)lifecycle_counts_oom_kills(counts));
	for (size_t i = 0; i < lifecycle_counts_series_count(counts); i++)
		write_series(file, lifecycle_counts_series(counts, i));
	ck_assert_int_eq(fclose(file), 0);
	return text;
}

static struct lifecycle_counts *begin(void)
{
	struct lifecycle_counts *counts;

	ck_assert_int_eq(lifecycle_counts_new(&counts, NULL), 0);
	return counts;
}

/* Of the whole store, in the order in which who reads it has to. */
static void check_counted(const char *expected)
{
	struct lifecycle_counts *counts = begin();
	struct lifecycle_strings ids;
	char *text;

	ck_assert_int_eq(lifecycle_store_list(store, &ids, NULL, NULL), 0);
	for (size_t i = 0; i < ids.count; i++) {
		struct lifecycle_record *record;

		if (lifecycle_store_load(store, ids.items[i], &record, NULL) < 0)
			continue;
		ck_assert_int_eq(lifecycle_counts_add(counts, record, NULL), 0);
		lifecycle_record_free(record);
	}
	lifecycle_strings_free(&ids);
	ck_assert_int_eq(lifecycle_counts_end(counts, store, NULL), 0);
	text = written(counts);
	ck_assert_str_eq(text, expected);
	free(text);
	lifecycle_counts_free(counts);
}

/* ---- what leaves a record ---- */

/* What the transform below is told. */
struct change {
	const char *instance; /* NULL: the one that it has */
	const char *command;  /* of a hook that is added; NULL: none */
};

static int change_record(struct lifecycle_record *record, void *arg, struct lifecycle_error *error)
{
	const struct change *change = arg;
	struct lifecycle_hook *hook;

	record->version = RECORD_VERSION;
	if (change->instance != NULL) {
		record_retire_generation(record);
		record->current.status = LIFECYCLE_STATUS_STOPPED;
		record->current.generation = 1;
		if (record_set_text(&record->current.instance, change->instance, error) < 0)
			return -1;
	}
	if (change->command == NULL)
		return record_set_text(&record->id, "c1", error);
	hook = record_array_add(&record_hooks, record);
	hook->point = LIFECYCLE_POINT_PRESTART;
	hook->time = lifecycle_time_now();
	hook->duration_ns = 5;
	if (record_set_text(&hook->command, change->command, error) < 0)
		return -1;
	return record_set_text(&record->id, "c1", error);
}

static void change(const char *id, const char *instance, const char *command)
{
	struct change what = { instance, command };
	struct lifecycle_error error;

	ck_assert_msg(lifecycle_store_transform(store, id, lifecycle_monotonic_now() + SECOND / 10,
			      change_record, &what, &error) == 0,
		"%s", error.message);
}

static size_t hooks_of(const char *id)
{
	struct lifecycle_record *record;
	size_t count;

	ck_assert_int_eq(lifecycle_store_load(store, id, &record, NULL), 0);
	count = lifecycle_record_hook_count(record);
	lifecycle_record_free(record);
	return count;
}

static enum lifecycle_error_code remove_code(const char *id)
{
	struct lifecycle_error error = { 0 };

	(void)lifecycle_store_delete(
		store, id, lifecycle_monotonic_now() + SECOND / 10, NULL, NULL, &error);
	return error.code;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

START_TEST(test_more_hooks_than_a_record_has)
{
	change("c1", "one", NULL);
	for (int i = 0; i < 40; i++)
		change("c1", NULL, "/a");
	ck_assert_uint_eq(hooks_of("c1"), RECORD_MAX_HOOKS);
	check_counted("1 0 0\nprestart /a 40/200/0");
}
END_TEST

/* Then it is shortened as it is written. */
START_TEST(test_more_than_fits_into_a_record)
{
	char command[4000] = "";
	char expected[256];

	memset(command, '/', sizeof(command) - 1);
	change("c1", "one", NULL);
	for (int i = 0; i < 24; i++)
		change("c1", NULL, command);
	ck_assert_uint_lt(hooks_of("c1"), 24);
	snprintf(expected, sizeof(expected), "1 0 0\nprestart %.127s 24/120/0", command);
	check_counted(expected);
}
END_TEST

START_TEST(test_more_generations_than_a_record_has)
{
	char instance[16];

	for (int i = 0; i < 12; i++) {
		snprintf(instance, sizeof(instance), "life-%d", i);
		change("c1", instance, "/a");
	}
	check_counted("12 0 0\nprestart /a 12/60/0");
	ck_assert_int_eq(remove_code("c1"), LIFECYCLE_ERROR_NONE);
	check_counted("12 0 0\nprestart /a 12/60/0");
}
END_TEST

START_TEST(test_nothing_counts_without_an_instance)
{
	change("c1", NULL, "/a");
	check_counted("0 0 0");
	ck_assert_int_eq(remove_code("c1"), LIFECYCLE_ERROR_NONE);
	check_counted("0 0 0");
	ck_assert(!is_there(LIFECYCLE_COUNTS_FILE));
}
END_TEST

static char *text_of(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, LIFECYCLE_RECORD_LIMIT);

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_gt(fread(text, 1, LIFECYCLE_RECORD_LIMIT - 1, file), 0);
	fclose(file);
	return text;
}

/* c1, which is written down as one that goes, and does not: so it is where somebody was killed in between. */
static void make_one_in_both(void)
{
	char *text;

	change("c1", "one", "/a");
	text = text_of("c1/lifecycle.json");
	ck_assert_int_eq(remove_code("c1"), LIFECYCLE_ERROR_NONE);
	ck_assert_int_eq(mkdir("c1", 0700), 0);
	unit_put("c1/lifecycle.json", text);
	free(text);
}

START_TEST(test_what_is_in_both_counts_once)
{
	make_one_in_both();
	check_counted("1 0 0\nprestart /a 1/5/0");
	ck_assert_int_eq(unlink("c1/lifecycle.json"), 0);
	check_counted("1 0 0\nprestart /a 1/5/0");
}
END_TEST

/* ---- what is in the way ---- */

/* A hook goes on all the same; what is to be removed can be removed later. */
START_TEST(test_locked_by_another)
{
	struct lifecycle_error error = { 0 };
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	change("c1", "one", "/a");
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	for (int i = 0; i < RECORD_MAX_HOOKS; i++)
		change("c1", NULL, "/b");
	check_counted("1 0 0\nprestart /b 32/160/0");
	ck_assert_int_eq(
		lifecycle_store_delete(store, "c1", lifecycle_monotonic_now(), NULL, NULL, &error),
		-1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_TIMEOUT);
	ck_assert_str_eq(error.message, "'c1': the store's counts are locked by another process");
	close(fd);
	ck_assert_int_eq(remove_code("c1"), LIFECYCLE_ERROR_NONE);
	check_counted("1 0 0\nprestart /b 32/160/0");
}
END_TEST

START_TEST(test_nothing_can_be_written_down)
{
	struct lifecycle_counts *counts = begin();
	struct lifecycle_error error = { 0 };

	change("c1", "one", "/a");
	ck_assert_int_eq(mkdir(LIFECYCLE_COUNTS_FILE, 0700), 0);
	unit_put(LIFECYCLE_COUNTS_FILE "/foreign", "");
	ck_assert_int_eq(remove_code("c1"), LIFECYCLE_ERROR_NONE);
	ck_assert(!is_there("c1"));
	ck_assert_int_eq(lifecycle_counts_end(counts, store, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_CORRUPT);
	lifecycle_counts_free(counts);
}
END_TEST

/* It stays until somebody can read and count it. */
START_TEST(test_no_descriptor_is_left)
{
	change("c1", "one", "/a");
	cannot_be_opened = LIFECYCLE_RECORD_FILE;
	ck_assert_int_eq(remove_code("c1"), LIFECYCLE_ERROR_SYSTEM);
	cannot_be_opened = NULL;
	check_counted("1 0 0\nprestart /a 1/5/0");
	ck_assert_int_eq(remove_code("c1"), LIFECYCLE_ERROR_NONE);
	check_counted("1 0 0\nprestart /a 1/5/0");
}
END_TEST

/* ---- a pruner that merges ---- */

/* Behind what is there, so many generations of containers that are gone that the next one merges them. */
static void add_many(int count)
{
	FILE *file = fopen(LIFECYCLE_COUNTS_FILE, "ae");

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < count; i++)
		fprintf(file, "entry\t1\tgone\t%d\t0\t0\t0\t0\t0\t0\t%0100d\t.\n", i + 1, 0);
	ck_assert_int_eq(fclose(file), 0);
}

static void make_no_directory(void)
{
	ck_assert_int_eq(rename("c1", ".c1"), 0);
	unit_put("c1", "");
}

static void make_none(void)
{
	ck_assert_int_eq(rename("c1", ".c1"), 0);
}

static void make_garbage(void)
{
	unit_put("c1/lifecycle.json", "garbage");
}

static void make_another_life(void)
{
	char *text = text_of("c1/lifecycle.json");

	memcpy(strstr(text, "one"), "two", 3);
	unit_put("c1/lifecycle.json", text);
	free(text);
}

static void make_unopened(void)
{
	cannot_be_opened = "c1";
}

static void make_nothing(void)
{
}

/* What becomes of c1 before c2 is removed, and what is counted then. */
static const struct {
	void (*make)(void);
	const char *counted;
	bool stays; /* among the entries */
} merges[] = {
	{ make_nothing, "702 0 0\nprestart /a 1/5/0", true },
	{ make_none, "702 0 0\nprestart /a 1/5/0", false },
	{ make_garbage, "702 0 0\nprestart /a 1/5/0", false },
	{ make_no_directory, "702 0 0\nprestart /a 1/5/0", false },
	{ make_another_life, "703 0 0\nprestart /a 2/10/0", false },
	/* it is there, and only cannot be seen just now */
	{ make_unopened, "702 0 0\nprestart /a 1/5/0", true },
};

START_TEST(test_merged)
{
	char *text;

	make_one_in_both();
	change("c2", "other", NULL);
	add_many(700);
	seconds_since_boot += 60;
	merges[_i].make();
	ck_assert_int_eq(remove_code("c2"), LIFECYCLE_ERROR_NONE);
	cannot_be_opened = NULL;
	text = text_of(LIFECYCLE_COUNTS_FILE);
	ck_assert_msg(strncmp(text, "base\t", 5) == 0, "control: it merged nothing");
	ck_assert_int_eq(strstr(text, "\tc1\t") != NULL, merges[_i].stays);
	free(text);
	check_counted(merges[_i].counted);
}
END_TEST

static void add_leaving_tests(TCase *tcase)
{
	tcase_add_test(tcase, test_more_hooks_than_a_record_has);
	tcase_add_test(tcase, test_more_than_fits_into_a_record);
	tcase_add_test(tcase, test_more_generations_than_a_record_has);
	tcase_add_test(tcase, test_nothing_counts_without_an_instance);
	tcase_add_test(tcase, test_what_is_in_both_counts_once);
	tcase_add_test(tcase, test_locked_by_another);
	tcase_add_test(tcase, test_nothing_can_be_written_down);
	tcase_add_test(tcase, test_no_descriptor_is_left);
	tcase_add_loop_test(tcase, test_merged, 0, sizeof(merges) / sizeof(merges[0]));
}

Suite *unit_suite(void)
{
	Suite *suite = suite_create("account");
	TCase *tcase = tcase_create("account");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_leaving_tests(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
