/* SPDX-License-Identifier: Apache-2.0 */
/* template_tree: what a template is once it is parsed; for the files of template alone. */
#ifndef TEMPLATE_TREE_H
#define TEMPLATE_TREE_H

#include "libstate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum template_term_kind {
	TEMPLATE_DOT,
	TEMPLATE_VARIABLE,
	TEMPLATE_LITERAL,
	TEMPLATE_PARENTHESES,
};

struct template_pipe;

/* .Key.Key, $name.Key, "text", 12, true, (pipeline).Key */
struct template_term {
	enum template_term_kind kind;
	json_t *literal;
	char *variable; /* "" is the whole: $ */
	struct template_pipe *pipe;
	size_t step_count;
	char **steps;
};

struct template_function;

struct template_command {
	const struct template_function *function; /* NULL: it is the one term's value */
	size_t count;
	struct template_term *terms;
};

struct template_pipe {
	char *text; /* for errors */
	size_t declared_count;
	char *declared[2]; /* names of variables: one, or in a range an index and a value */
	size_t count;
	struct template_command *commands;
};

enum template_node_kind {
	TEMPLATE_TEXT,
	TEMPLATE_VALUE,
	TEMPLATE_IF,
	TEMPLATE_WITH,
	TEMPLATE_RANGE,
};

struct template_list {
	size_t count;
	struct template_node *nodes;
};

struct template_node {
	enum template_node_kind kind;
	char *text;
	struct template_pipe *pipe;
	struct template_list body;
	struct template_list otherwise;
};

void template_tree_free(struct template_list *list);

#endif
