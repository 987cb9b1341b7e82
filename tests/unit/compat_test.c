/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/data/compat: NAME.docker and NAME.oci are what the two systems have for records/kept/NAME.json. What depends on
 * what is observed is in the tables here.
 */
#include "query/output/compat.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

typedef int make_fn(const struct view *view, json_t **ret_object, struct lifecycle_error *error);

static json_t *made(make_fn *make, const struct view *view)
{
	struct lifecycle_error error;
	json_t *object = NULL;

	ck_assert_msg(make(view, &object, &error) == 0, "%s", error.message);
	return object;
}

/* ---- whole objects ---- */

static const char *const records[] = { "full", "stopped", "smallest" };

static void check_against(const char *name, const char *system, json_t *found)
{
	char path[256];
	json_error_t why;
	char *text;
	json_t *expected;

	snprintf(path, sizeof(path), "compat/%s.%s", name, system);
	text = unit_data(path, NULL);
	expected = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	ck_assert_msg(expected != NULL, "%s: %s", path, why.text);
	free(text);
	text = json_dumps(found, JSON_INDENT(2));
	ck_assert_msg(json_equal(found, expected), "%s is\n%s", path, text);
	free(text);
	json_decref(expected);
	json_decref(found);
}

START_TEST(test_record)
{
	char path[256];
	struct lifecycle_record *record;
	struct view view;
	char *text;

	snprintf(path, sizeof(path), "records/kept/%s.json", records[_i]);
	text = unit_data(path, NULL);
	record = unit_record(text);
	view_of(record, &view);
	check_against(records[_i], "docker", made(compat_docker, &view));
	check_against(records[_i], "oci", made(compat_oci, &view));
	lifecycle_record_free(record);
	free(text);
}
END_TEST

/* ---- by what is observed ---- */

#define RUNNING    LIFECYCLE_STATUS_RUNNING
#define STOPPED    LIFECYCLE_STATUS_STOPPED
#define NO_REASON  LIFECYCLE_REASON_NONE
#define EXITED     LIFECYCLE_REASON_EXITED
#define ZERO_TIME  "\"0001-01-01T00:00:00Z\""
#define START_TIME "\"2026-11-22T01:36:54Z\""

/* The record says that it has started, and with which process. */
static const struct {
	enum lifecycle_status status;
	enum lifecycle_reason reason;
	int exit_code; /* -1: unknown */
	bool has_pid;
	const char *docker_status;
	const char *running;
	const char *oom_killed;
	const char *started_at;
	const char *oci_status; /* NULL: it has none */
} observations[] = {
	{ LIFECYCLE_STATUS_NONE, NO_REASON, -1, true, "null", "null", "false", START_TIME, NULL },
	{ LIFECYCLE_STATUS_CREATING, NO_REASON, -1, true, "\"created\"", "false", "false",
		ZERO_TIME, "\"creating\"" },
	{ LIFECYCLE_STATUS_CREATED, NO_REASON, -1, true, "\"created\"", "false", "false", ZERO_TIME,
		"\"created\"" },
	{ RUNNING, NO_REASON, -1, true, "\"running\"", "true", "false", START_TIME, "\"running\"" },
	{ STOPPED, NO_REASON, -1, false, "\"exited\"", "false", "null", START_TIME, "\"stopped\"" },
	{ STOPPED, EXITED, 0, false, "\"exited\"", "false", "false", START_TIME, "\"stopped\"" },
	{ STOPPED, EXITED, 137, false, "\"exited\"", "false", "null", START_TIME, "\"stopped\"" },
	{ STOPPED, EXITED, 143, false, "\"exited\"", "false", "false", START_TIME, "\"stopped\"" },
	{ STOPPED, LIFECYCLE_REASON_LOST_REBOOT, -1, false, "\"exited\"", "false", "null",
		START_TIME, "\"stopped\"" },
	/* what never ran is Docker's `created` */
	{ STOPPED, LIFECYCLE_REASON_CREATE_FAILED, -1, false, "\"created\"", "false", "null",
		ZERO_TIME, "\"stopped\"" },
	{ STOPPED, LIFECYCLE_REASON_NEVER_STARTED, -1, false, "\"created\"", "false", "null",
		ZERO_TIME, "\"stopped\"" },
	/* but not where the end of the runtime's process is known */
	{ STOPPED, LIFECYCLE_REASON_NEVER_STARTED, 1, false, "\"exited\"", "false", "false",
		ZERO_TIME, "\"stopped\"" },
	{ STOPPED, LIFECYCLE_REASON_CREATE_FAILED, 1, false, "\"created\"", "false", "false",
		ZERO_TIME, "\"stopped\"" },
};

