/* SPDX-License-Identifier: Apache-2.0 */
/* counters: what outlives the records, as metrics: counters and a histogram. */
#ifndef COUNTERS_H
#define COUNTERS_H

#include "cli/cli.h"
#include "libstate.h"

#include <stdio.h>

void counters_print(
	const struct lifecycle_counts *counts, const struct cli_values *labels, FILE *out);

/* Their names and what they are, a line each. */
void counters_print_help(void);

#endif
