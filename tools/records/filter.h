/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter: which containers are wanted. Conditions on different keys must all hold, of those on the same key one; but
 * every annotation=.
 */
#ifndef FILTER_H
#define FILTER_H

#include "cli/cli.h"
#include "records/view.h"

#include <stdbool.h>
#include <stddef.h>

struct filter_key;

struct filter_condition {
	const struct filter_key *key;
	const char *value;
	int64_t number; /* a time, or an exit code */
};

struct filter {
	size_t count;
	struct filter_condition *conditions;
};

/* From texts such as "status=running", which must outlive the filter. */
int filter_parse(
	const struct cli_values *texts, struct filter *ret_filter, struct lifecycle_error *error);
void filter_free(struct filter *filter);

bool filter_admits(const struct filter *filter, const struct view *view);

void filter_print_help(void);
cli_complete_fn filter_complete;

/* `at`: where in the options they are kept; `says`: its help. */
#define FILTER_OPTION(at, says)                                                                    \
	{                                                                                          \
		.name = "filter", .letter = 'f', .kind = CLI_MANY, .offset = (at),                 \
		.argument = "KEY=VALUE", .complete = filter_complete, .help = (says),              \
	}

#endif
