/* SPDX-License-Identifier: Apache-2.0 */
/* Totals: their series, buckets and bounds; and what a store has counted, in records and in its file. */
#include "totals.h"
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MILLISECOND INT64_C(1000000)

static struct tally_entry hook(int64_t duration_ns)
{
	return (struct tally_entry){ .kind = TALLY_HOOK,
		.point = LIFECYCLE_POINT_PRESTART,
		.index = 1,
		.command = "/c",
		.duration_ns = duration_ns };
}

/* ---- one of each ---- */

START_TEST(test_kinds)
{
	struct tally_entry generation = { .kind = TALLY_GENERATION };
	struct tally_entry failure = hook(5);
	struct tally_entry call = hook(5);
	struct totals totals = { 0 };

	totals_add_entry(&totals, &generation);
	generation.create_error = true;
	totals_add_entry(&totals, &generation);
	generation.create_error = false;
	generation.oom_killed = true;
	totals_add_entry(&totals, &generation);
	totals_add_entry(&totals, &generation);
	ck_assert_int_eq(totals.sums.generations, 4);
	ck_assert_int_eq(totals.sums.create_errors, 1);
	ck_assert_int_eq(totals.sums.oom_kills, 2);
	ck_assert_uint_eq(totals.count, 0);
	failure.kind = TALLY_FAILURE;
	totals_add_entry(&totals, &failure);
	totals_add_entry(&totals, &call);
	totals_add_entry(&totals, &call);
	ck_assert_uint_eq(totals.count, 1);
	ck_assert_int_eq(totals.series[0].point, LIFECYCLE_POINT_PRESTART);
	ck_assert_int_eq(totals.series[0].index, 1);
	ck_assert_str_eq(totals.series[0].command, "/c");
	ck_assert_int_eq(totals.series[0].failures, 1);
	ck_assert_int_eq(totals.series[0].calls, 2);
	ck_assert_int_eq(totals.series[0].sum_ns, 10);
	ck_assert_int_eq(totals.series[0].buckets[0], 2);
}
END_TEST

/* ---- buckets ---- */

static const int64_t limits[LIFECYCLE_BUCKETS] = { 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500,
	5000, 10000 };

/* Which bucket a call of this length is in; LIFECYCLE_BUCKETS for none. */
static int bucket_of(int64_t duration_ns)
{
	struct tally_entry entry = hook(duration_ns);
	struct totals totals = { 0 };
	int found = LIFECYCLE_BUCKETS;
	int64_t sum = 0;

	totals_add_entry(&totals, &entry);
	for (int i = 0; i < LIFECYCLE_BUCKETS; i++) {
		sum += totals.series[0].buckets[i];
		found = totals.series[0].buckets[i] != 0 ? i : found;
	}
	ck_assert_int_eq(sum, found < LIFECYCLE_BUCKETS ? 1 : 0);
	ck_assert_int_eq(totals.series[0].calls, 1);
	return found;
}

START_TEST(test_buckets)
{
	for (int i = 0; i < LIFECYCLE_BUCKETS; i++) {
		ck_assert_int_eq(lifecycle_bucket_limit((size_t)i), limits[i] * MILLISECOND);
		ck_assert_int_eq(bucket_of(limits[i] * MILLISECOND), i);
		ck_assert_int_eq(bucket_of(limits[i] * MILLISECOND + 1), i + 1);
	}
	ck_assert_int_eq(bucket_of(0), 0);
	ck_assert_int_eq(lifecycle_bucket_limit(LIFECYCLE_BUCKETS), LIFECYCLE_UNKNOWN);
}
END_TEST

/* ---- which series ---- */

START_TEST(test_series)
{
	struct tally_entry entries[] = { hook(1), hook(1), hook(1), hook(1) };
	struct totals totals = { 0 };

	entries[1].point = LIFECYCLE_POINT_POSTSTOP;
	entries[2].index = 2;
	strcpy(entries[3].command, "/d");
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < 4; i++)
			totals_add_entry(&totals, &entries[i]);
	ck_assert_uint_eq(totals.count, 4);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(totals.series[i].point, entries[i].point);
		ck_assert_int_eq(totals.series[i].index, entries[i].index);
		ck_assert_str_eq(totals.series[i].command, entries[i].command);
		ck_assert_int_eq(totals.series[i].calls, 2);
	}
}
END_TEST

