/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/template.h"
#include "base/error.h"
#include "base/text_stream.h"
#include "query/output/keys.h"
#include "query/output/template_functions.h"
#include "query/output/template_parse.h"
#include "query/output/template_run.h"

#include <stdlib.h>
#include <string.h>

struct template
{
	struct template_list list;
};

int template_parse(const char *text, struct template **ret_template, struct lifecycle_error *error)
{
	struct template *template = calloc(1, sizeof(*template));

	if (template == NULL)
		return error_no_memory(error);
	if (template_parse_list(text, &template->list, error) < 0) {
		template_free(template);
		return -1;
	}
	*ret_template = template;
	return 0;
}

void template_free(struct template *template)
{
	if (template == NULL)
		return;
	template_tree_free(&template->list);
	free(template);
}

/* "\\t" or a tab, which ends a cell: how long it is, 0 if there is none. */
static size_t tab_length(const char *text)
{
	if (text[0] == '\t')
		return 1;
	return text[0] == '\\' && text[1] == 't' ? 2 : 0;
}

size_t template_cell(const char *text, const char **ret_next)
{
	const char *at = text;

	while (*at != '\0' && tab_length(at) == 0) {
		size_t action = strncmp(at, "{{", 2) == 0 ? template_action_length(at) : 0;

		if (action > 0)
			at += action;
		else
			at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
	}
	*ret_next = *at != '\0' ? at + tab_length(at) : NULL;
	return (size_t)(at - text);
}

const char *template_only_key(const struct template *template)
{
	const struct template_node *node = template->list.nodes;

	if (template->list.count != 1 || node->kind != TEMPLATE_VALUE)
		return NULL;
	return template_run_only_key(node->pipe);
}

/* ---- checking ---- */

/* Which keys there are: at the top, and where the dot is; NULL if nobody knows. */
struct check {
	const json_t *known;
	const json_t *dot;
	struct lifecycle_error *error;
};

static int refuse_key(const char *name, const json_t *known, struct lifecycle_error *error)
{
	char *list = NULL;
	size_t size;
	FILE *out = text_stream_open(&list, &size);
	const char *separator = "";
	const char *key;
	json_t *value;

	if (out == NULL)
		return error_no_memory(error);
	json_object_foreach((json_t *)known, key, value) {
		fputs(separator, out);
		keys_print_camel(key, out);
		separator = ", ";
	}
	if (fclose(out) == 0)
		error_set(error, LIFECYCLE_ERROR_INVALID,
			"unknown key '%s' in the template: known are %s", name, list);
	else
		error_no_memory(error);
	free(list);
	return -1;
}

static int check_pipe(
	const struct check *check, const struct template_pipe *pipe, const json_t **ret_known);

static int begin_known(
	const struct check *check, const struct template_term *term, const json_t **ret_known)
{
	const json_t *ignored;

	*ret_known = NULL;
	if (term->kind == TEMPLATE_PARENTHESES)
		return check_pipe(check, term->pipe, &ignored);
	if (term->kind == TEMPLATE_DOT)
		*ret_known = check->dot;
	else if (term->kind == TEMPLATE_VARIABLE && term->variable[0] == '\0')
		*ret_known = check->known;
	return 0;
}

static int check_term(
	const struct check *check, const struct template_term *term, const json_t **ret_known)
{
	const json_t *value;

	if (begin_known(check, term, &value) < 0)
		return -1;
	for (size_t i = 0; i < term->step_count && json_is_object(value); i++) {
		const json_t *next = template_run_step(value, term->steps[i]);

		if (next == NULL)
			return refuse_key(term->steps[i], value, check->error);
		value = next;
	}
	*ret_known = value;
	return 0;
}

/* A key that index is given as it is. */
static int check_index(const struct check *check, const struct template_command *command, size_t at,
	const json_t **known)
{
	const char *key = json_string_value(command->terms[at].literal);
	const json_t *next;

	if (!json_is_object(*known) || key == NULL) {
		*known = NULL;
		return 0;
	}
	next = json_object_get(*known, key);
	if (next == NULL)
		return refuse_key(key, *known, check->error);
	*known = next;
	return 0;
}

static int check_command(
	const struct check *check, const struct template_command *command, const json_t **ret_known)
{
	bool index = command->function != NULL && strcmp(command->function->name, "index") == 0;
	const json_t *known = NULL;

	for (size_t i = 0; i < command->count; i++) {
		const json_t *of_term = NULL;

		if (check_term(check, &command->terms[i], &of_term) < 0 ||
			(index && i > 0 && check_index(check, command, i, &known) < 0))
			return -1;
		if (i == 0)
			known = of_term;
	}
	*ret_known = command->function == NULL || index ? known : NULL;
	return 0;
}

static int check_pipe(
	const struct check *check, const struct template_pipe *pipe, const json_t **ret_known)
{
	*ret_known = NULL;
	for (size_t i = 0; i < pipe->count; i++)
		if (check_command(check, &pipe->commands[i], ret_known) < 0)
			return -1;
	return 0;
}

static int check_list(struct check check, const struct template_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct template_node *node = &list->nodes[i];
		struct check inner = check;
		const json_t *known = NULL;

		if (node->pipe != NULL && check_pipe(&check, node->pipe, &known) < 0)
			return -1;
		if (node->kind == TEMPLATE_WITH)
			inner.dot = known;
		else if (node->kind == TEMPLATE_RANGE)
			inner.dot = NULL;
		if (check_list(inner, &node->body) < 0 || check_list(check, &node->otherwise) < 0)
			return -1;
	}
	return 0;
}

int template_check(
	const struct template *template, const json_t *known, struct lifecycle_error *error)
{
	return check_list((struct check){ known, known, error }, &template->list);
}

/* ---- headings ---- */

static const char *last_step(const struct template_term *term)
{
	if (term->step_count > 0)
		return term->steps[term->step_count - 1];
	return json_string_value(term->literal);
}

/* Where the last key of the first function is that has one: of index its last word. */
static const struct template_term *heading_of(const struct template_pipe *pipe)
{
	for (size_t i = 0; i < pipe->count; i++) {
		const struct template_command *command = &pipe->commands[i];
		bool index =
			command->function != NULL && strcmp(command->function->name, "index") == 0;
		const struct template_term *found = NULL;

		for (size_t j = 0; j < command->count; j++)
			if ((index || command->terms[j].step_count > 0) &&
				last_step(&command->terms[j]) != NULL)
				found = &command->terms[j];
		if (found != NULL)
			return found;
	}
	return NULL;
}

static void print_heading(
	const struct template_pipe *pipe, const struct template_scope *scope, FILE *out)
{
	const struct template_term *term = heading_of(pipe);

	if (term == NULL)
		return;
	if (scope->print == NULL || term->kind != TEMPLATE_DOT || term->step_count != 1 ||
		!scope->print(term->steps[0], scope->arg, out))
		keys_print_header(last_step(term), out);
}

static void print_headings(
	const struct template_list *list, const struct template_scope *scope, FILE *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct template_node *node = &list->nodes[i];

		if (node->kind == TEMPLATE_TEXT)
			fputs(node->text, out);
		else if (node->kind == TEMPLATE_VALUE)
			print_heading(node->pipe, scope, out);
		else
			print_headings(&node->body, scope, out);
	}
}

/* ---- printing ---- */

int template_print(const struct template *template, const struct template_scope *scope, FILE *out,
	struct lifecycle_error *error)
{
	if (scope->tree != NULL)
		return template_run_list(&template->list, scope, out, error);
	print_headings(&template->list, scope, out);
	return 0;
}
