/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/template_tree.h"

#include <stdlib.h>

static void free_pipe(struct template_pipe *pipe);

static void free_term(struct template_term *term)
{
	json_decref(term->literal);
	free(term->variable);
	free_pipe(term->pipe);
	for (size_t i = 0; i < term->step_count; i++)
		free(term->steps[i]);
	free(term->steps);
}

static void free_command(struct template_command *command)
{
	for (size_t i = 0; i < command->count; i++)
		free_term(&command->terms[i]);
	free(command->terms);
}

static void free_pipe(struct template_pipe *pipe)
{
	if (pipe == NULL)
		return;
	for (size_t i = 0; i < pipe->count; i++)
		free_command(&pipe->commands[i]);
	for (size_t i = 0; i < pipe->declared_count; i++)
		free(pipe->declared[i]);
	free(pipe->commands);
	free(pipe->text);
	free(pipe);
}

void template_tree_free(struct template_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct template_node *node = &list->nodes[i];

		free(node->text);
		free_pipe(node->pipe);
		template_tree_free(&node->body);
		template_tree_free(&node->otherwise);
	}
	free(list->nodes);
	*list = (struct template_list){ 0 };
}
