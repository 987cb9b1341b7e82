/* SPDX-License-Identifier: Apache-2.0 */
/* json_output: JSON, made only where JSON or a template is asked for, and safe on a terminal. */
#ifndef JSON_OUTPUT_H
#define JSON_OUTPUT_H

#include "records/view.h"

#include <jansson.h>
#include <stdio.h>

/* The record's tree with `observed`. */
int json_output_of_view(const struct view *view, json_t **ret_tree, struct lifecycle_error *error);

/* Values for a tree: null for what is unknown; NULL if memory is out. */
json_t *json_output_string(const char *text);
json_t *json_output_integer(int64_t number);
json_t *json_output_time(int64_t time);
/* Of a NULL-terminated list, or NULL. */
json_t *json_output_strings(const char *const *texts);

/* Adds a value, which is taken, unless it is unknown. -1 if memory is out, also for the value. */
int json_output_set(json_t *object, const char *key, json_t *value);

/* A tree as text: free() it. `flags` are jansson's. NULL if memory is out. */
char *json_output_text(const json_t *tree, size_t flags);

int json_output_print(const json_t *tree, size_t flags, FILE *out, struct lifecycle_error *error);

/* An array, printed with an indent of two, of which only one element need be there at a time. */
struct json_output_array {
	FILE *out;
	bool has_elements;
};

/* The text of an element, as json_output_text(tree, JSON_INDENT(2)) gives it. */
void json_output_array_add(struct json_output_array *array, const char *text);
void json_output_array_end(const struct json_output_array *array);

#endif