/* What is too much is one series more. */
START_TEST(test_too_many_series)
{
	struct tally_entry entry = hook(1);
	struct totals totals = { 0 };

	for (int64_t i = 0; i < TOTALS_MOST_SERIES + 3; i++) {
		entry.index = i;
		totals_add_entry(&totals, &entry);
	}
	entry.index = TOTALS_MOST_SERIES - 1;
	totals_add_entry(&totals, &entry);
	ck_assert_uint_eq(totals.count, TOTALS_MOST_SERIES + 1);
	ck_assert_int_eq(totals.series[TOTALS_MOST_SERIES - 1].calls, 2);
	ck_assert_int_eq(totals.series[TOTALS_MOST_SERIES].point, LIFECYCLE_POINT_NONE);
	ck_assert_int_eq(totals.series[TOTALS_MOST_SERIES].index, LIFECYCLE_UNKNOWN);
	ck_assert_str_eq(totals.series[TOTALS_MOST_SERIES].command, "");
	ck_assert_int_eq(totals.series[TOTALS_MOST_SERIES].calls, 3);
}
END_TEST

/* ---- sums ---- */

START_TEST(test_sums_of_two)
{
	struct totals totals = { .sums = { 1, 2, 3 } };
	struct totals more = { .sums = { 10, 20, 30 } };
	struct tally_entry entry = hook(7);

	totals_add_entry(&totals, &entry);
	totals_add_entry(&more, &entry);
	entry.index = 9;
	entry.kind = TALLY_FAILURE;
	totals_add_entry(&more, &entry);
	totals_add(&totals, &more);
	ck_assert_int_eq(totals.sums.generations, 11);
	ck_assert_int_eq(totals.sums.create_errors, 22);
	ck_assert_int_eq(totals.sums.oom_kills, 33);
	ck_assert_uint_eq(totals.count, 2);
	ck_assert_int_eq(totals.series[0].calls, 2);
	ck_assert_int_eq(totals.series[0].sum_ns, 14);
	ck_assert_int_eq(totals.series[0].buckets[0], 2);
	ck_assert_int_eq(totals.series[1].failures, 1);
}
END_TEST

/* A file's numbers may be any: a count never falls, and never wraps. */
START_TEST(test_sums_that_cannot_be)
{
	struct totals totals = { .sums = { INT64_MAX - 1, 5, 5 } };

	totals_add_sums(&totals, &(struct totals_sums){ 1, -1, INT64_MIN });
	ck_assert_int_eq(totals.sums.generations, INT64_MAX);
	ck_assert_int_eq(totals.sums.create_errors, 5);
	ck_assert_int_eq(totals.sums.oom_kills, 5);
	totals_add_sums(&totals, &(struct totals_sums){ 1, 1, 1 });
	ck_assert_int_eq(totals.sums.generations, INT64_MAX);
	ck_assert_int_eq(totals.sums.create_errors, 6);
}
END_TEST

/* ---- a store's ---- */

#define TIME "\"time\":\"2026-01-01T00:00:00Z\""

#define RECORD(id, number, more)                                                                   \
	"{\"version\":1,\"id\":\"" id "\",\"generation\":1,\"status\":\"stopped\","                \
	"\"create_error\":true,\"oom_killed\":true,"                                               \
	"\"instance\":\"00000000-0000-4000-8000-00000000000" number "\"" more "}"

static const char *const records[] = {
	RECORD("c1", "1",
		",\"hooks\":[{\"point\":\"poststop\"," TIME
		",\"command\":\"/b\",\"duration_ns\":3},"
		"{\"point\":\"prestart\"," TIME
		",\"command\":\"/b\",\"duration_ns\":4,\"index\":2},"
		"{\"point\":\"prestart\"," TIME
		",\"command\":\"/b\",\"duration_ns\":5,\"index\":1},"
		"{\"point\":\"prestart\"," TIME
		",\"command\":\"/a\",\"duration_ns\":6,\"index\":3}]"),
	RECORD("c2", "2", ",\"errors\":[{\"point\":\"create\"," TIME ",\"message\":\"m\"}]"),
	RECORD("c3", "3", ""),
};

#define RECORDS (sizeof(records) / sizeof(records[0]))

static void check_series(const struct lifecycle_counts *counts)
{
	char text[512] = "";

	for (size_t i = 0; i < lifecycle_counts_series_count(counts); i++) {
		const struct lifecycle_series *one = lifecycle_counts_series(counts, i);
		size_t length = strlen(text);

		snprintf(text + length, sizeof(text) - length,
			"%d %s %" PRId64 ": %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
			(int)one->point, one->command != NULL ? one->command : "-",
			one->index == LIFECYCLE_UNKNOWN ? -1 : one->index, one->calls, one->sum_ns,
			one->failures, one->buckets[0]);
	}
	ck_assert_str_eq(text, "1 /a 3: 1 6 0 1\n1 /b 1: 1 5 0 1\n1 /b 2: 1 4 0 1\n"
			       "5 /b -1: 1 3 0 1\n6 - -1: 0 0 1 0\n");
}

