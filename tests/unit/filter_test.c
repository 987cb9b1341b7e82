/* SPDX-License-Identifier: Apache-2.0 */
#include "records/filter.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array)    ((int)(sizeof(array) / sizeof((array)[0])))
#define MOST_CONDITIONS 6

static struct cli_values values_of(const char *const *texts, const char **items)
{
	struct cli_values values = { .items = items };

	for (; values.count < MOST_CONDITIONS && texts[values.count] != NULL; values.count++)
		items[values.count] = texts[values.count];
	return values;
}

/* ---- one record, many filters ---- */

/* 2026-11-22T01:36:52.5Z is when it was created; in its annotations "blue" is the team, and a value has a '='. */
static const char record_text[] =
	"{\"id\":\"c1-abc\",\"name\":\"front-web\",\"generation\":1,\"status\":\"stopped\","
	"\"reason\":\"exited\",\"exit_code\":3,"
	"\"created_at\":\"2026-11-22T01:36:52.5Z\",\"started_at\":\"2026-11-22T01:40:00Z\","
	"\"annotations\":{\"team\":\"blue\",\"empty\":\"\",\"args\":\"a=b\"}}";

static const struct {
	bool admits;
	const char *conditions[MOST_CONDITIONS];
} cases[] = {
	{ true, { NULL } },
	/* the beginning of an ID, a part of a name */
	{ true, { "id=c1-abc" } },
	{ true, { "id=c1" } },
	{ true, { "id=" } },
	{ false, { "id=1" } },
	{ false, { "id=c1-abcd" } },
	{ true, { "name=front-web" } },
	{ true, { "name=web" } },
	{ true, { "name=t-w" } },
	{ true, { "name=" } },
	{ false, { "name=Web" } },
	/* docker's anchors, and the slash that docker's names begin with */
	{ true, { "name=^front-web$" } },
	{ true, { "name=^/front-web$" } },
	{ true, { "name=^front" } },
	{ true, { "name=web$" } },
	{ true, { "name=^" } },
	{ false, { "name=^web" } },
	{ false, { "name=^front-we$" } },
	{ false, { "name=front$" } },
	{ false, { "name=^x-front-web$" } },
	/* what is true */
	{ true, { "status=stopped" } },
	{ false, { "status=running" } },
	{ false, { "status=creating" } },
	{ false, { "status=created" } },
	{ true, { "status=exited" } },
	{ true, { "exit_code=3" } },
	{ true, { "exited=3" } },
	{ true, { "exited=03" } },
	{ false, { "exit_code=0" } },
	{ true, { "exited=0", "exit_code=3" } },
	{ true, { "reason=exited" } },
	{ false, { "reason=create_failed" } },
	{ false, { "reason=never_started" } },
	{ false, { "reason=lost_reboot" } },
	{ false, { "reason=lost_runtime" } },
	{ true, { "create_error=false" } },
	{ false, { "create_error=true" } },
	/* a key, or a key and all of its value */
	{ true, { "annotation=team" } },
	{ true, { "annotation=team=blue" } },
	{ false, { "annotation=team=blu" } },
	{ false, { "annotation=team=" } },
	{ false, { "annotation=tea" } },
	{ false, { "annotation=teams" } },
	{ true, { "annotation=empty" } },
	{ true, { "annotation=empty=" } },
	{ false, { "annotation=empty=x" } },
	{ true, { "annotation=args=a=b" } },
	{ false, { "annotation=args=a" } },
	{ false, { "annotation=" } },
	/* from a time on, before a time */
	{ true, { "since=2026-11-22T01:36:52.5Z" } },
	{ true, { "since=2026-11-22T01:36:52Z" } },
	{ false, { "since=2026-11-22T01:36:52.500000001Z" } },
	{ false, { "since=2026-11-22T01:38:00Z" } },
	{ false, { "until=2026-11-22T01:36:52.5Z" } },
	{ true, { "until=2026-11-22T01:36:52.500000001Z" } },
	{ true, { "since=@1795311412", "until=@1795311413" } },
	/* different keys must all hold */
	{ true, { "id=c1", "name=web", "status=stopped" } },
	{ false, { "id=c1", "name=web", "status=running" } },
	{ false, { "id=x", "name=web", "status=stopped" } },
	/* of the same key one */
	{ true, { "status=running", "status=stopped" } },
	{ true, { "status=stopped", "status=running" } },
	{ false, { "status=running", "status=created" } },
	{ true, { "id=x", "id=c", "name=y", "name=web" } },
	{ false, { "id=x", "id=c", "name=y", "name=z" } },
	/* of annotations each */
	{ true, { "annotation=team", "annotation=empty" } },
	{ false, { "annotation=team", "annotation=none" } },
	{ false, { "annotation=none", "annotation=team" } },
	{ true, { "annotation=team=blue", "annotation=args=a=b", "id=c1" } },
};

