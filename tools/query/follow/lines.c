/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/lines.h"
#include "base/error.h"
#include "query/output/json_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one line ---- */

/* The text is an object, which is never empty. */
static void print(const struct lines *lines, const char *text)
{
	char buffer[CURSOR_SIZE];

	if (lines->choice.template != NULL) {
		puts(text);
		return;
	}
	printf("%.*s,\"cursor\":\"%s\"}\n", (int)strlen(text) - 1, text,
		cursor_format(&lines->cursor, buffer));
}

/* Takes the text. */
static void tell(struct lines *lines, char *text)
{
	if (lines->last != NULL)
		print(lines, lines->last);
	free(lines->last);
	lines->last = text;
}

void lines_end_round(struct lines *lines, const struct cursor *cursor)
{
	if (cursor != NULL)
		lines->cursor = *cursor;
	tell(lines, NULL);
}

/* ---- those of the past ---- */

/* Takes the text. */
static int keep(
	struct lines *lines, int64_t time, bool is_first, char *text, struct lifecycle_error *error)
{
	struct line *kept = reallocarray(lines->kept, lines->count + 1, sizeof(*kept));

	if (kept == NULL) {
		free(text);
		return error_no_memory(error);
	}
	if (time == LIFECYCLE_UNKNOWN && !is_first && lines->count > 0)
		time = kept[lines->count - 1].time;
	kept[lines->count] = (struct line){ time, lines->count, text };
	lines->count++;
	lines->kept = kept;
	return 0;
}

static int text_of(
	struct lines *lines, const json_t *object, char **ret_text, struct lifecycle_error *error)
{
	if (lines->choice.template != NULL)
		return choice_print(&lines->choice, object, ret_text, error);
	*ret_text = json_output_text(object, JSON_COMPACT);
	return *ret_text != NULL ? 0 : error_no_memory(error);
}

int lines_add(struct lines *lines, int64_t time, bool is_first, json_t *object,
	struct lifecycle_error *error)
{
	bool wanted = choice_admits(&lines->choice, time, object);
	char *text = NULL;
	int result = wanted ? text_of(lines, object, &text, error) : 0;

	json_decref(object);
	if (result < 0 || !wanted)
		return result;
	if (lines->of_past)
		return keep(lines, time, is_first, text, error);
	tell(lines, text);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct line *one = a;
	const struct line *other = b;

	if (one->time != other->time)
		return one->time > other->time ? 1 : -1;
	return (one->number > other->number) - (one->number < other->number);
}

void lines_end_past(struct lines *lines, bool wanted)
{
	if (lines->count > 1)
		qsort(lines->kept, lines->count, sizeof(*lines->kept), compare);
	for (size_t i = 0; i < lines->count; i++) {
		if (wanted)
			tell(lines, lines->kept[i].text);
		else
			free(lines->kept[i].text);
	}
	free(lines->kept);
	lines->kept = NULL;
	lines->count = 0;
	lines->of_past = false;
}

void lines_free(struct lines *lines)
{
	choice_free(&lines->choice);
}
