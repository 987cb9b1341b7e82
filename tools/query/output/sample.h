/* SPDX-License-Identifier: Apache-2.0 */
/* sample: one line of metrics: a name, labels, and a value. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "cli/cli.h"
#include "libstate.h"

#include <stdio.h>

/* A sample that is being written. */
struct sample {
	FILE *out;
	bool has_labels;
};

/* Whether `text` is NAME=VALUE, of a name that a label may have and that none of ours has. */
int sample_check_label(const char *text, struct lifecycle_error *error);

/* The lines before a family's samples. `type`: gauge, counter or histogram. */
void sample_head(const char *name, const char *help, const char *type, FILE *out);

/* `labels`: what is asked for on each, checked. */
void sample_begin(const char *name, const struct cli_values *labels, FILE *out, struct sample *ret);

/* NULL is no label. */
void sample_label(struct sample *sample, const char *name, const char *value);
/* The same, named `prefix` and `name`, with _ for each character that a label's name cannot have. */
void sample_label_of(
	struct sample *sample, const char *prefix, const char *name, const char *value);
void sample_label_number(struct sample *sample, const char *name, int64_t number);

/* A time or a length of time, in seconds: all its nanoseconds, which are more than a double holds. */
void sample_end_seconds(struct sample *sample, int64_t nanoseconds);
void sample_end_number(struct sample *sample, int64_t number);

#endif
