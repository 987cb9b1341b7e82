/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/template_run.h"
#include "base/error.h"
#include "query/output/keys.h"
#include "query/output/template_functions.h"

#include <stdlib.h>
#include <string.h>

/* $name: those that were declared last come first. */
struct variable {
	const struct variable *outer;
	const char *name;
	json_t *value;
};

struct run {
	const struct template_scope *scope;
	FILE *out;
	struct lifecycle_error *error;
};

/* What a list is run with. */
struct frame {
	json_t *dot;
	const struct variable *variables;
};

/* ---- paths ---- */

const json_t *template_run_step(const json_t *value, const char *key)
{
	return json_is_object(value) ? keys_find(value, key) : NULL;
}

const char *template_run_only_key(const struct template_pipe *pipe)
{
	const struct template_command *command = &pipe->commands[0];

	if (pipe->declared_count > 0 || pipe->count != 1 || command->function != NULL ||
		command->terms[0].kind != TEMPLATE_DOT || command->terms[0].step_count != 1)
		return NULL;
	return command->terms[0].steps[0];
}

/* At the top, what a table or docker calls otherwise is there, too. */
static const json_t *step(const struct run *run, const json_t *value, const char *key)
{
	const json_t *next = template_run_step(value, key);

	if (next == NULL && value == run->scope->tree && run->scope->also != NULL)
		next = template_run_step(run->scope->also, key);
	return next;
}

/* ---- terms ---- */

static int find_variable(
	const struct run *run, const struct frame *frame, const char *name, json_t **ret_value)
{
	const struct variable *variable = frame->variables;

	while (variable != NULL && strcmp(variable->name, name) != 0)
		variable = variable->outer;
	if (variable == NULL && name[0] != '\0')
		return error_set(run->error, LIFECYCLE_ERROR_INVALID,
			"the template's variable '$%s' is declared nowhere", name);
	*ret_value = json_incref(
		variable != NULL ? variable->value : (json_t *)(uintptr_t)run->scope->tree);
	return 0;
}

static int run_pipe(const struct run *run, const struct frame *frame,
	const struct template_pipe *pipe, json_t **ret_value);

static int begin_term(const struct run *run, const struct frame *frame,
	const struct template_term *term, json_t **ret_value)
{
	switch (term->kind) {
	case TEMPLATE_VARIABLE:
		return find_variable(run, frame, term->variable, ret_value);
	case TEMPLATE_PARENTHESES:
		return run_pipe(run, frame, term->pipe, ret_value);
	case TEMPLATE_LITERAL:
		*ret_value = json_incref(term->literal);
		return 0;
	default:
		*ret_value = json_incref(frame->dot);
		return 0;
	}
}

/* A new reference; null for what is not there. */
static int run_term(const struct run *run, const struct frame *frame,
	const struct template_term *term, json_t **ret_value)
{
	json_t *begun = NULL;
	const json_t *value;

	if (begin_term(run, frame, term, &begun) < 0)
		return -1;
	value = begun;
	for (size_t i = 0; i < term->step_count; i++)
		value = step(run, value, term->steps[i]);
	*ret_value = value != NULL ? json_incref((json_t *)(uintptr_t)value) : json_null();
	json_decref(begun);
	return 0;
}

/* ---- pipelines ---- */

static void free_values(struct template_values *values)
{
	for (size_t i = 0; i < values->count; i++)
		json_decref(values->items[i]);
	free(values->items);
}

static struct template_values values_of(const struct run *run)
{
	return (struct template_values){ .escape = run->scope->escape,
		.ascii = run->scope->print != NULL,
		.error = run->error };
}

/* What came through the pipe, which is taken, stands after what the function was given. */
static int run_command(const struct run *run, const struct frame *frame,
	const struct template_command *command, json_t *piped, json_t **ret_value)
{
	struct template_values values = values_of(run);
	int result = 0;

	if (command->function == NULL)
		return run_term(run, frame, &command->terms[0], ret_value);
	values.items = calloc(command->count + 1, sizeof(json_t *));
	if (values.items == NULL) {
		json_decref(piped);
		return error_no_memory(run->error);
	}
	for (; values.count < command->count && result == 0; values.count += result == 0)
		result = run_term(
			run, frame, &command->terms[values.count], &values.items[values.count]);
	if (piped != NULL)
		values.items[values.count++] = piped;
	if (result == 0)
		result = template_functions_call(command->function, &values, ret_value);
	free_values(&values);
	return result;
}

static int run_pipe(const struct run *run, const struct frame *frame,
	const struct template_pipe *pipe, json_t **ret_value)
{
	json_t *value = NULL;

	for (size_t i = 0; i < pipe->count; i++)
		if (run_command(run, frame, &pipe->commands[i], value, &value) < 0)
			return -1;
	*ret_value = value;
	return 0;
}

/* ---- what is printed ---- */

static bool print_own(const struct run *run, const struct frame *frame, const char *key)
{
	const struct template_scope *scope = run->scope;

	return key != NULL && scope->print != NULL && frame->dot == scope->tree &&
	       scope->print(key, scope->arg, run->out);
}

/* A table shows the unknown; text alone does not. */
static int print_value(const struct run *run, const struct template_pipe *pipe, const json_t *value)
{
	const struct template_function *last = pipe->commands[pipe->count - 1].function;
	struct template_values style = values_of(run);

	if (json_is_null(value)) {
		fputs(run->scope->print != NULL ? "-" : "", run->out);
		return 0;
	}
	/* what it is made of was escaped, and a table has no lines in a cell */
	if (last != NULL && last->lays_out && run->scope->print == NULL)
		style.escape = false;
	return template_functions_write(value, &style, run->out);
}

