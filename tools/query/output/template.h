/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template: what people type after --format: text with {{.Key}}, {{.Key.Key}}, {{json .}}, {{json .Key}},
 * {{index .Key "word" 0}}, and \t and \n.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "libstate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct template;

int template_parse(const char *text, struct template **ret_template, struct lifecycle_error *error);
void template_free(struct template *template);

/* The length of the part of a text that ends before a tab which is in no {{}}: a table's cell. *ret_next is what comes
 * after the tab; NULL if this is the last part. */
size_t template_cell(const char *text, const char **ret_next);

/* The key, if {{.Key}} is all that the template is; else NULL. */
const char *template_only_key(const struct template *template);

/*
 * `known` is a tree of every key that there is; below what is null there, any key may be. A key that is not
 * in it is LIFECYCLE_ERROR_INVALID, and the error lists the known ones.
 */
int template_check(
	const struct template *template, const json_t *known, struct lifecycle_error *error);

/*
 * Writes a table's value, or heading, its own way, if `key` is all that leads to it; false for the usual way: text
 * as it is, "-" for what is unknown (nothing, where there is no table), all else as JSON; the last key as a heading.
 */
typedef bool template_print_fn(const char *key, void *arg, FILE *out);

struct template_scope {
	const json_t *tree;       /* NULL: headings */
	bool escape;              /* control bytes in texts */
	template_print_fn *print; /* of a table; else NULL */
	void *arg;
};

int template_print(const struct template *template, const struct template_scope *scope, FILE *out,
	struct lifecycle_error *error);

#endif
