/* SPDX-License-Identifier: Apache-2.0 */
/* template_run: what a template's tree makes of values. */
#ifndef TEMPLATE_RUN_H
#define TEMPLATE_RUN_H

#include "libstate.h"
#include "query/output/template_scope.h"
#include "query/output/template_tree.h"

/* Under which key a path goes on there; NULL if it does not. */
const json_t *template_run_step(const json_t *value, const char *key);

/* The key, if the pipeline is nothing but one: .Key */
const char *template_run_only_key(const struct template_pipe *pipe);

int template_run_list(const struct template_list *list, const struct template_scope *scope,
	FILE *out, struct lifecycle_error *error);

#endif