static struct lifecycle_counts *counts_of(
	size_t first, size_t end, const struct lifecycle_store *store)
{
	struct lifecycle_counts *counts;

	ck_assert_int_eq(lifecycle_counts_new(&counts, NULL), 0);
	for (size_t i = first; i < end; i++) {
		struct lifecycle_record *record = unit_record(records[i]);

		ck_assert_int_eq(lifecycle_counts_add(counts, record, NULL), 0);
		lifecycle_record_free(record);
	}
	ck_assert_int_eq(lifecycle_counts_end(counts, store, NULL), 0);
	return counts;
}

static void check_all(struct lifecycle_counts *counts)
{
	ck_assert_int_eq(lifecycle_counts_generations(counts), RECORDS);
	ck_assert_int_eq(lifecycle_counts_create_errors(counts), RECORDS);
	ck_assert_int_eq(lifecycle_counts_oom_kills(counts), RECORDS);
	check_series(counts);
	lifecycle_counts_free(counts);
}

START_TEST(test_counts_of_records)
{
	check_all(counts_of(0, RECORDS, NULL));
	lifecycle_counts_free(NULL);
}
END_TEST

static void put(const char *root, const char *id, const char *record)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, id);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/" LIFECYCLE_RECORD_FILE, root, id);
	file = fopen(path, "wex");
	ck_assert_ptr_nonnull(file);
	ck_assert(fputs(record, file) >= 0 && fclose(file) == 0);
}

/* Each time one more record is gone: it counts once, be it found before it goes, or not. */
START_TEST(test_counts_outlive_records)
{
	struct lifecycle_store *store;
	char path[128];
	char id[] = "c0";

	snprintf(path, sizeof(path), "%s", unit_new_directory());
	ck_assert_int_eq(lifecycle_store_open(path, LIFECYCLE_ACCESS_WRITE, &store, NULL), 0);
	for (size_t i = 0; i < RECORDS; i++) {
		id[1] = (char)('1' + i);
		put(path, id, records[i]);
	}
	for (size_t gone = 0; gone <= RECORDS; gone++) {
		check_all(counts_of(0, RECORDS, store));
		check_all(counts_of(gone, RECORDS, store));
		id[1] = (char)('1' + gone);
		if (gone < RECORDS)
			ck_assert_int_eq(lifecycle_store_delete(store, id, LIFECYCLE_NO_DEADLINE,
						 NULL, NULL, NULL),
				0);
	}
	lifecycle_store_close(store);
}
END_TEST

/* So long that all in it is merged, however young. */
static void make_long(const char *root)
{
	static char line[4194304];
	char path[256];
	FILE *file;

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 2] = '\n';
	snprintf(path, sizeof(path), "%s/" LIFECYCLE_COUNTS_FILE, root);
	file = fopen(path, "ae");
	ck_assert_ptr_nonnull(file);
	ck_assert(fputs(line, file) >= 0 && fclose(file) == 0);
}

/* What is in the file and in a record, too, is not merged: it is counted as the record's. */
START_TEST(test_counts_of_what_comes_back)
{
	struct lifecycle_store *store;
	char path[128];

	snprintf(path, sizeof(path), "%s", unit_new_directory());
	ck_assert_int_eq(lifecycle_store_open(path, LIFECYCLE_ACCESS_WRITE, &store, NULL), 0);
	put(path, "c1", records[0]);
	put(path, "c3", records[2]);
	ck_assert_int_eq(
		lifecycle_store_delete(store, "c1", LIFECYCLE_NO_DEADLINE, NULL, NULL, NULL), 0);
	put(path, "c1", records[0]);
	make_long(path);
	put(path, "c2", records[1]);
	ck_assert_int_eq(
		lifecycle_store_delete(store, "c2", LIFECYCLE_NO_DEADLINE, NULL, NULL, NULL), 0);
	ck_assert_int_eq(
		lifecycle_store_delete(store, "c3", LIFECYCLE_NO_DEADLINE, NULL, NULL, NULL), 0);
	check_all(counts_of(0, 1, store));
	ck_assert_int_eq(
		lifecycle_store_delete(store, "c1", LIFECYCLE_NO_DEADLINE, NULL, NULL, NULL), 0);
	check_all(counts_of(0, 0, store));
	lifecycle_store_close(store);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("counts");
	TCase *tcase = tcase_create("counts");

	unit_directory();
	tcase_add_test(tcase, test_kinds);
	tcase_add_test(tcase, test_buckets);
	tcase_add_test(tcase, test_series);
	tcase_add_test(tcase, test_too_many_series);
	tcase_add_test(tcase, test_sums_of_two);
	tcase_add_test(tcase, test_sums_that_cannot_be);
	tcase_add_test(tcase, test_counts_of_records);
	tcase_add_test(tcase, test_counts_outlive_records);
	tcase_add_test(tcase, test_counts_of_what_comes_back);
	suite_add_tcase(suite, tcase);
	return suite;
}
