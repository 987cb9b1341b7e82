/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/event_json.h"
#include "query/follow/event_key.h"
#include "query/output/json_output.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct events all_of(const struct lifecycle_record *record)
{
	struct events events;
	struct lifecycle_error error;
	struct view view;

	view_of(record, &view);
	ck_assert_msg(events_of(&view, &events, &error) == 0, "%s", error.message);
	return events;
}

/* Takes the object. */
static char *compact(json_t *object)
{
	char *text = json_output_text(object, JSON_COMPACT);

	ck_assert_ptr_nonnull(text);
	json_decref(object);
	return text;
}

static char *text_of(const struct lifecycle_record *record, const struct event *event)
{
	struct view view;
	json_t *object;

	view_of(record, &view);
	ck_assert_int_eq(event_json(&view, event, &object, NULL), 0);
	return compact(object);
}

/* ---- each kind ---- */

static const struct {
	const char *record;
	const char *events; /* of a generation, an array without its brackets */
} kinds[] = {
	{ "{\"created_at\":\"2026-11-22T01:36:52Z\",\"name\":\"web\",\"bundle\":\"/b\",\"pid\":42}",
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"event\":\"created\","
		"\"attributes\":{\"name\":\"web\",\"bundle\":\"/b\",\"pid\":42}}" },
	{ "{\"started_at\":\"2026-11-22T01:36:52Z\",\"started_at_source\":\"poststart\","
	  "\"pid\":42}",
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"event\":\"started\","
		"\"attributes\":{\"started_at_source\":\"poststart\",\"pid\":42}}" },
	/* a start that is only expected */
	{ "{\"started_at\":\"2026-11-22T01:36:52Z\",\"started_at_source\":\"createRuntime\"}", "" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"finished_at\":\"2026-11-22T01:36:52Z\","
	  "\"finished_at_source\":\"exit_file\",\"reason\":\"exited\",\"exit_code\":3}",
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"event\":\"stopped\","
		"\"attributes\":{\"reason\":\"exited\",\"exit_code\":3,\"create_error\":false,"
		"\"finished_at_source\":\"exit_file\"}}" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"create_error\":true}",
		"{\"time\":null,\"event\":\"stopped\",\"attributes\":{\"create_error\":true}}" },
	/* lost, and nobody saw the end; or somebody did */
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"lost_reboot\"}",
		"{\"time\":null,\"event\":\"lost\",\"attributes\":{\"reason\":\"lost_reboot\","
		"\"create_error\":false}}" },
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"lost_runtime\","
	  "\"finished_at\":\"2026-11-22T01:36:52Z\"}",
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"event\":\"stopped\","
		"\"attributes\":{\"reason\":\"lost_runtime\",\"create_error\":false}},"
		"{\"time\":null,\"event\":\"lost\",\"attributes\":{\"reason\":\"lost_runtime\","
		"\"create_error\":false}}" },
	{ "{\"hooks\":[{\"point\":\"createRuntime\",\"time\":\"2026-11-22T01:36:52Z\","
	  "\"status\":\"creating\",\"pid\":42}]}",
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"event\":\"hook\","
		"\"attributes\":{\"point\":\"createRuntime\",\"status\":\"creating\",\"pid\":42}"
		"}" },
	/* one that wrapped a command, which has not come back; or has */
	{ "{\"hooks\":[{\"point\":\"prestart\",\"time\":\"2026-11-22T01:36:52Z\","
	  "\"command\":\"/c\"}]}",
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"event\":\"hook\","
		"\"attributes\":{\"point\":\"prestart\",\"command\":\"/c\"}}" },
	{ "{\"hooks\":[{\"point\":\"prestart\",\"time\":\"2026-11-22T01:36:52Z\","
	  "\"command\":\"/c\",\"duration_ns\":1500000000}]}",
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"event\":\"hook\","
		"\"attributes\":{\"point\":\"prestart\",\"command\":\"/c\"}},"
		"{\"time\":\"2026-11-22T01:36:53.500000000Z\",\"event\":\"hook_ended\","
		"\"attributes\":{\"point\":\"prestart\",\"command\":\"/c\","
		"\"duration_ns\":1500000000}}" },
	{ "{\"hooks\":[{\"point\":\"prestart\",\"command\":\"/c\",\"argv\":[\"c\",\"x\"],"
	  "\"index\":2}]}",
		"{\"time\":null,\"event\":\"hook\",\"attributes\":{\"point\":\"prestart\","
		"\"command\":\"/c\",\"argv\":[\"c\",\"x\"],\"index\":2}}" },
	{ "{\"hooks\":[{\"duration_ns\":-1}]}",
		"{\"time\":null,\"event\":\"hook\",\"attributes\":{}}" },
	{ "{\"errors\":[{\"point\":\"start\",\"time\":\"2026-11-22T01:36:52Z\","
	  "\"message\":\"m\",\"exit_code\":7,\"stderr\":\"s\"},{\"signal\":9}]}",
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"event\":\"error\","
		"\"attributes\":{\"point\":\"start\",\"message\":\"m\",\"exit_code\":7,"
		"\"stderr\":\"s\"}},{\"time\":null,\"event\":\"error\","
		"\"attributes\":{\"signal\":9}}" },
	{ "{}", "" },
	{ "{\"generation\":1,\"status\":\"running\"}", "" },
};

