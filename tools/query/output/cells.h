/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cells: what a table shows of a container, for people. Each writes it, or nothing and returns false if it is unknown; the
 * brief form is for terminals that are too narrow for the usual one.
 */
#ifndef CELLS_H
#define CELLS_H

#include "records/view.h"

#include <stdbool.h>
#include <stdio.h>

struct columns_style {
	int64_t now;
	bool whole; /* --no-trunc */
	bool brief;
};

typedef bool cell_fn(const struct view *view, const struct columns_style *style, FILE *out);

cell_fn cell_id;
cell_fn cell_status;
cell_fn cell_created;
cell_fn cell_started;
cell_fn cell_finished;
cell_fn cell_exited; /* the same, of what is stopped */
cell_fn cell_uptime;
cell_fn cell_pid;
cell_fn cell_error;

#endif
