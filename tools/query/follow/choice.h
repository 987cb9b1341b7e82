/* SPDX-License-Identifier: Apache-2.0 */
/* choice: which events are wanted, and in which form. */
#ifndef CHOICE_H
#define CHOICE_H

#include "cli/cli.h"
#include "query/output/template.h"

#include <jansson.h>
#include <stdbool.h>

struct choice_condition;

struct choice {
	int64_t until; /* only what was before; 0 for all */
	size_t count;
	struct choice_condition *conditions;
	struct template *template; /* NULL: JSON */
	bool escape;               /* control bytes in its texts */
};

/* "event=stopped"; the texts must outlive the choice. Conditions on different keys must all hold, of those on one key one. */
int choice_parse_filters(
	const struct cli_values *texts, struct choice *choice, struct lifecycle_error *error);

/* "json", "jsonl", a template, or NULL for JSON. */
int choice_parse_format(const char *text, struct choice *choice, struct lifecycle_error *error);

void choice_free(struct choice *choice);

/* Whether the event, which happened then, is wanted. */
bool choice_admits(const struct choice *choice, int64_t time, const json_t *event);

/* The event by the template. free() it. */
int choice_print(const struct choice *choice, const json_t *event, char **ret_text,
	struct lifecycle_error *error);

/* How long it takes until no more can be wanted: in milliseconds, rounded up, and no more than `most`; -1 is for ever. */
int choice_time_left(const struct choice *choice, int most);
bool choice_is_over(const struct choice *choice);

void choice_print_help(void);
cli_complete_fn choice_complete;

#endif