/* What each event has, but for what it is of. */
static json_t *without_owner(const struct lifecycle_record *record, const struct event *event)
{
	struct view view;
	json_t *object;

	view_of(record, &view);
	ck_assert_int_eq(event_json(&view, event, &object, NULL), 0);
	ck_assert_int_eq(json_object_del(object, "id"), 0);
	ck_assert_int_eq(json_object_del(object, "instance"), 0);
	ck_assert_int_eq(json_object_del(object, "generation"), 0);
	return object;
}

START_TEST(test_kind)
{
	struct lifecycle_record *record = unit_record(kinds[_i].record);
	struct events events = all_of(record);
	char found[2048] = "";

	for (size_t i = 0; i < events.count; i++) {
		char *text = compact(without_owner(record, &events.items[i]));

		strcat(found, i > 0 ? "," : "");
		strcat(found, text);
		free(text);
	}
	ck_assert_str_eq(found, kinds[_i].events);
	events_free(&events);
	ck_assert_uint_eq(events.count, 0);
	lifecycle_record_free(record);
}
END_TEST

/* ---- whose it is ---- */

/* Of an earlier generation nobody keeps the name. */
START_TEST(test_owner)
{
	struct lifecycle_record *record = unit_record(
		"{\"id\":\"c1\",\"name\":\"web\",\"generation\":2,\"instance\":\"i2\",\"pid\":43,"
		"\"created_at\":\"2026-11-22T01:36:52Z\",\"previous\":[{\"generation\":1,"
		"\"instance\":\"i1\",\"pid\":42,\"created_at\":\"2026-11-21T01:36:52Z\"}]}");
	struct events events = all_of(record);
	char *before, *now;

	ck_assert_uint_eq(events.count, 2);
	before = text_of(record, &events.items[0]);
	now = text_of(record, &events.items[1]);
	ck_assert_str_eq(before,
		"{\"time\":\"2026-11-21T01:36:52.000000000Z\",\"id\":\"c1\",\"instance\":\"i1\","
		"\"generation\":1,\"event\":\"created\",\"attributes\":{\"pid\":42}}");
	ck_assert_str_eq(now,
		"{\"time\":\"2026-11-22T01:36:52.000000000Z\",\"id\":\"c1\",\"instance\":\"i2\","
		"\"generation\":2,\"event\":\"created\",\"attributes\":{\"name\":\"web\","
		"\"pid\":43}}");
	free(before);
	free(now);
	events_free(&events);
	lifecycle_record_free(record);
}
END_TEST

