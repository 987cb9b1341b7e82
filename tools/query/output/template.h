/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template: what people type after --format, as for docker and podman: text with {{.Key}}, and \t and \n; Go's pipelines,
 * blocks, variables and functions.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "libstate.h"
#include "query/output/template_scope.h"

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

int template_print(const struct template *template, const struct template_scope *scope, FILE *out,
	struct lifecycle_error *error);

#endif
