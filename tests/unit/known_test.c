/* SPDX-License-Identifier: Apache-2.0 */
/* What was told already, against a list of flags that cannot be wrong. */
#include "query/follow/known.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTAINERS 12
#define STEPS      4000

/* A container whose only event is that it was created, in a generation and an instance that the number names. */
struct story {
	struct lifecycle_record *record;
	struct events events;
};

static struct story story_of(int number)
{
	char text[256];
	struct story story;
	struct view view;

	snprintf(text, sizeof(text),
		"{\"generation\":%d,\"instance\":\"i%d\",\"created_at\":\"2026-11-22T01:00:00Z\"}",
		number, number);
	story.record = unit_record(text);
	view_of(story.record, &view);
	ck_assert_int_eq(events_of(&view, &story.events, NULL), 0);
	return story;
}

static void end(struct story *story)
{
	events_free(&story->events);
	lifecycle_record_free(story->record);
}

static void set(struct known *known, const char *id, int number)
{
	struct story story = story_of(number);

	ck_assert_int_eq(known_set(known, id, &story.events, NULL), 0);
	end(&story);
}

static void id_of(int number, char id[16])
{
	/* neither in order nor of one length */
	snprintf(id, 16, "%x-%d", (unsigned)(number * 7 % CONTAINERS), number);
}

/* ---- by chance ---- */

/* 0: not known; else the number of the story that was told last. */
static bool is_as_told(const struct known *known, const int told[CONTAINERS])
{
	size_t count = 0;

	for (int i = 0; i < CONTAINERS; i++) {
		const struct known_container *found;
		char id[16];
		char key[32];

		id_of(i, id);
		snprintf(key, sizeof(key), "i%d:created", told[i]);
		found = known_find(known, id);
		count += told[i] != 0;
		if ((found != NULL) != (told[i] != 0))
			return false;
		if (found != NULL && (strcmp(found->id, id) != 0 || found->generation != told[i] ||
					     found->count != 1 || !known_has_event(found, key) ||
					     known_has_event(found, "i0:created")))
			return false;
	}
	return known->count == count;
}

START_TEST(test_any_order)
{
	struct known known = { 0 };
	int told[CONTAINERS] = { 0 };
	unsigned state = (unsigned)_i;

	for (int step = 1; step <= STEPS; step++) {
		int which;
		char id[16];

		state = state * 1103515245 + 12345;
		which = (int)((state >> 16) % CONTAINERS);
		id_of(which, id);
		told[which] = (state >> 9) % 5 < 3 ? step : 0;
		if (told[which] != 0)
			set(&known, id, step);
		else
			known_forget(&known, id);
		if (!is_as_told(&known, told))
			ck_abort_msg("after %d steps", step);
	}
	known_free(&known);
}
END_TEST

/* ---- the edges ---- */

START_TEST(test_nothing)
{
	struct known known = { 0 };

	ck_assert_ptr_null(known_find(&known, "c1"));
	ck_assert(!known_has_event(NULL, "i1:created"));
	known_forget(&known, "c1");
	ck_assert_uint_eq(known.count, 0);
	known_free(&known);
}
END_TEST

/* A record that tells of nothing is known all the same. */
START_TEST(test_no_event)
{
	struct lifecycle_record *record = unit_record("{}");
	struct known known = { 0 };
	struct events events;
	const struct known_container *found;
	struct view view;

	view_of(record, &view);
	ck_assert_int_eq(events_of(&view, &events, NULL), 0);
	set(&known, "c1", 5);
	ck_assert_int_eq(known_set(&known, "c1", &events, NULL), 0);
	found = known_find(&known, "c1");
	ck_assert_ptr_nonnull(found);
	ck_assert_uint_eq(found->count, 0);
	ck_assert_int_eq(found->generation, LIFECYCLE_UNKNOWN);
	ck_assert_ptr_null(found->instance);
	ck_assert(!known_has_event(found, "i5:created"));
	events_free(&events);
	lifecycle_record_free(record);
	known_free(&known);
}
END_TEST

/* The last event's generation and instance are the container's. */
START_TEST(test_last)
{
	struct lifecycle_record *record = unit_record(
		"{\"generation\":2,\"instance\":\"b\",\"created_at\":\"2026-11-22T01:00:00Z\","
		"\"previous\":[{\"generation\":1,\"instance\":\"a\",\"status\":\"stopped\"}]}");
	struct known known = { 0 };
	struct events events;
	const struct known_container *found;
	struct view view;

	view_of(record, &view);
	ck_assert_int_eq(events_of(&view, &events, NULL), 0);
	ck_assert_int_eq(known_set(&known, "c1", &events, NULL), 0);
	found = known_find(&known, "c1");
	ck_assert_uint_eq(found->count, 2);
	ck_assert_int_eq(found->generation, 2);
	ck_assert_str_eq(found->instance, "b");
	ck_assert(known_has_event(found, "a:stopped"));
	ck_assert(known_has_event(found, "b:created"));
	events_free(&events);
	lifecycle_record_free(record);
	known_free(&known);
}
END_TEST

/* What was told and no record has is remembered over readings, the last ones. */
START_TEST(test_told)
{
	struct known known = { 0 };
	struct known_container *found;

	set(&known, "c1", 1);
	found = known_find(&known, "c1");
	for (int i = 0; i <= KNOWN_MOST_TOLD; i++) {
		char key[32];

		snprintf(key, sizeof(key), "i%d:stopped", i);
		known_add_told(found, strdup(key));
	}
	set(&known, "c1", 2);
	found = known_find(&known, "c1");
	ck_assert(!known_has_event(found, "i0:stopped"));
	ck_assert(known_has_event(found, "i1:stopped"));
	ck_assert(known_has_event(found, "i18:stopped"));
	ck_assert(!known_has_event(found, "i1:created"));
	ck_assert_int_eq(found->held.pidfd, -1);
	known_free(&known);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("known");
	TCase *tcase = tcase_create("known");

	tcase_add_loop_test(tcase, test_any_order, 1, 4);
	tcase_add_test(tcase, test_nothing);
	tcase_add_test(tcase, test_no_event);
	tcase_add_test(tcase, test_last);
	tcase_add_test(tcase, test_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