START_TEST(test_removal)
{
	json_t *object;
	char *text;

	ck_assert_int_eq(event_removal_json("c1", 2, "i2", 1, &object, NULL), 0);
	text = compact(object);
	ck_assert_str_eq(text,
		"{\"time\":\"1970-01-01T00:00:00.000000001Z\",\"id\":\"c1\",\"instance\":\"i2\","
		"\"generation\":2,\"event\":\"removed\",\"attributes\":{}}");
	free(text);
	ck_assert_int_eq(event_removal_json("c1", LIFECYCLE_UNKNOWN, NULL, 1, &object, NULL), 0);
	text = compact(object);
	ck_assert_ptr_nonnull(strstr(text, "\"instance\":null,\"generation\":null"));
	free(text);
}
END_TEST

/* An end that no record tells. */
START_TEST(test_end)
{
	json_t *object;
	char *text;
	char *key = event_end_key("i2");

	ck_assert_int_eq(event_end_json("c1", 2, "i2", 7, 1, &object, NULL), 0);
	text = compact(object);
	ck_assert_str_eq(text,
		"{\"time\":\"1970-01-01T00:00:00.000000001Z\",\"id\":\"c1\",\"instance\":\"i2\","
		"\"generation\":2,\"event\":\"stopped\",\"attributes\":{\"exit_code\":7}}");
	free(text);
	ck_assert_int_eq(event_end_json("c1", 2, "i2", LIFECYCLE_UNKNOWN, 1, &object, NULL), 0);
	text = compact(object);
	ck_assert_ptr_nonnull(strstr(text, "\"attributes\":{}"));
	free(text);
	ck_assert_str_eq(key, "i2:stopped");
	free(key);
}
END_TEST

/* A start that is seen, and no record tells: once. */
START_TEST(test_seen_start)
{
	struct lifecycle_record *record =
		unit_record("{\"generation\":1,\"instance\":\"i\",\"pid\":42}");
	struct events events = all_of(record);
	struct view view;
	char *text;

	view_of(record, &view);
	events_add_seen_start(&events, &view, 1);
	events_add_seen_start(&events, &view, 2);
	ck_assert_uint_eq(events.count, 1);
	ck_assert(events.items[0].seen);
	text = text_of(record, &events.items[0]);
	ck_assert_ptr_nonnull(strstr(text, "\"event\":\"started\",\"attributes\":{\"pid\":42}"));
	free(text);
	events_free(&events);
	lifecycle_record_free(record);
}
END_TEST

/* ---- order ---- */

static const struct {
	const char *record;
	const char *order; /* GENERATION:EVENT */
} orders[] = {
	/* by time, whatever the list that it is from */
	{ "{\"generation\":1,\"created_at\":\"2026-11-22T01:00:03Z\","
	  "\"started_at\":\"2026-11-22T01:00:01Z\",\"started_at_source\":\"poststart\","
	  "\"finished_at\":\"2026-11-22T01:00:04Z\",\"hooks\":[{\"time\":\"2026-11-22T01:00:00Z\","
	  "\"duration_ns\":5000000000}],\"errors\":[{\"time\":\"2026-11-22T01:00:02Z\"}]}",
		"1:hook 1:started 1:error 1:created 1:stopped 1:hook_ended " },
	/* of one time: as things go */
	{ "{\"generation\":1,\"created_at\":\"2026-11-22T01:00:00Z\","
	  "\"started_at\":\"2026-11-22T01:00:00Z\",\"started_at_source\":\"poststart\","
	  "\"finished_at\":\"2026-11-22T01:00:00Z\",\"hooks\":[{\"time\":\"2026-11-22T01:00:00Z\","
	  "\"duration_ns\":0}],\"errors\":[{\"time\":\"2026-11-22T01:00:00Z\"}]}",
		"1:created 1:hook 1:hook_ended 1:error 1:started 1:stopped " },
	/* without a time: last, as things go */
	{ "{\"generation\":1,\"status\":\"stopped\",\"reason\":\"exited\","
	  "\"hooks\":[{\"point\":\"poststop\"}],\"errors\":[{\"time\":\"2026-11-22T01:00:02Z\"},"
	  "{}]}",
		"1:error 1:hook 1:error 1:stopped " },
	/* by generation, and only then by time */
	{ "{\"generation\":3,\"created_at\":\"2026-11-22T01:00:00Z\",\"previous\":["
	  "{\"generation\":1,\"created_at\":\"2026-11-22T03:00:00Z\",\"status\":\"stopped\"},"
	  "{\"generation\":2,\"created_at\":\"2026-11-22T02:00:00Z\","
	  "\"finished_at\":\"2026-11-22T02:30:00Z\"}]}",
		"1:created 1:stopped 2:created 2:stopped 3:created " },
};

