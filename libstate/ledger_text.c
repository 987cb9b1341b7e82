/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger_text.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* ---- written ---- */

void ledger_text_add(struct ledger_text *text, const char *bytes, size_t length)
{
	if (text->length + length > text->capacity && !text->failed) {
		size_t capacity = 2 * (text->length + length);
		char *larger = realloc(text->bytes, capacity);

		text->failed = larger == NULL;
		if (larger != NULL) {
			text->bytes = larger;
			text->capacity = capacity;
		}
	}
	if (text->failed || length == 0)
		return;
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

void ledger_text_add_entry(
	struct ledger_text *text, int64_t time, const char *id, const struct tally_entry *tally)
{
	char line[LEDGER_LINE_SIZE] = "";

	ledger_text_add(text, line, ledger_line_of_entry(time, id, tally, line));
}

void ledger_text_add_totals(struct ledger_text *text, int64_t base, const struct totals *totals)
{
	char line[LEDGER_LINE_SIZE] = "";

	ledger_text_add(text, line, ledger_line_of_base(base, line));
	ledger_text_add(text, line, ledger_line_of_sums(&totals->sums, line));
	for (size_t i = 0; i < totals->count; i++)
		ledger_text_add(text, line, ledger_line_of_series(&totals->series[i], line));
}

/* ---- read ---- */

static int keep_entry(struct ledger_content *content, const struct ledger_entry *entry,
	struct lifecycle_error *error)
{
	/* capacities are powers of two, so that the count tells when one is full */
	if ((content->count & (content->count - 1)) == 0) {
		size_t capacity = content->count == 0 ? 1 : content->count * 2;
		struct ledger_entry *larger =
			reallocarray(content->entries, capacity, sizeof(*larger));

		if (larger == NULL)
			return error_no_memory(error);
		content->entries = larger;
	}
	content->entries[content->count++] = *entry;
	return 0;
}

static int take_line(struct ledger_content *content, const struct ledger_line *line,
	struct lifecycle_error *error)
{
	if (line->kind == LEDGER_LINE_ENTRY)
		return keep_entry(content, &line->entry, error);
	if (line->kind == LEDGER_LINE_SUMS)
		totals_add_sums(&content->totals, &line->sums);
	else if (line->kind == LEDGER_LINE_SERIES)
		totals_add_series(&content->totals, &line->series);
	return 0;
}

/* A NUL, as a power cut may leave them, ends its line alone. */
static int parse(
	char *text, size_t length, struct ledger_content *content, struct lifecycle_error *error)
{
	struct ledger_line *line = malloc(sizeof(*line));
	char *end = text + length;
	int result = 0;

	if (line == NULL)
		return error_no_memory(error);
	while (result == 0 && text < end) {
		char *next = memchr(text, '\n', (size_t)(end - text));

		if (next == NULL)
			next = end;
		*next = '\0';
		ledger_line_parse(text, line);
		result = take_line(content, line, error);
		text = next + 1;
	}
	free(line);
	return result;
}

int ledger_text_parse(char *text, size_t length, struct ledger_content **ret_content,
	struct lifecycle_error *error)
{
	struct ledger_content *content = calloc(1, sizeof(*content));

	if (content == NULL)
		return error_no_memory(error);
	if (parse(text, length, content, error) < 0) {
		ledger_text_free_content(content);
		return -1;
	}
	*ret_content = content;
	return 0;
}

void ledger_text_free_content(struct ledger_content *content)
{
	free(content->entries);
	free(content);
}

/* ---- each entry once ---- */

/* By identity; of one the last comes first: that is the one that counts. */
static int compare(const void *one, const void *other)
{
	const struct ledger_entry *const *a = one;
	const struct ledger_entry *const *b = other;

	if ((*a)->tally.identity != (*b)->tally.identity)
		return (*a)->tally.identity > (*b)->tally.identity ? 1 : -1;
	return (*a > *b) ? -1 : (*a < *b);
}

int ledger_text_for_each(const struct ledger_content *content, ledger_entry_fn *each, void *arg,
	struct lifecycle_error *error)
{
	const struct ledger_entry **sorted =
		calloc(content->count + 1, sizeof(struct ledger_entry *));
	int result = 0;

	if (sorted == NULL)
		return error_no_memory(error);
	for (size_t i = 0; i < content->count; i++)
		sorted[i] = &content->entries[i];
	if (content->count > 1)
		qsort(sorted, content->count, sizeof(struct ledger_entry *), compare);
	for (size_t i = 0; i < content->count && result == 0; i++)
		if (i == 0 || sorted[i]->tally.identity != sorted[i - 1]->tally.identity)
			result = each(sorted[i], arg);
	free(sorted);
	return result;
}
