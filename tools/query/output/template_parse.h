/* SPDX-License-Identifier: Apache-2.0 */
/* template_parse: the text of a template, as a tree. */
#ifndef TEMPLATE_PARSE_H
#define TEMPLATE_PARSE_H

#include "query/output/template_tree.h"

/* On failure what *ret_list holds by then is still to be freed. */
int template_parse_list(
	const char *text, struct template_list *ret_list, struct lifecycle_error *error);

/* The length of an action that begins at "{{", with its "}}"; 0 if it has no end. */
size_t template_action_length(const char *text);

#endif
