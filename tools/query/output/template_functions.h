/* SPDX-License-Identifier: Apache-2.0 */
/* template_functions: what a template can do with values, as in Go and in docker. An unknown value is null. */
#ifndef TEMPLATE_FUNCTIONS_H
#define TEMPLATE_FUNCTIONS_H

#include "libstate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct template_values {
	size_t count;
	json_t **items;
	bool escape; /* control bytes in texts that become part of another one */
	bool ascii;  /* JSON of nothing else */
	struct lifecycle_error *error;
};

struct template_function {
	const char *name;
	size_t least;
	size_t most;
	bool lays_out; /* the new lines and tabs of its text are meant */
	/* The result is a new reference. */
	int (*call)(const struct template_values *values, json_t **ret_result);
};

/* NULL if there is none. */
const struct template_function *template_functions_find(const char *name, size_t length);

/* An error that lists those that there are. Returns -1. */
int template_functions_refuse(const char *name, size_t length, struct lifecycle_error *error);

int template_functions_call(const struct template_function *function,
	const struct template_values *values, json_t **ret_result);

/* Whether `if` takes it for true: it is not null, false, 0 or empty. */
bool template_functions_is_true(const json_t *value);

/* Writes a value as a template shows it: text as it is, nothing for null, all else as JSON. */
int template_functions_write(const json_t *value, const struct template_values *style, FILE *out);

/* ---- in files of their own ---- */

typedef int template_call_fn(const struct template_values *values, json_t **ret_result);
template_call_fn template_printf;
template_call_fn template_and, template_or, template_not;
template_call_fn template_eq, template_ne, template_lt, template_le, template_gt, template_ge;

#endif
