/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last field of each line: without it the line was not written to its end. */
#define END "."

/* ---- making ---- */

size_t ledger_line_of_base(int64_t base, char buffer[LEDGER_LINE_SIZE])
{
	return (size_t)snprintf(buffer, LEDGER_LINE_SIZE, "base\t%" PRId64 "\t" END "\n", base);
}

size_t ledger_line_of_sums(const struct totals_sums *sums, char buffer[LEDGER_LINE_SIZE])
{
	return (size_t)snprintf(buffer, LEDGER_LINE_SIZE,
		"sums\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t" END "\n", sums->generations,
		sums->create_errors, sums->oom_kills);
}

size_t ledger_line_of_series(const struct totals_series *series, char buffer[LEDGER_LINE_SIZE])
{
	int length = snprintf(buffer, LEDGER_LINE_SIZE,
		"series\t%d\t%" PRId64 "\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64,
		(int)series->point, series->index, series->command, series->calls, series->sum_ns,
		series->failures);

	for (size_t i = 0; i < LIFECYCLE_BUCKETS; i++)
		length += snprintf(buffer + length, LEDGER_LINE_SIZE - (size_t)length, "\t%" PRId64,
			series->buckets[i]);
	length += snprintf(buffer + length, LEDGER_LINE_SIZE - (size_t)length, "\t" END "\n");
	return (size_t)length;
}

size_t ledger_line_of_entry(int64_t time, const char *id, const struct tally_entry *tally,
	char buffer[LEDGER_LINE_SIZE])
{
	return (size_t)snprintf(buffer, LEDGER_LINE_SIZE,
		"entry\t%" PRId64 "\t%s\t%" PRIx64 "\t%d\t%d\t%" PRId64 "\t%" PRId64
		"\t%d\t%d\t%s\t" END "\n",
		time, id, tally->identity, (int)tally->kind, (int)tally->point, tally->index,
		tally->duration_ns, tally->create_error, tally->oom_killed, tally->command);
}

/* ---- parsing ---- */

/* What is left of a line, and whether all was as it has to be. */
struct fields {
	char *rest;
	bool good;
};

static const char *take(struct fields *fields)
{
	const char *field = strsep(&fields->rest, "\t");

	if (field == NULL)
		fields->good = false;
	return field != NULL ? field : "";
}

static int64_t take_number(struct fields *fields)
{
	const char *text = take(fields);
	char *end;
	int64_t number = strtoll(text, &end, 10);

	if (end == text || *end != '\0')
		fields->good = false;
	return number;
}

static uint64_t take_identity(struct fields *fields)
{
	const char *text = take(fields);
	char *end;
	uint64_t number = strtoull(text, &end, 16);

	if (end == text || *end != '\0')
		fields->good = false;
	return number;
}

/* A point that a later libstate knows is one of its name only there. */
static enum lifecycle_point take_point(struct fields *fields)
{
	int64_t number = take_number(fields);

	if (number < 0 || number > INT32_MAX)
		fields->good = false;
	return fields->good ? (enum lifecycle_point)number : LIFECYCLE_POINT_NONE;
}

static void take_text(struct fields *fields, char *buffer, size_t size)
{
	const char *text = take(fields);

	if (strlen(text) >= size)
		fields->good = false;
	snprintf(buffer, size, "%s", text);
}

static void take_sums(struct fields *fields, struct totals_sums *ret)
{
	ret->generations = take_number(fields);
	ret->create_errors = take_number(fields);
	ret->oom_kills = take_number(fields);
}

static void take_series(struct fields *fields, struct totals_series *series)
{
	series->point = take_point(fields);
	series->index = take_number(fields);
	take_text(fields, series->command, sizeof(series->command));
	series->calls = take_number(fields);
	series->sum_ns = take_number(fields);
	series->failures = take_number(fields);
	for (size_t i = 0; i < LIFECYCLE_BUCKETS; i++)
		series->buckets[i] = take_number(fields);
}

static void take_entry(struct fields *fields, struct ledger_entry *ret)
{
	struct tally_entry *tally = &ret->tally;
	int64_t kind;

	ret->time = take_number(fields);
	take_text(fields, ret->id, sizeof(ret->id));
	tally->identity = take_identity(fields);
	kind = take_number(fields);
	tally->point = take_point(fields);
	tally->index = take_number(fields);
	tally->duration_ns = take_number(fields);
	tally->create_error = take_number(fields) != 0;
	tally->oom_killed = take_number(fields) != 0;
	take_text(fields, tally->command, sizeof(tally->command));
	if (kind < TALLY_GENERATION || kind > TALLY_FAILURE || !lifecycle_id_valid(ret->id) ||
		(kind == TALLY_HOOK && tally->duration_ns < 0))
		fields->good = false;
	else
		tally->kind = (enum tally_kind)kind;
}

void ledger_line_parse(char *text, struct ledger_line *ret)
{
	struct fields fields = { .rest = text, .good = true };
	const char *word = take(&fields);

	memset(ret, 0, sizeof(*ret));
	if (strcmp(word, "base") == 0) {
		ret->kind = LEDGER_LINE_BASE;
		ret->base = take_number(&fields);
	} else if (strcmp(word, "sums") == 0) {
		ret->kind = LEDGER_LINE_SUMS;
		take_sums(&fields, &ret->sums);
	} else if (strcmp(word, "series") == 0) {
		ret->kind = LEDGER_LINE_SERIES;
		take_series(&fields, &ret->series);
	} else if (strcmp(word, "entry") == 0) {
		ret->kind = LEDGER_LINE_ENTRY;
		take_entry(&fields, &ret->entry);
	}
	if (strcmp(take(&fields), END) != 0 || fields.rest != NULL || !fields.good)
		ret->kind = LEDGER_LINE_NONE;
}
