/* SPDX-License-Identifier: Apache-2.0 */
/* totals: what was counted, a series for each of a point's commands. There is a bound on them: the rest are one. */
#ifndef TOTALS_H
#define TOTALS_H

#include "tally.h"

/* What hooks there are on a host is a few; who makes more of them has no more than this of it. */
#define TOTALS_MOST_SERIES 64

struct totals_series {
	enum lifecycle_point point; /* _NONE, and no command: all that are too many */
	int64_t index;
	char command[TALLY_COMMAND_SIZE];
	int64_t calls;
	int64_t sum_ns;
	int64_t failures;
	int64_t buckets
		[LIFECYCLE_BUCKETS]; /* of the calls, each in one: what took longer than all is in none */
};

/* What has no labels. */
struct totals_sums {
	int64_t generations;
	int64_t create_errors;
	int64_t oom_kills;
};

struct totals {
	struct totals_sums sums;
	size_t count;
	struct totals_series series[TOTALS_MOST_SERIES + 1];
};

void totals_add_entry(struct totals *totals, const struct tally_entry *entry);
void totals_add_series(struct totals *totals, const struct totals_series *series);
void totals_add_sums(struct totals *totals, const struct totals_sums *sums);
void totals_add(struct totals *totals, const struct totals *more);

#endif