START_TEST(test_case)
{
	const char *items[MOST_CONDITIONS];
	struct cli_values values = values_of(cases[_i].conditions, items);
	struct lifecycle_record *record = unit_record(record_text);
	struct lifecycle_error error;
	struct filter filter;
	struct view view;

	view_of(record, &view);
	ck_assert_msg(filter_parse(&values, &filter, &error) == 0, "%s", error.message);
	ck_assert_uint_eq(filter.count, values.count);
	ck_assert_msg(filter_admits(&filter, &view) == cases[_i].admits, "%s, ... in case %d",
		values.count > 0 ? items[0] : "nothing", _i);
	filter_free(&filter);
	lifecycle_record_free(record);
}
END_TEST

/* ---- other records ---- */

static const struct {
	const char *record;
	const char *condition;
	bool admits;
} records[] = {
	/* what is unknown meets no condition */
	{ "{}", "id=", false },
	{ "{}", "name=", false },
	{ "{}", "status=stopped", false },
	{ "{}", "status=exited", false },
	{ "{}", "exit_code=0", false },
	/* what never ran has not exited, as in .State of a template */
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"create_failed\"}", "status=exited",
		false },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"create_failed\"}",
		"status=stopped", true },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"never_started\"}", "status=exited",
		false },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"never_started\",\"exit_code\":0}",
		"status=exited", true },
	{ "{\"generation\":1,\"status\":\"running\"}", "status=exited", false },
	{ "{\"generation\":1,\"status\":\"stopped\"}", "status=exited", true },
	{ "{}", "reason=exited", false },
	{ "{}", "create_error=false", true },
	{ "{}", "annotation=team", false },
	{ "{}", "since=@1", false },
	{ "{}", "until=2200-01-01", false },
	{ "{\"create_error\":true}", "create_error=true", true },
	/* who was not created here began when it started */
	{ "{\"started_at\":\"2026-11-22T01:40:00Z\"}", "since=2026-11-22T01:40:00Z", true },
	{ "{\"started_at\":\"2026-11-22T01:40:00Z\"}", "until=2026-11-22T01:40:00Z", false },
	{ "{\"started_at\":\"2026-11-22T01:40:00Z\"}", "until=2026-11-22T01:40:01Z", true },
	/* "" is a key like any other */
	{ "{\"annotations\":{\"\":\"x\"}}", "annotation=", true },
	{ "{\"annotations\":{\"\":\"x\"}}", "annotation==x", true },
	{ "{\"annotations\":{\"\":\"x\"}}", "annotation==y", false },
};

START_TEST(test_record)
{
	const char *items[] = { records[_i].condition };
	const struct cli_values values = { .count = 1, .items = items };
	struct lifecycle_record *record = unit_record(records[_i].record);
	struct filter filter;
	struct view view;

	view_of(record, &view);
	ck_assert_int_eq(filter_parse(&values, &filter, NULL), 0);
	ck_assert_msg(filter_admits(&filter, &view) == records[_i].admits, "%s of %s",
		records[_i].condition, records[_i].record);
	filter_free(&filter);
	lifecycle_record_free(record);
}
END_TEST

