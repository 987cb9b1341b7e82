/* SPDX-License-Identifier: Apache-2.0 */
#include "records/view.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define STARTED (INT64_C(1795311414) * 1000000000)
#define A_START "\"pid\":42,\"started_at\":\"2026-11-22T01:36:54Z\",\"started_at_source\":"

/* ---- what is true ---- */

/* The start and the process that a record says, and what counts of them. */
static const struct {
	const char *record;
	struct lifecycle_observed observed;
	bool never_ran;
	int64_t start;
	int64_t known_start;
	int64_t pid;
} cases[] = {
	{ "{}", { .status = LIFECYCLE_STATUS_NONE }, false, LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN,
		LIFECYCLE_UNKNOWN },
	{ "{" A_START "\"poststart\"}", { .looked = true, .status = LIFECYCLE_STATUS_RUNNING },
		false, STARTED, STARTED, 42 },
	{ "{" A_START "\"runtime\"}", { .looked = true, .status = LIFECYCLE_STATUS_RUNNING }, false,
		STARTED, STARTED, 42 },
	/* expected, not seen */
	{ "{" A_START "\"createRuntime\"}", { .looked = true, .status = LIFECYCLE_STATUS_RUNNING },
		false, STARTED, LIFECYCLE_UNKNOWN, 42 },
	{ "{\"started_at\":\"2026-11-22T01:36:54Z\"}",
		{ .looked = true, .status = LIFECYCLE_STATUS_CREATED }, false, STARTED,
		LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN },
	/* stopped: its number may be another's by now */
	{ "{" A_START "\"poststart\"}",
		{ .looked = true,
			.status = LIFECYCLE_STATUS_STOPPED,
			.reason = LIFECYCLE_REASON_EXITED },
		false, STARTED, STARTED, LIFECYCLE_UNKNOWN },
	{ "{" A_START "\"createRuntime\"}",
		{ .looked = true,
			.status = LIFECYCLE_STATUS_STOPPED,
			.reason = LIFECYCLE_REASON_LOST_REBOOT },
		false, STARTED, LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN },
	/* what was expected never came */
	{ "{" A_START "\"createRuntime\"}",
		{ .looked = true,
			.status = LIFECYCLE_STATUS_STOPPED,
			.reason = LIFECYCLE_REASON_CREATE_FAILED,
			.create_error = true },
		true, LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN },
	{ "{" A_START "\"createRuntime\"}",
		{ .looked = true,
			.status = LIFECYCLE_STATUS_STOPPED,
			.reason = LIFECYCLE_REASON_NEVER_STARTED },
		true, LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN },
	{ "{" A_START "\"poststart\"}",
		{ .looked = true,
			.status = LIFECYCLE_STATUS_STOPPED,
			.reason = LIFECYCLE_REASON_CREATE_FAILED,
			.create_error = true },
		true, STARTED, STARTED, LIFECYCLE_UNKNOWN },
};

START_TEST(test_case)
{
	struct lifecycle_record *record = unit_record(cases[_i].record);
	struct view view;

	view_of(record, &view);
	view.observed = cases[_i].observed;
	ck_assert(view_never_ran(&view) == cases[_i].never_ran);
	ck_assert_int_eq(view_start(&view), cases[_i].start);
	ck_assert_int_eq(view_known_start(view.current), cases[_i].known_start);
	ck_assert_int_eq(view_pid(&view), cases[_i].pid);
	ck_assert(view_is(&view, cases[_i].observed.status));
	ck_assert(!view_is(&view, (enum lifecycle_status)99));
	ck_assert(view_has_reason(&view, cases[_i].observed.reason));
	ck_assert(!view_has_reason(&view, (enum lifecycle_reason)99));
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_of_a_record)
{
	char *text = unit_data("records/kept/full.json", NULL);
	struct lifecycle_record *record = unit_record(text);
	struct view view;

	view_of(record, &view);
	ck_assert_ptr_eq(view.record, record);
	ck_assert_ptr_eq(view.current, lifecycle_record_current(record));
	ck_assert(view.observed.looked);
	ck_assert(view_is(&view, LIFECYCLE_STATUS_STOPPED));
	ck_assert(view_has_reason(&view, LIFECYCLE_REASON_EXITED));
	lifecycle_record_free(record);
	free(text);
}
END_TEST

/* ---- what failed ---- */

static const struct {
	const char *record;
	const char *last; /* NULL: nothing did */
} failures[] = {
	{ "{}", NULL },
	{ "{\"create_error\":true}", NULL },
	{ "{\"errors\":[{}]}", "failed" },
	{ "{\"errors\":[{\"message\":\"one\"},{\"message\":\"two\"}]}", "two" },
	{ "{\"errors\":[{\"message\":\"one\",\"stderr\":\"\"}]}", "one" },
	{ "{\"errors\":[{\"message\":\"one\",\"stderr\":\"\\n\\n\"}]}", "one" },
	{ "{\"errors\":[{\"message\":\"one\",\"stderr\":\"said\"}]}", "one: said" },
	{ "{\"errors\":[{\"message\":\"one\",\"stderr\":\"first\\nlast\\n\\n\"}]}", "one: last" },
	{ "{\"errors\":[{\"stderr\":\"first\\nlast\"}]}", "failed: last" },
};

START_TEST(test_failure)
{
	struct lifecycle_record *record = unit_record(failures[_i].record);
	const struct lifecycle_failure *last;
	struct view view;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	view_of(record, &view);
	last = view_last_error(&view);
	if (last != NULL)
		view_print_failure(last, out);
	fclose(out);
	ck_assert_pstr_eq(last != NULL ? text : NULL, failures[_i].last);
	free(text);
	lifecycle_record_free(record);
}
END_TEST

/* ---- lengths ---- */

static const struct {
	int64_t time;
	int64_t duration;
	int64_t after;
} sums[] = {
	{ 10, 5, 15 },
	{ 10, 0, 10 },
	{ 10, LIFECYCLE_UNKNOWN, 10 },
	{ LIFECYCLE_UNKNOWN, 5, LIFECYCLE_UNKNOWN },
	{ LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN },
	{ INT64_MAX - 5, 5, INT64_MAX },
	{ INT64_MAX - 5, 6, INT64_MAX },
	{ STARTED, INT64_MAX, INT64_MAX },
};

START_TEST(test_after)
{
	ck_assert_int_eq(view_after(sums[_i].time, sums[_i].duration), sums[_i].after);
}
END_TEST

START_TEST(test_duration)
{
	struct lifecycle_hook hook = { .duration_ns = 5 };

	ck_assert_int_eq(view_duration(&hook), 5);
	hook.duration_ns = 0;
	ck_assert_int_eq(view_duration(&hook), 0);
	hook.duration_ns = -1;
	ck_assert_int_eq(view_duration(&hook), LIFECYCLE_UNKNOWN);
	hook.duration_ns = LIFECYCLE_UNKNOWN;
	ck_assert_int_eq(view_duration(&hook), LIFECYCLE_UNKNOWN);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("view");
	TCase *tcase = tcase_create("view");

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_test(tcase, test_of_a_record);
	tcase_add_loop_test(tcase, test_failure, 0, COUNT(failures));
	tcase_add_loop_test(tcase, test_after, 0, COUNT(sums));
	tcase_add_test(tcase, test_duration);
	suite_add_tcase(suite, tcase);
	return suite;
}
