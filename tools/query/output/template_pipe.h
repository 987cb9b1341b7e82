/* SPDX-License-Identifier: Apache-2.0 */
/* template_pipe: what stands between "{{" and "}}": pipelines of functions, keys, variables and values. */
#ifndef TEMPLATE_PIPE_H
#define TEMPLATE_PIPE_H

#include "query/output/template_tree.h"

struct template_scanner {
	const char *start; /* of the action, for errors */
	const char *at;
	const char *end;
	unsigned depth;
	struct lifecycle_error *error;
};

int template_pipe_parse(struct template_scanner *scanner, struct template_pipe **ret_pipe);

/* True, and past it, if this word comes next. */
bool template_pipe_take_word(struct template_scanner *scanner, const char *word);
void template_pipe_skip_blanks(struct template_scanner *scanner);

/* An error that quotes the action. Returns -1. */
int template_pipe_refuse(const struct template_scanner *scanner, const char *why);

#endif