static int run_value(
	const struct run *run, const struct frame *frame, const struct template_pipe *pipe)
{
	json_t *value;
	int result;

	if (print_own(run, frame, template_run_only_key(pipe)))
		return 0;
	if (run_pipe(run, frame, pipe, &value) < 0)
		return -1;
	result = print_value(run, pipe, value);
	json_decref(value);
	return result;
}

/* ---- blocks ---- */

static int run_list(
	const struct run *run, const struct frame *frame, const struct template_list *list);

static int run_with_variable(const struct run *run, struct frame frame,
	const struct template_pipe *pipe, json_t *value, const struct template_list *list)
{
	const struct variable variable = { frame.variables,
		pipe->declared_count > 0 ? pipe->declared[0] : "", value };

	if (pipe->declared_count > 0)
		frame.variables = &variable;
	return run_list(run, &frame, list);
}

static int run_if(const struct run *run, const struct frame *frame,
	const struct template_node *node, json_t *value)
{
	struct frame inner = *frame;
	bool is_true = template_functions_is_true(value);

	if (is_true && node->kind == TEMPLATE_WITH)
		inner.dot = value;
	return run_with_variable(
		run, inner, node->pipe, value, is_true ? &node->body : &node->otherwise);
}

/* $index and $value; if there is but one, it is the value. */
static int run_once(const struct run *run, const struct frame *frame,
	const struct template_node *node, json_t *index, json_t *value)
{
	const struct template_pipe *pipe = node->pipe;
	const struct variable first = { frame->variables, pipe->declared[0],
		pipe->declared_count > 1 ? index : value };
	const struct variable second = { &first, pipe->declared[1], value };
	const struct frame inner = { .dot = value,
		.variables = pipe->declared_count > 1    ? &second
			     : pipe->declared_count == 1 ? &first
							 : frame->variables };

	return run_list(run, &inner, &node->body);
}

/* The index is taken; NULL: memory is out. */
static int run_at(const struct run *run, const struct frame *frame,
	const struct template_node *node, json_t *index, json_t *value)
{
	int result = index != NULL ? run_once(run, frame, node, index, value)
				   : error_no_memory(run->error);

	json_decref(index);
	return result;
}

static int run_array(const struct run *run, const struct frame *frame,
	const struct template_node *node, json_t *array)
{
	size_t i;
	json_t *value;

	json_array_foreach(array, i, value)
		if (run_at(run, frame, node, json_integer((json_int_t)i), value) < 0)
			return -1;
	return 0;
}

static int run_object(const struct run *run, const struct frame *frame,
	const struct template_node *node, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
		if (run_at(run, frame, node, json_string(key), value) < 0)
			return -1;
	return 0;
}

static int run_range(const struct run *run, const struct frame *frame,
	const struct template_node *node, json_t *value)
{
	if (!json_is_array(value) && !json_is_object(value) && !json_is_null(value))
		return error_set(run->error, LIFECYCLE_ERROR_INVALID,
			"the template's '{{%s}}' is neither a list nor an object",
			node->pipe->text);
	if (!template_functions_is_true(value))
		return run_list(run, frame, &node->otherwise);
	return json_is_array(value) ? run_array(run, frame, node, value)
				    : run_object(run, frame, node, value);
}

static int run_block(
	const struct run *run, const struct frame *frame, const struct template_node *node)
{
	json_t *value;
	int result;

	if (run_pipe(run, frame, node->pipe, &value) < 0)
		return -1;
	if (node->kind == TEMPLATE_RANGE)
		result = run_range(run, frame, node, value);
	else
		result = run_if(run, frame, node, value);
	json_decref(value);
	return result;
}

static int run_nodes(
	const struct run *run, struct frame frame, const struct template_list *list, size_t first);

/* What is declared is there for what follows. */
static int run_declared(
	const struct run *run, struct frame frame, const struct template_list *list, size_t at)
{
	const struct template_pipe *pipe = list->nodes[at].pipe;
	struct variable variable = { frame.variables, pipe->declared[0], NULL };
	int result;

	if (run_pipe(run, &frame, pipe, &variable.value) < 0)
		return -1;
	frame.variables = &variable;
	result = run_nodes(run, frame, list, at + 1);
	json_decref(variable.value);
	return result;
}

static int run_nodes(
	const struct run *run, struct frame frame, const struct template_list *list, size_t first)
{
	for (size_t i = first; i < list->count; i++) {
		const struct template_node *node = &list->nodes[i];
		int result = 0;

		if (node->kind == TEMPLATE_TEXT)
			fputs(node->text, run->out);
		else if (node->kind == TEMPLATE_VALUE && node->pipe->declared_count > 0)
			return run_declared(run, frame, list, i);
		else if (node->kind == TEMPLATE_VALUE)
			result = run_value(run, &frame, node->pipe);
		else
			result = run_block(run, &frame, node);
		if (result < 0)
			return -1;
	}
	return 0;
}

static int run_list(
	const struct run *run, const struct frame *frame, const struct template_list *list)
{
	return run_nodes(run, *frame, list, 0);
}

int template_run_list(const struct template_list *list, const struct template_scope *scope,
	FILE *out, struct lifecycle_error *error)
{
	const struct run run = { scope, out, error };
	const struct frame frame = { .dot = (json_t *)(uintptr_t)scope->tree };

	return run_list(&run, &frame, list);
}
