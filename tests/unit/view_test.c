/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"
#include "records/view.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define STARTED (INT64_C(1795311414) * 1000000000)

/* ---- what is true ---- */

/* What is observed, and what counts of that. */
static const struct {
	struct lifecycle_observed observed;
	bool never_ran;
	bool provisional;
	int64_t known_start;
} cases[] = {
	{ { .started_at = LIFECYCLE_UNKNOWN }, false, true, LIFECYCLE_UNKNOWN },
	{ { .status = LIFECYCLE_STATUS_RUNNING,
		  .started_at = STARTED,
		  .started_at_source = LIFECYCLE_SOURCE_POSTSTART },
		false, false, STARTED },
	{ { .status = LIFECYCLE_STATUS_RUNNING,
		  .started_at = STARTED,
		  .started_at_source = LIFECYCLE_SOURCE_EXEC_FIFO },
		false, false, STARTED },
	/* expected, not seen */
	{ { .status = LIFECYCLE_STATUS_RUNNING,
		  .started_at = STARTED,
		  .started_at_source = LIFECYCLE_SOURCE_CREATE_RUNTIME },
		false, true, LIFECYCLE_UNKNOWN },
	/* nerdctl's */
	{ { .started_at = STARTED }, false, true, LIFECYCLE_UNKNOWN },
	{ { .status = LIFECYCLE_STATUS_STOPPED,
		  .reason = LIFECYCLE_REASON_CREATE_FAILED,
		  .create_error = true,
		  .started_at = LIFECYCLE_UNKNOWN },
		true, true, LIFECYCLE_UNKNOWN },
	{ { .status = LIFECYCLE_STATUS_STOPPED,
		  .reason = LIFECYCLE_REASON_NEVER_STARTED,
		  .started_at = LIFECYCLE_UNKNOWN },
		true, true, LIFECYCLE_UNKNOWN },
};

START_TEST(test_case)
{
	struct lifecycle_record *record = unit_record("{}");
	struct view view;

	view_of(record, &view);
	view.observed = cases[_i].observed;
	view.observed.pid = LIFECYCLE_UNKNOWN;
	ck_assert(view_never_ran(&view) == cases[_i].never_ran);
	ck_assert(view_start_is_provisional(&view) == cases[_i].provisional);
	ck_assert_int_eq(view_known_start(&view, view.current), cases[_i].known_start);
	ck_assert(view_is(&view, cases[_i].observed.status));
	ck_assert(!view_is(&view, (enum lifecycle_status)99));
	ck_assert(view_has_reason(&view, cases[_i].observed.reason));
	ck_assert(!view_has_reason(&view, (enum lifecycle_reason)99));
	lifecycle_record_free(record);
}
END_TEST

/* Of two under one ID the older lives on: what is observed is that one's, and what is recorded of the younger stays. */
START_TEST(test_earlier)
{
	struct lifecycle_record *record = unit_record(
		"{\"generation\":2,\"created_at\":\"2026-11-22T01:36:53Z\",\"pid\":43,\"bundle\":"
		"\"/b\","
		"\"status\":\"created\",\"reason\":\"exited\",\"exit_code\":3,\"create_error\":"
		"true,"
		"\"started_at_source\":\"told\",\"finished_at\":\"2026-11-22T01:36:55Z\","
		"\"errors\":[{\"message\":\"one\"}],"
		"\"previous\":[{\"generation\":1,\"pid\":42,\"status\":\"running\","
		"\"created_at\":\"2026-11-22T01:36:52Z\","
		"\"started_at\":\"2026-11-22T01:36:54Z\",\"started_at_source\":\"poststart\"}]}");
	const struct lifecycle_generation *older = lifecycle_record_previous(record, 0);
	struct view view;

	view_of(record, &view);
	ck_assert_ptr_eq(view.shown, view.current);
	ck_assert_str_eq(view_bundle(&view), "/b");
	ck_assert_ptr_nonnull(view_last_error(&view));
	ck_assert_int_eq(view_status_of(&view, older), LIFECYCLE_STATUS_RUNNING);
	view.shown = older;
	view.observed = (struct lifecycle_observed){ .status = LIFECYCLE_STATUS_RUNNING,
		.pid = 42,
		.exit_code = LIFECYCLE_UNKNOWN,
		.started_at = STARTED,
		.started_at_source = LIFECYCLE_SOURCE_POSTSTART };
	ck_assert_int_eq(view_generation(&view), 1);
	ck_assert_int_eq(view_created_at(&view), STARTED - INT64_C(2000000000));
	ck_assert_int_eq(view_finished_at(&view), LIFECYCLE_UNKNOWN);
	ck_assert_ptr_null(view_bundle(&view));
	ck_assert_ptr_null(view_last_error(&view));
	ck_assert_int_eq(view_status_of(&view, older), LIFECYCLE_STATUS_RUNNING);
	ck_assert_int_eq(view_known_start(&view, older), STARTED);
	ck_assert_int_eq(view_status_of(&view, view.current), LIFECYCLE_STATUS_STOPPED);
	ck_assert_int_eq(view_reason_of(&view, view.current), LIFECYCLE_REASON_EXITED);
	ck_assert_int_eq(view_source_of(&view, view.current), LIFECYCLE_SOURCE_TOLD);
	ck_assert_int_eq(view_exit_code_of(&view, view.current), 3);
	ck_assert(view_create_error_of(&view, view.current));
	ck_assert_int_eq(view_known_start(&view, view.current), LIFECYCLE_UNKNOWN);
	ck_assert_int_eq(view_first_created(&view), STARTED - INT64_C(2000000000));
	lifecycle_record_free(record);
}
END_TEST

/* A process that lives, which is an earlier generation's. */
START_TEST(test_finds_the_earlier)
{
	struct lifecycle_record *record =
		unit_record("{\"generation\":2,\"pid\":1,\"status\":\"stopped\",\"previous\":[{"
			    "\"generation\":1}]}");
	struct lifecycle_record *living;
	struct process process;
	char text[512];
	struct view view;

	view_of(record, &view);
	ck_assert_ptr_eq(view.shown, view.current);
	lifecycle_record_free(record);
	process_look(getpid(), &process);
	snprintf(text, sizeof(text),
		"{\"generation\":2,\"pid\":1,\"status\":\"stopped\",\"previous\":[{\"generation\":"
		"1,"
		"\"status\":\"running\",\"pid\":%d,\"pid_start_ticks\":%jd,\"boot_id\":\"%s\","
		"\"pid_ns\":%jd},{\"generation\":2,\"status\":\"stopped\"}]}",
		(int)getpid(), (intmax_t)process.start_ticks, process.boot_id,
		(intmax_t)process.pid_ns);
	living = unit_record(text);
	view_of(living, &view);
	ck_assert_ptr_eq(view.shown, lifecycle_record_previous(living, 0));
	ck_assert(view_is(&view, LIFECYCLE_STATUS_RUNNING));
	lifecycle_record_free(living);
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
	tcase_add_test(tcase, test_earlier);
	tcase_add_test(tcase, test_finds_the_earlier);
	tcase_add_test(tcase, test_of_a_record);
	tcase_add_loop_test(tcase, test_failure, 0, COUNT(failures));
	tcase_add_loop_test(tcase, test_after, 0, COUNT(sums));
	tcase_add_test(tcase, test_duration);
	suite_add_tcase(suite, tcase);
	return suite;
}