static struct lifecycle_record *record_with(int exit_code)
{
	char code[64] = "";
	char text[256];

	if (exit_code >= 0)
		snprintf(code, sizeof(code), ",\"exit_code\":%d", exit_code);
	snprintf(text, sizeof(text),
		"{\"pid\":%d,\"started_at\":\"2026-11-22T01:36:54Z\","
		"\"started_at_source\":\"poststart\"%s}",
		(int)getpid(), code);
	return unit_record(text);
}

static void check_value(const json_t *object, const char *key, const char *expected)
{
	const json_t *value = json_object_get(object, key);
	char *text = json_dumps(value, JSON_ENCODE_ANY);

	ck_assert_pstr_eq(text, expected);
	free(text);
}

START_TEST(test_observed)
{
	struct lifecycle_record *record = record_with(observations[_i].exit_code);
	char own_pid[16];
	struct view view;
	json_t *docker, *oci;
	const json_t *state;

	snprintf(own_pid, sizeof(own_pid), "%d", (int)getpid());
	view_of(record, &view);
	view.observed.status = observations[_i].status;
	view.observed.reason = observations[_i].reason;
	view.observed.exit_code =
		observations[_i].exit_code >= 0 ? observations[_i].exit_code : LIFECYCLE_UNKNOWN;
	view.observed.pid = observations[_i].has_pid ? getpid() : LIFECYCLE_UNKNOWN;
	if (strcmp(observations[_i].started_at, ZERO_TIME) == 0)
		view.observed.started_at = LIFECYCLE_UNKNOWN;
	docker = made(compat_docker, &view);
	oci = made(compat_oci, &view);
	state = json_object_get(docker, "State");
	check_value(state, "Status", observations[_i].docker_status);
	check_value(state, "Running", observations[_i].running);
	check_value(state, "OOMKilled", observations[_i].oom_killed);
	check_value(state, "StartedAt", observations[_i].started_at);
	check_value(state, "Pid", observations[_i].has_pid ? own_pid : "0");
	check_value(state, "Paused", "false");
	check_value(oci, "status", observations[_i].oci_status);
	check_value(oci, "pid", observations[_i].has_pid ? own_pid : NULL);
	json_decref(docker);
	json_decref(oci);
	lifecycle_record_free(record);
}
END_TEST

/* ---- details of Docker's ---- */

static const struct {
	const char *record;
	const char *key; /* at the top */
	const char *value;
} tops[] = {
	{ "{}", "Id", "\"\"" },
	{ "{}", "Name", "\"\"" },
	{ "{\"name\":\"web\"}", "Name", "\"/web\"" },
	{ "{\"name\":\"a%sb\"}", "Name", "\"/a%sb\"" },
	{ "{}", "Created", ZERO_TIME },
	{ "{}", "RestartCount", "null" },
	{ "{\"generation\":1}", "RestartCount", "null" },
	{ "{\"generation\":3}", "RestartCount", "null" },
};

START_TEST(test_top)
{
	struct lifecycle_record *record = unit_record(tops[_i].record);
	struct view view;
	json_t *docker;

	view_of(record, &view);
	docker = made(compat_docker, &view);
	check_value(docker, tops[_i].key, tops[_i].value);
	json_decref(docker);
	lifecycle_record_free(record);
}
END_TEST

/* ---- the keys that a template may name ---- */

START_TEST(test_known)
{
	char *text = unit_data("records/kept/full.json", NULL);
	struct lifecycle_record *record = unit_record(text);
	struct view view;
	json_t *known, *oci;
	const char *key;
	json_t *value;

	ck_assert_int_eq(compat_oci_known(&known, NULL), 0);
	view_of(record, &view);
	oci = made(compat_oci, &view);
	json_object_foreach(oci, key, value) {
		ck_assert_msg(json_is_null(json_object_get(known, key)), "%s", key);
	}
	/* all but the pid, since it has stopped */
	ck_assert_uint_eq(json_object_size(known), json_object_size(oci) + 1);
	json_decref(oci);
	json_decref(known);
	lifecycle_record_free(record);
	free(text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("compat");
	TCase *tcase = tcase_create("compat");

	tcase_add_loop_test(tcase, test_record, 0, COUNT(records));
	tcase_add_loop_test(tcase, test_observed, 0, COUNT(observations));
	tcase_add_loop_test(tcase, test_top, 0, COUNT(tops));
	tcase_add_test(tcase, test_known);
	suite_add_tcase(suite, tcase);
	return suite;
}
