/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/print.h"
#include "base/error.h"
#include "cli/format.h"
#include "query/output/json_output.h"

#include <string.h>

static const struct {
	const char *word;
	const char *shown;
} states[] = {
	[REPORT_WELL] = { "well", "ok     " },
	[REPORT_NOTE] = { "note", "note   " },
	[REPORT_UNKNOWN] = { "unknown", "UNKNOWN" },
	[REPORT_WRONG] = { "wrong", "WRONG  " },
};

static const struct {
	const char *word;
	const char *shown;
} recorded[] = {
	[REPORT_RECORDED_NONE] = { NULL, "" },
	[REPORT_RECORDED_YES] = { "yes", ": its containers are recorded" },
	[REPORT_RECORDED_SOME] = { "some", ": some of its containers are recorded" },
	[REPORT_RECORDED_PARTLY] = { "partly", ": parts of its containers' lives are recorded" },
	[REPORT_RECORDED_NO] = { "no", ": its containers are not recorded" },
	[REPORT_RECORDED_UNKNOWN] = { "unknown", ": whether its containers are recorded is not "
						 "known" },
};

/* ---- for people ---- */

static void print_heading(const struct report_subject *subject, FILE *out)
{
	format_escaped(out, subject->name);
	if (subject->version != NULL) {
		putc(' ', out);
		format_escaped(out, subject->version);
	}
	if (subject->path != NULL) {
		fputs(", ", out);
		format_escaped(out, subject->path);
	}
	fprintf(out, "%s\n", subject->is_absent ? ": not here" : recorded[subject->recorded].shown);
}

static void print_subject(const struct report_subject *subject, FILE *out)
{
	print_heading(subject, out);
	for (size_t i = 0; i < subject->count; i++) {
		const struct report_check *check = &subject->checks[i];

		fprintf(out, "  %s %s: ", states[check->state].shown, check->what);
		format_escaped(out, check->text);
		putc('\n', out);
	}
}

/* Lines are pasted as they are, so of one that steers the terminal nothing is shown. */
static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text != '\n' && *text != '\t' && format_steering(text) > 0)
			return false;
	return true;
}

/* The same lines may help two engines. */
static bool is_repeated(const struct report *report, const char *cure)
{
	for (size_t i = 0; i < report->count; i++)
		for (size_t j = 0; j < report->subjects[i].count; j++) {
			if (report->subjects[i].checks[j].cure == cure)
				return false;
			if (strcmp(report->subjects[i].checks[j].cure, cure) == 0)
				return true;
		}
	return false;
}

static void print_cures(const struct report *report, FILE *out)
{
	bool begun = false;

	for (size_t i = 0; i < report->count; i++)
		for (size_t j = 0; j < report->subjects[i].count; j++) {
			const struct report_check *check = &report->subjects[i].checks[j];

			if (check->cure[0] == '\0' || !is_printable(check->cure) ||
				is_repeated(report, check->cure))
				continue;
			if (!begun)
				fputs("\nWhat is missing, to be pasted:\n", out);
			begun = true;
			fprintf(out, "\n# %s: %s\n%s", report->subjects[i].name, check->what,
				check->cure);
		}
}

static size_t count(const struct report *report, enum report_state state)
{
	size_t number = 0;

	for (size_t i = 0; i < report->count; i++)
		for (size_t j = 0; j < report->subjects[i].count; j++)
			number += report->subjects[i].checks[j].state == state;
	return number;
}

void print_report(const struct report *report, FILE *out)
{
	for (size_t i = 0; i < report->count; i++)
		print_subject(&report->subjects[i], out);
	print_cures(report, out);
	if (report_is_well(report))
		fputs("\nAll is well.\n", out);
	else
		fprintf(out, "\nWrong: %zu. Not known: %zu.\n", count(report, REPORT_WRONG),
			count(report, REPORT_UNKNOWN));
}

/* ---- for programs ---- */

static int set_check(json_t *array, const struct report_check *check)
{
	json_t *object = json_object();

	if (json_output_set(object, "check", json_output_string(check->what)) < 0 ||
		json_output_set(object, "state", json_output_string(states[check->state].word)) <
			0 ||
		json_output_set(object, "text", json_output_string(check->text)) < 0 ||
		(check->cure[0] != '\0' &&
			json_output_set(object, "cure", json_output_string(check->cure)) < 0)) {
		json_decref(object);
		return -1;
	}
	return json_array_append_new(array, object);
}

/* The array is taken, also on failure. */
static int set_subject(json_t *object, const struct report_subject *subject, json_t *checks)
{
	int result = 0;

	for (size_t i = 0; i < subject->count && result == 0; i++)
		result = set_check(checks, &subject->checks[i]);
	if (result < 0) {
		json_decref(checks);
		return -1;
	}
	if (json_output_set(object, "name", json_output_string(subject->name)) < 0 ||
		json_output_set(object, "found", json_boolean(!subject->is_absent)) < 0 ||
		json_output_set(object, "version", json_output_string(subject->version)) < 0 ||
		json_output_set(object, "path", json_output_string(subject->path)) < 0 ||
		json_output_set(object, "recorded",
			json_output_string(recorded[subject->recorded].word)) < 0) {
		json_decref(checks);
		return -1;
	}
	return json_output_set(object, "checks", checks);
}

static json_t *tree_of(const struct report *report)
{
	json_t *tree = json_object(), *subjects = json_array();

	for (size_t i = 0; i < report->count; i++) {
		json_t *object = json_object();

		if (set_subject(object, &report->subjects[i], json_array()) < 0 ||
			json_array_append(subjects, object) < 0) {
			json_decref(subjects);
			subjects = NULL;
		}
		json_decref(object);
		if (subjects == NULL)
			break;
	}
	if (subjects == NULL ||
		json_output_set(tree, "well", json_boolean(report_is_well(report))) < 0 ||
		json_output_set(tree, "subjects", subjects) < 0) {
		json_decref(tree);
		return NULL;
	}
	return tree;
}

int print_report_json(const struct report *report, FILE *out, struct lifecycle_error *error)
{
	json_t *tree = tree_of(report);
	int result;

	if (tree == NULL)
		return error_no_memory(error);
	result = json_output_print(tree, JSON_INDENT(2), out, error);
	json_decref(tree);
	return result;
}
