/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gauges: what the records say now, as metrics: a family for each thing that is known of a container. The samples of a family
 * stand together, those of a container come together: so each family's wait in a file without a name, and memory holds one
 * container.
 */
#ifndef GAUGES_H
#define GAUGES_H

#include "cli/cli.h"
#include "records/view.h"

#include <stdio.h>

/* Which labels are asked for, besides those that a sample has anyway. */
struct gauges_asked {
	struct cli_values labels;      /* NAME=VALUE, on each sample */
	struct cli_values annotations; /* keys */
	struct cli_values arguments;   /* numbers of a hook's arguments */
};

struct gauges;

int gauges_open(const struct gauges_asked *asked, struct gauges **ret_gauges,
	struct lifecycle_error *error);
void gauges_close(struct gauges *gauges);

/* A container's samples: none for what is unknown. A failure to write is told by gauges_print(). */
void gauges_add(struct gauges *gauges, const struct view *view);

int gauges_print(const struct gauges *gauges, FILE *out, struct lifecycle_error *error);

/* Their names and what they are, a line each. */
void gauges_print_help(void);

#endif
