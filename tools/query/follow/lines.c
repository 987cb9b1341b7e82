/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/lines.h"
#include "base/error.h"
#include "query/output/json_output.h"

#include <stdio.h>
#include <stdlib.h>

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

int lines_add(struct lines *lines, int64_t time, bool is_first, json_t *object,
	struct lifecycle_error *error)
{
	char *text = json_output_text(object, JSON_COMPACT);

	json_decref(object);
	if (text == NULL)
		return error_no_memory(error);
	if (lines->of_past)
		return keep(lines, time, is_first, text, error);
	puts(text);
	free(text);
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
			puts(lines->kept[i].text);
		free(lines->kept[i].text);
	}
	free(lines->kept);
	*lines = (struct lines){ 0 };
}
