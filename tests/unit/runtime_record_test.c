/* SPDX-License-Identifier: Apache-2.0 */
/* What is recorded of a runtime's create, start and restore. */
#include "runtime/record.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BEGAN    INT64_C(1700000000000000000)
#define DURATION INT64_C(5000000)
#define SECOND   INT64_C(1000000000)

/* ---- the calls on the store ---- */

static int64_t left; /* until the last one's deadline */
static bool fold_fails;
static bool report_fails;

int __real_lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error);
int __wrap_lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error);
int __wrap_lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error)
{
	left = deadline - lifecycle_monotonic_now();
	return fold_fails ? -1 : __real_lifecycle_store_fold(store, evidence, deadline, error);
}

int __real_lifecycle_store_report(struct lifecycle_store *store,
	const struct lifecycle_report *report, int64_t deadline, char *ret_instance,
	struct lifecycle_error *error);
int __wrap_lifecycle_store_report(struct lifecycle_store *store,
	const struct lifecycle_report *report, int64_t deadline, char *ret_instance,
	struct lifecycle_error *error);
int __wrap_lifecycle_store_report(struct lifecycle_store *store,
	const struct lifecycle_report *report, int64_t deadline, char *ret_instance,
	struct lifecycle_error *error)
{
	left = deadline - lifecycle_monotonic_now();
	return report_fails ? -1
			    : __real_lifecycle_store_report(
				      store, report, deadline, ret_instance, error);
}

/* ---- the store ---- */

static char root[128];

static void set_up(void)
{
	snprintf(root, sizeof(root), "%s", unit_new_directory());
}

static struct lifecycle_record *load(void)
{
	struct lifecycle_record *record = NULL;
	struct lifecycle_store *store;

	ck_assert_int_eq(lifecycle_store_open(root, LIFECYCLE_ACCESS_READ, &store, NULL), 0);
	(void)lifecycle_store_load(store, "c1", &record, NULL);
	lifecycle_store_close(store);
	return record;
}

static struct runtime_seen seen_of(enum lifecycle_point point, int status)
{
	return (struct runtime_seen){ .point = point,
		.id = "c1",
		.began = BEGAN,
		.duration_ns = DURATION,
		.pid = LIFECYCLE_UNKNOWN,
		.status = status,
		.words = "" };
}

static int record(const struct runtime_seen *seen)
{
	struct lifecycle_error error = { .code = LIFECYCLE_ERROR_NONE };

	return runtime_record(root, seen, &error);
}

/* ---- what is recorded ---- */

static const struct {
	enum lifecycle_point point;
	int status; /* as waitpid() has it */
	const char *words;
	int64_t exit_code, signal; /* of the failure; -1: unknown */
	const char *message;       /* NULL: it is no failure */
} ends[] = {
	{ LIFECYCLE_POINT_CREATE, 0, "", -1, -1, NULL },
	{ LIFECYCLE_POINT_CREATE, 1 << 8, "no such file", 1, -1, "no such file" },
	{ LIFECYCLE_POINT_CREATE, 77 << 8, "", 77, -1, "the runtime exited with 77" },
	{ LIFECYCLE_POINT_CREATE, 9, "", -1, 9, "the runtime was killed by signal 9" },
	{ LIFECYCLE_POINT_START, 0, "", -1, -1, NULL },
	{ LIFECYCLE_POINT_START, 1 << 8, "x", 1, -1, "x" },
	{ LIFECYCLE_POINT_RESTORE, 0, "", -1, -1, NULL },
	{ LIFECYCLE_POINT_RESTORE, 1 << 8, "x", 1, -1, "x" },
};

START_TEST(test_end)
{
	struct runtime_seen seen = seen_of(ends[_i].point, ends[_i].status);
	bool started = ends[_i].point != LIFECYCLE_POINT_CREATE && ends[_i].status == 0;
	struct lifecycle_record *found;

	/* a start is of a container that was created */
	if (ends[_i].point == LIFECYCLE_POINT_START) {
		seen.point = LIFECYCLE_POINT_CREATE;
		seen.status = 0;
		ck_assert_int_eq(record(&seen), 0);
	}
	seen.point = ends[_i].point;
	seen.status = ends[_i].status;
	seen.words = ends[_i].words;
	ck_assert_int_eq(record(&seen), 0);
	ck_assert_int_gt(left, SECOND);
	ck_assert_int_le(left, 2 * SECOND);
	found = load();
	ck_assert_uint_eq(lifecycle_record_error_count(found), ends[_i].message != NULL);
	if (ends[_i].message != NULL) {
		const struct lifecycle_failure *failure = lifecycle_record_error(found, 0);

		ck_assert_str_eq(failure->message, ends[_i].message);
		ck_assert_int_eq(failure->exit_code,
			ends[_i].exit_code >= 0 ? ends[_i].exit_code : LIFECYCLE_UNKNOWN);
		ck_assert_int_eq(failure->signal,
			ends[_i].signal >= 0 ? ends[_i].signal : LIFECYCLE_UNKNOWN);
		ck_assert_int_eq(failure->time, BEGAN + DURATION);
	}
	ck_assert_int_eq(lifecycle_record_current(found)->created_at,
		BEGAN + (started && ends[_i].point == LIFECYCLE_POINT_RESTORE ? DURATION : 0));
	/* the time of its end, when it was seen to have succeeded */
	ck_assert_int_eq(lifecycle_record_current(found)->started_at,
		started ? BEGAN + DURATION : LIFECYCLE_UNKNOWN);
	ck_assert_ptr_null(lifecycle_record_name(found));
	lifecycle_record_free(found);
}
END_TEST

START_TEST(test_name)
{
	struct runtime_seen seen = seen_of(LIFECYCLE_POINT_CREATE, 0);
	struct lifecycle_record *found;

	seen.name = "web";
	ck_assert_int_eq(record(&seen), 0);
	ck_assert_int_gt(left, SECOND);
	found = load();
	ck_assert_str_eq(lifecycle_record_name(found), "web");
	lifecycle_record_free(found);
}
END_TEST

START_TEST(test_pid)
{
	struct runtime_seen seen = seen_of(LIFECYCLE_POINT_CREATE, 0);
	struct lifecycle_record *found;

	seen.pid = getpid();
	ck_assert_int_eq(record(&seen), 0);
	found = load();
	ck_assert_int_eq(lifecycle_record_current(found)->pid, getpid());
	lifecycle_record_free(found);
}
END_TEST

/* No ID, no store, no record, no name. */
START_TEST(test_fails)
{
	struct runtime_seen seen = seen_of(LIFECYCLE_POINT_CREATE, 0);
	struct lifecycle_record *found;

	seen.name = "web";
	if (_i == 0)
		seen.id = "../c1";
	if (_i == 1)
		strcpy(root, "/dev/null/store");
	fold_fails = _i == 2;
	report_fails = _i == 3;
	ck_assert_int_eq(record(&seen), -1);
	if (_i < 2)
		return;
	found = load();
	ck_assert_int_eq(found != NULL, _i == 3);
	lifecycle_record_free(found);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("runtime_record");
	TCase *tcase = tcase_create("runtime_record");

	(void)unit_directory();
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_end, 0, COUNT(ends));
	tcase_add_test(tcase, test_name);
	tcase_add_test(tcase, test_pid);
	tcase_add_loop_test(tcase, test_fails, 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}
