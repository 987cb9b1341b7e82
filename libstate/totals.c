/* SPDX-License-Identifier: Apache-2.0 */
#include "totals.h"

#include <string.h>

static const int64_t limits[LIFECYCLE_BUCKETS] = {
	INT64_C(1000000),
	INT64_C(5000000),
	INT64_C(10000000),
	INT64_C(25000000),
	INT64_C(50000000),
	INT64_C(100000000),
	INT64_C(250000000),
	INT64_C(500000000),
	INT64_C(1000000000),
	INT64_C(2500000000),
	INT64_C(5000000000),
	INT64_C(10000000000),
};

int64_t lifecycle_bucket_limit(size_t index)
{
	return index < LIFECYCLE_BUCKETS ? limits[index] : LIFECYCLE_UNKNOWN;
}

/* A file's numbers are not to be trusted: a sum stays where it is when there is no more room. */
static void add_number(int64_t *sum, int64_t more)
{
	int64_t result;

	if (more > 0 && !__builtin_add_overflow(*sum, more, &result))
		*sum = result;
}

static bool is_same(const struct totals_series *one, const struct totals_series *other)
{
	return one->point == other->point && one->index == other->index &&
	       strcmp(one->command, other->command) == 0;
}

static struct totals_series *find(struct totals *totals, const struct totals_series *wanted)
{
	for (size_t i = 0; i < totals->count; i++)
		if (is_same(&totals->series[i], wanted))
			return &totals->series[i];
	return NULL;
}

/* The last place is kept for those that are too many. */
static struct totals_series *find_or_make(struct totals *totals, const struct totals_series *wanted)
{
	const struct totals_series rest = { .index = LIFECYCLE_UNKNOWN };
	struct totals_series *series = find(totals, wanted);
	struct totals_series *made;

	if (series != NULL)
		return series;
	if (totals->count >= TOTALS_MOST_SERIES) {
		series = find(totals, &rest);
		if (series != NULL)
			return series;
		wanted = &rest;
	}
	made = &totals->series[totals->count++];
	*made = (struct totals_series){ .point = wanted->point, .index = wanted->index };
	strcpy(made->command, wanted->command);
	return made;
}

void totals_add_series(struct totals *totals, const struct totals_series *more)
{
	struct totals_series *series = find_or_make(totals, more);

	add_number(&series->calls, more->calls);
	add_number(&series->sum_ns, more->sum_ns);
	add_number(&series->failures, more->failures);
	for (size_t i = 0; i < LIFECYCLE_BUCKETS; i++)
		add_number(&series->buckets[i], more->buckets[i]);
}

static void count_call(struct totals_series *series, int64_t duration_ns)
{
	series->calls = 1;
	series->sum_ns = duration_ns;
	for (size_t i = 0; i < LIFECYCLE_BUCKETS; i++)
		if (duration_ns <= limits[i]) {
			series->buckets[i] = 1;
			break;
		}
}

void totals_add_sums(struct totals *totals, const struct totals_sums *sums)
{
	add_number(&totals->sums.generations, sums->generations);
	add_number(&totals->sums.create_errors, sums->create_errors);
	add_number(&totals->sums.oom_kills, sums->oom_kills);
}

void totals_add_entry(struct totals *totals, const struct tally_entry *entry)
{
	struct totals_series series = { .point = entry->point, .index = entry->index };

	if (entry->kind == TALLY_GENERATION) {
		totals_add_sums(
			totals, &(struct totals_sums){ 1, entry->create_error, entry->oom_killed });
		return;
	}
	strcpy(series.command, entry->command);
	if (entry->kind == TALLY_HOOK)
		count_call(&series, entry->duration_ns);
	else
		series.failures = 1;
	totals_add_series(totals, &series);
}

void totals_add(struct totals *totals, const struct totals *more)
{
	totals_add_sums(totals, &more->sums);
	for (size_t i = 0; i < more->count; i++)
		totals_add_series(totals, &more->series[i]);
}
