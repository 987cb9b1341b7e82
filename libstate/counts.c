/* SPDX-License-Identifier: Apache-2.0 */
/* What a store has counted: in its records, and in what is left of those that are gone. */
#include "base/error.h"
#include "ledger.h"
#include "store.h"

#include <stdlib.h>
#include <string.h>

struct lifecycle_counts {
	struct totals live;
	size_t count;
	uint64_t *identities; /* of all that is in records */
	struct totals all;
	struct lifecycle_series series[TOTALS_MOST_SERIES + 1];
};

int lifecycle_counts_new(struct lifecycle_counts **ret_counts, struct lifecycle_error *error)
{
	struct lifecycle_counts *counts = calloc(1, sizeof(*counts));

	if (counts == NULL)
		return error_no_memory(error);
	*ret_counts = counts;
	return 0;
}

void lifecycle_counts_free(struct lifecycle_counts *counts)
{
	if (counts == NULL)
		return;
	free(counts->identities);
	free(counts);
}

/* ---- the records ---- */

/* Capacities are powers of two, so that the count tells when one is full. */
static int add_identity(
	struct lifecycle_counts *counts, uint64_t identity, struct lifecycle_error *error)
{
	if ((counts->count & (counts->count - 1)) == 0) {
		size_t capacity = counts->count == 0 ? 1 : counts->count * 2;
		uint64_t *larger = reallocarray(counts->identities, capacity, sizeof(*larger));

		if (larger == NULL)
			return error_no_memory(error);
		counts->identities = larger;
	}
	counts->identities[counts->count++] = identity;
	return 0;
}

int lifecycle_counts_add(struct lifecycle_counts *counts, const struct lifecycle_record *record,
	struct lifecycle_error *error)
{
	struct tally tally;
	int result;

	result = tally_of(record, &tally, error);
	if (result < 0)
		return -1;
	for (size_t i = 0; i < tally.count && result == 0; i++) {
		result = add_identity(counts, tally.entries[i].identity, error);
		if (result == 0)
			totals_add_entry(&counts->live, &tally.entries[i]);
	}
	tally_free(&tally);
	return result;
}

/* ---- the rest ---- */

static int compare_identities(const void *one, const void *other)
{
	const uint64_t *a = one;
	const uint64_t *b = other;

	return (*a > *b) - (*a < *b);
}

/* A ledger_live_fn: what was found in a record, which may be gone by now. */
static bool was_found(void *arg, const char *id, uint64_t identity)
{
	const struct lifecycle_counts *counts = arg;

	(void)id;
	return counts->count > 0 && bsearch(&identity, counts->identities, counts->count,
					    sizeof(identity), compare_identities) != NULL;
}

static int compare_series(const void *one, const void *other)
{
	const struct totals_series *a = one;
	const struct totals_series *b = other;
	int order = strcmp(a->command, b->command);

	if (a->point != b->point)
		return a->point > b->point ? 1 : -1;
	return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static void show_series(struct lifecycle_counts *counts)
{
	qsort(counts->all.series, counts->all.count, sizeof(counts->all.series[0]), compare_series);
	for (size_t i = 0; i < counts->all.count; i++) {
		const struct totals_series *series = &counts->all.series[i];

		counts->series[i] = (struct lifecycle_series){
			.point = series->point,
			.command = series->command[0] != '\0' ? series->command : NULL,
			.index = series->index,
			.calls = series->calls,
			.sum_ns = series->sum_ns,
			.failures = series->failures,
			.buckets = series->buckets,
		};
	}
}

int lifecycle_counts_end(struct lifecycle_counts *counts, const struct lifecycle_store *store,
	struct lifecycle_error *error)
{
	if (counts->count > 1)
		qsort(counts->identities, counts->count, sizeof(*counts->identities),
			compare_identities);
	if (store != NULL && ledger_read(store->fd, was_found, counts, &counts->all, error) < 0)
		return -1;
	totals_add(&counts->all, &counts->live);
	show_series(counts);
	return 0;
}

/* ---- asking ---- */

int64_t lifecycle_counts_generations(const struct lifecycle_counts *counts)
{
	return counts->all.sums.generations;
}

int64_t lifecycle_counts_create_errors(const struct lifecycle_counts *counts)
{
	return counts->all.sums.create_errors;
}

int64_t lifecycle_counts_oom_kills(const struct lifecycle_counts *counts)
{
	return counts->all.sums.oom_kills;
}

size_t lifecycle_counts_series_count(const struct lifecycle_counts *counts)
{
	return counts->all.count;
}

const struct lifecycle_series *lifecycle_counts_series(
	const struct lifecycle_counts *counts, size_t index)
{
	return &counts->series[index];
}