START_TEST(test_order)
{
	struct lifecycle_record *record = unit_record(orders[_i].record);
	struct events events = all_of(record);
	char found[256] = "";

	for (size_t i = 0; i < events.count; i++) {
		struct view view;
		json_t *object;

		view_of(record, &view);
		ck_assert_int_eq(event_json(&view, &events.items[i], &object, NULL), 0);
		sprintf(found + strlen(found), "%lld:%s ",
			(long long)events.items[i].generation->generation,
			json_string_value(json_object_get(object, "event")));
		json_decref(object);
	}
	ck_assert_str_eq(found, orders[_i].order);
	events_free(&events);
	lifecycle_record_free(record);
}
END_TEST

/* One that turns round what is equal, as a qsort() may. */
void __real_qsort(
	void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void __wrap_qsort(
	void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void __wrap_qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	char *bytes = base;

	for (size_t i = 0; i < count / 2; i++) {
		char *mirror = bytes + (count - 1 - i) * size;
		char kept[sizeof(struct event)];

		ck_assert_uint_le(size, sizeof(kept));
		memcpy(kept, bytes + i * size, size);
		memcpy(bytes + i * size, mirror, size);
		memcpy(mirror, kept, size);
	}
	__real_qsort(base, count, size, compare);
}

/* Hooks that ran at one time stay as the record has them. */
START_TEST(test_order_of_the_record)
{
	char text[8192] = "{\"hooks\":[";
	struct lifecycle_record *record;
	struct events events;

	for (int i = 0; i < 32; i++)
		sprintf(text + strlen(text), "%s{\"time\":\"2026-11-22T01:00:00Z\",\"pid\":%d}",
			i > 0 ? "," : "", i + 1);
	strcat(text, "]}");
	record = unit_record(text);
	events = all_of(record);
	ck_assert_uint_eq(events.count, 32);
	for (size_t i = 0; i < events.count; i++)
		ck_assert_int_eq(events.items[i].hook->pid, (int64_t)i + 1);
	events_free(&events);
	lifecycle_record_free(record);
}
END_TEST

/* ---- the same again ---- */

#define HOOK(more) "\"hooks\":[{\"point\":\"prestart\",\"time\":\"2026-11-22T01:00:00Z\"" more "}]"

static const struct {
	const char *what;
	const char *one;
	const char *other;
	bool same;
} pairs[] = {
	{ "a pid becomes known", "\"instance\":\"i\",\"created_at\":\"2026-11-22T01:00:00Z\"",
		"\"instance\":\"i\",\"created_at\":\"2026-11-22T01:00:00Z\",\"pid\":42", true },
	{ "an exit code and a better time become known",
		"\"instance\":\"i\",\"finished_at\":\"2026-11-22T01:00:00Z\"",
		"\"instance\":\"i\",\"finished_at\":\"2026-11-22T01:00:01Z\",\"exit_code\":3,"
		"\"reason\":\"exited\"",
		true },
	{ "a start by another source",
		"\"instance\":\"i\",\"started_at\":\"2026-11-22T01:00:00Z\","
		"\"started_at_source\":\"runtime\"",
		"\"instance\":\"i\",\"started_at\":\"2026-11-22T01:00:01Z\","
		"\"started_at_source\":\"poststart\"",
		true },
	{ "a hook's status", HOOK(""), HOOK(",\"status\":\"created\",\"pid\":42"), true },
	{ "another instance", "\"instance\":\"i\",\"created_at\":\"2026-11-22T01:00:00Z\"",
		"\"instance\":\"j\",\"created_at\":\"2026-11-22T01:00:00Z\"", false },
	{ "another kind", "\"created_at\":\"2026-11-22T01:00:00Z\"",
		"\"finished_at\":\"2026-11-22T01:00:00Z\"", false },
	{ "another command", HOOK(",\"command\":\"/a\""), HOOK(",\"command\":\"/b\""), false },
	{ "another time of a hook", HOOK(""),
		"\"hooks\":[{\"point\":\"prestart\",\"time\":\"2026-11-22T01:00:01Z\"}]", false },
	{ "another point", HOOK(""),
		"\"hooks\":[{\"point\":\"poststop\",\"time\":\"2026-11-22T01:00:00Z\"}]", false },
	{ "another error", "\"errors\":[{\"point\":\"create\",\"time\":\"2026-11-22T01:00:00Z\"}]",
		"\"errors\":[{\"point\":\"start\",\"time\":\"2026-11-22T01:00:00Z\"}]", false },
	{ "what an error said", "\"errors\":[{\"time\":\"2026-11-22T01:00:00Z\"}]",
		"\"errors\":[{\"time\":\"2026-11-22T01:00:00Z\",\"message\":\"m\"}]", true },
	{ "an error of another of a point's hooks",
		"\"errors\":[{\"time\":\"2026-11-22T01:00:00Z\",\"command\":\"/c\",\"index\":0}]",
		"\"errors\":[{\"time\":\"2026-11-22T01:00:00Z\",\"command\":\"/c\",\"index\":1}]",
		false },
	{ "an error of another command",
		"\"errors\":[{\"time\":\"2026-11-22T01:00:00Z\",\"command\":\"/c\"}]",
		"\"errors\":[{\"time\":\"2026-11-22T01:00:00Z\",\"command\":\"/d\"}]", false },
	{ "a hook, an error", HOOK(""),
		"\"errors\":[{\"point\":\"prestart\",\"time\":\"2026-11-22T01:00:00Z\"}]", false },
};

/* The key of the only event of a record. */
static char *key_of(const char *members)
{
	char text[512];
	struct lifecycle_record *record;
	struct events events;
	char *key;

	snprintf(text, sizeof(text), "{%s}", members);
	record = unit_record(text);
	events = all_of(record);
	ck_assert_uint_eq(events.count, 1);
	key = event_key(&events.items[0]);
	events_free(&events);
	lifecycle_record_free(record);
	return key;
}

START_TEST(test_key)
{
	char *one = key_of(pairs[_i].one);
	char *other = key_of(pairs[_i].other);

	ck_assert_msg((strcmp(one, other) == 0) == pairs[_i].same, "%s: '%s' and '%s'",
		pairs[_i].what, one, other);
	free(one);
	free(other);
}
END_TEST

/* That a hook ended is an event of its own. */
START_TEST(test_key_of_an_end)
{
	struct lifecycle_record *record =
		unit_record("{" HOOK(",\"command\":\"/a\",\"duration_ns\":0") "}");
	struct events events = all_of(record);
	char *hook = event_key(&events.items[0]);
	char *end = event_key(&events.items[1]);
	char *begun = key_of(HOOK(",\"command\":\"/a\""));

	ck_assert_str_eq(hook, begun);
	ck_assert_str_ne(hook, end);
	free(hook);
	free(end);
	free(begun);
	events_free(&events);
	lifecycle_record_free(record);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("event");
	TCase *tcase = tcase_create("event");

	tcase_add_loop_test(tcase, test_kind, 0, COUNT(kinds));
	tcase_add_test(tcase, test_owner);
	tcase_add_test(tcase, test_removal);
	tcase_add_test(tcase, test_end);
	tcase_add_test(tcase, test_seen_start);
	tcase_add_loop_test(tcase, test_order, 0, COUNT(orders));
	tcase_add_test(tcase, test_order_of_the_record);
	tcase_add_loop_test(tcase, test_key, 0, COUNT(pairs));
	tcase_add_test(tcase, test_key_of_an_end);
	suite_add_tcase(suite, tcase);
	return suite;
}