/* The observed status, and not the recorded one. */
START_TEST(test_observed)
{
	static const char *const running[] = { "status=running", NULL };
	const char *items[MOST_CONDITIONS];
	struct cli_values values = values_of(running, items);
	struct lifecycle_record *record = unit_record("{\"generation\":1,\"status\":\"stopped\"}");
	struct filter filter;
	struct view view;

	view_of(record, &view);
	ck_assert_int_eq(filter_parse(&values, &filter, NULL), 0);
	view.observed.status = LIFECYCLE_STATUS_RUNNING;
	ck_assert(filter_admits(&filter, &view));
	filter_free(&filter);
	lifecycle_record_free(record);
}
END_TEST

/* ---- what is no filter ---- */

#define NO_FILTER                                                                                  \
	" is no filter: one is KEY=VALUE with a KEY of id, name, status, reason, exit_code, "      \
	"create_error, annotation, since, until"

static const struct {
	const char *condition;
	const char *error;
} bad[] = {
	{ "", "''" NO_FILTER },
	{ "=", "'='" NO_FILTER },
	{ "status", "'status'" NO_FILTER },
	{ "nope=1", "'nope=1'" NO_FILTER },
	{ "Status=running", "'Status=running'" NO_FILTER },
	{ "stat=running", "'stat=running'" NO_FILTER },
	{ "statuses=running", "'statuses=running'" NO_FILTER },
	{ " status=running", "' status=running'" NO_FILTER },
	{ "status=", "'' is no status: it is one of creating created running paused stopped" },
	{ "status=run",
		"'run' is no status: it is one of creating created running paused stopped" },
	{ "status=unning",
		"'unning' is no status: it is one of creating created running paused stopped" },
	{ "status=created running", "'created running' is no status: it is one of creating created "
				    "running paused stopped" },
	{ "status=restarting", "'restarting' is no status: it is one of creating created running "
			       "paused stopped" },
	{ "exited=", "'' is no exit_code: it is a number from 0 to 255" },
	{ "exit_code=x", "'x' is no exit_code: it is a number from 0 to 255" },
	{ "exit_code=1x", "'1x' is no exit_code: it is a number from 0 to 255" },
	{ "exit_code=-1", "'-1' is no exit_code: it is a number from 0 to 255" },
	{ "exit_code=256", "'256' is no exit_code: it is a number from 0 to 255" },
	/* what docker's and podman's users ask for besides */
	{ "label=app=web", "'label=app=web': a record has no labels; annotation=KEY=VALUE is "
			   "what a hook's --annotation keeps" },
	{ "label!=app", "'label!=app': a record has no labels; annotation=KEY=VALUE is what "
			"a hook's --annotation keeps" },
	{ "ancestor=debian", "'ancestor=debian': no record says that" },
	{ "health", "'health': no record says that" },
	{ "before=web", "'before=web': until=TIME takes the time at which that one was created" },
	{ "reason=none", "'none' is no reason: it is one of exited create_failed never_started "
			 "lost_reboot lost_runtime" },
	{ "create_error=yes", "'yes' is no create_error: it is one of true false" },
	{ "since=never", "'never' is no time (such as 2026-11-22T01:36:52Z, 2026-11-22, "
			 "@1795311412, 10m)" },
	{ "until=", "'' is no time (such as 2026-11-22T01:36:52Z, 2026-11-22, @1795311412, 10m)" },
};

START_TEST(test_bad)
{
	const char *items[] = { "id=c1", bad[_i].condition };
	const struct cli_values values = { .count = 2, .items = items };
	struct filter filter = { .count = 99 };
	struct lifecycle_error error;

	ck_assert_int_eq(filter_parse(&values, &filter, &error), -1);
	ck_assert_str_eq(error.message, bad[_i].error);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_uint_eq(filter.count, 99);
	ck_assert_int_eq(filter_parse(&values, &filter, NULL), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("filter");
	TCase *tcase = tcase_create("filter");

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_record, 0, COUNT(records));
	tcase_add_test(tcase, test_observed);
	tcase_add_loop_test(tcase, test_bad, 0, COUNT(bad));
	suite_add_tcase(suite, tcase);
	return suite;
}
