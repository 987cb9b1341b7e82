/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/data/lifelines: what is made of the record in NAME.json, now being 2026-11-22T02:00:00Z: NAME.svg; NAME.numbers, which is
 * JSON; NAME.trace, a line of OTLP for each generation. What is observed of it is in the case's own key "now". GOLDEN=write writes them anew.
 */
#include "case_view.h"
#include "query/output/json_output.h"
#include "query/output/lifeline_json.h"
#include "query/output/otlp.h"
#include "query/output/svg.h"
#include "unit.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define NOW (INT64_C(1795312800) * 1000000000)

static char **cases;
static int case_count;

struct sample {
	char *text;
	json_t *json;
	struct lifecycle_record *record;
	struct view view;
	struct lifelines lifelines;
};

static void open_sample(const char *name, struct sample *sample)
{
	struct lifeline_look look = { .now = NOW };

	sample->text = unit_data(name, NULL);
	sample->json = json_loads(sample->text, 0, NULL);
	sample->record = unit_record(sample->text);
	unit_observe(sample->record, json_object_get(sample->json, "now"), &sample->view);
	ck_assert_int_eq(lifelines_of(&sample->view, look, &sample->lifelines), 0);
}

static void close_sample(struct sample *sample)
{
	lifelines_free(&sample->lifelines);
	lifecycle_record_free(sample->record);
	json_decref(sample->json);
	free(sample->text);
}

static char *svg_of(const struct sample *sample)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(svg_print(&sample->view, &sample->lifelines, out), 0);
	fclose(out);
	return text;
}

static char *numbers_of(const struct sample *sample)
{
	json_t *tree;
	char *text;

	ck_assert_int_eq(lifeline_json(&sample->view, &sample->lifelines, &tree, NULL), 0);
	text = json_output_text(tree, JSON_INDENT(2));
	ck_assert_ptr_nonnull(text);
	json_decref(tree);
	return text;
}

/* A line of each generation; what has no instance has none. */
static char *trace_of(const struct sample *sample)
{
	const struct otlp_host host = { "8f0f5a2d3c1b4e6f9a7b8c9d0e1f2a3b", "host1" };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; i < sample->lifelines.count; i++) {
		struct lifecycle_error error;
		json_t *request = NULL;

		if (otlp_request(sample->lifelines.items[i], &host, &request, &error) < 0)
			fprintf(out, "%s\n", error.message);
		else if (request != NULL) {
			ck_assert_int_eq(json_output_print(request, JSON_COMPACT, out, NULL), 0);
			putc('\n', out);
		}
		json_decref(request);
	}
	fclose(out);
	return text;
}

/* The text is taken. */
static void compare(const char *name, const char *kind, char *found)
{
	unit_golden(name, kind, found);
	free(found);
}

START_TEST(test_case)
{
	struct sample sample;

	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	open_sample(cases[_i], &sample);
	compare(cases[_i], "svg", svg_of(&sample));
	compare(cases[_i], "numbers", numbers_of(&sample));
	compare(cases[_i], "trace", trace_of(&sample));
	close_sample(&sample);
}
END_TEST

/* A picture is UTF-8 whatever the locale is. */
START_TEST(test_locale)
{
	struct sample sample;
	char *in_utf8, *in_ascii;

	open_sample(cases[_i], &sample);
	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	in_utf8 = svg_of(&sample);
	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
	in_ascii = svg_of(&sample);
	ck_assert_str_eq(in_utf8, in_ascii);
	free(in_utf8);
	free(in_ascii);
	close_sample(&sample);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("lifeline");
	TCase *tcase = tcase_create("lifeline");

	cases = unit_cases("lifelines", &case_count);
	tcase_add_loop_test(tcase, test_case, 0, case_count);
	tcase_add_loop_test(tcase, test_locale, 0, case_count);
	suite_add_tcase(suite, tcase);
	return suite;
}
