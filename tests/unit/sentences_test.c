/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/data/explain: NAME.txt is what is said of the record in NAME.json, now being 2026-11-22T02:00:00Z. What is observed
 * of it is in the case's own key "now": a status, a reason, a pid and so on, in place of a look at a process.
 * GOLDEN=write writes the texts anew.
 */
#include "case_view.h"
#include "query/output/fields.h"
#include "query/output/sentences.h"
#include "unit.h"

#include <jansson.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define NOW (INT64_C(1795312800) * 1000000000)

static char **cases;
static int case_count;

static const char *text_of(const json_t *now, const char *key)
{
	return json_string_value(json_object_get(now, key));
}

/* ---- the cases ---- */

static char *explained(const struct view *view, const json_t *now)
{
	struct story story = { .view = view,
		.now = NOW,
		.paused = json_is_true(json_object_get(now, "paused")),
		.root = text_of(now, "root"),
		.state_dir = text_of(now, "state_dir"),
		.place = text_of(now, "place") };
	json_int_t namesakes = json_integer_value(json_object_get(now, "namesakes"));
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	story.namesakes = (size_t)namesakes;
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(sentences_print(&story, out), 0);
	fclose(out);
	return text;
}

START_TEST(test_case)
{
	char *text = unit_data(cases[_i], NULL);
	json_t *json = json_loads(text, 0, NULL);
	struct lifecycle_record *record = unit_record(text);
	struct view view;
	char *found;

	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	unit_observe(record, json_object_get(json, "now"), &view);
	found = explained(&view, json_object_get(json, "now"));
	/* what is not known is not shown */
	ck_assert_ptr_null(strstr(found, " - "));
	ck_assert_ptr_null(strstr(found, " -."));
	ck_assert_ptr_null(strstr(found, " -:"));
	unit_golden(cases[_i], "txt", found);
	free(found);
	lifecycle_record_free(record);
	json_decref(json);
	free(text);
}
END_TEST

/* All that the cases say: free() it. */
static char *all_texts(void)
{
	size_t size = 0;
	char *all = NULL;
	FILE *out = open_memstream(&all, &size);

	ck_assert_ptr_nonnull(out);
	for (int i = 0; i < case_count; i++) {
		char path[256];
		char *text;

		snprintf(path, sizeof(path), "%.*s.txt", (int)(strlen(cases[i]) - strlen(".json")),
			cases[i]);
		text = unit_data(path, NULL);
		fputs(text, out);
		free(text);
	}
	fclose(out);
	return all;
}

/* By the end of the text that has no field in it, if that is long enough, else by its beginning. */
static bool is_said(const char *all, const char *text)
{
	const char *end = strrchr(text, '>');
	char words[512];

	snprintf(words, sizeof(words), "%s", end != NULL && strlen(end) > 12 ? end + 1 : text);
	words[strcspn(words, "<")] = '\0';
	return strstr(all, words) != NULL;
}

START_TEST(test_each_text_is_said)
{
	char *all = all_texts();

	for (size_t i = 0; sentences_text(i) != NULL; i++)
		ck_assert_msg(
			is_said(all, sentences_text(i)), "no case says: %s", sentences_text(i));
	ck_assert(!is_said(all, "No case says this of <id>."));
	free(all);
}
END_TEST

/* Each <field> of each text is one. */
START_TEST(test_fields)
{
	for (size_t i = 0; sentences_text(i) != NULL; i++)
		for (const char *at = strchr(sentences_text(i), '<'); at != NULL;
			at = strchr(at + 1, '<'))
			ck_assert_msg(fields_has(at + 1, strcspn(at + 1, ">")), "no field: %s", at);
	ck_assert(!fields_has("no such", strlen("no such")));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("sentences");
	TCase *tcase = tcase_create("sentences");

	cases = unit_cases("explain", &case_count);
	tcase_add_loop_test(tcase, test_case, 0, case_count);
	tcase_add_test(tcase, test_each_text_is_said);
	tcase_add_test(tcase, test_fields);
	suite_add_tcase(suite, tcase);
	return suite;
}
