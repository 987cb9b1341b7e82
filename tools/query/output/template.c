/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/template.h"
#include "base/error.h"
#include "cli/format.h"
#include "query/output/json_output.h"
#include "query/output/keys.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STEPS 8

struct step {
	char *key;
	bool exact; /* from index: a key as it is, or a number */
};

struct node {
	char *literal; /* NULL: a value */
	bool json;
	size_t step_count;
	struct step steps[MAX_STEPS];
};

struct template
{
	size_t count;
	struct node *nodes;
};

/* ---- parsing ---- */

struct scanner {
	const char *at;
	const char *end; /* of the action */
	struct lifecycle_error *error;
};

static int refuse(struct scanner *scanner, const char *start, const char *why)
{
	return error_set(scanner->error, LIFECYCLE_ERROR_INVALID, "bad template at '{{%.*s}}': %s",
		(int)(scanner->end - start), start, why);
}

static bool is_number(const char *text, size_t length)
{
	return length > 0 && strspn(text, "0123456789") >= length;
}

static struct node *add_node(struct template *template)
{
	struct node *nodes =
		reallocarray(template->nodes, template->count + 1, sizeof(*template->nodes));

	if (nodes == NULL)
		return NULL;
	template->nodes = nodes;
	nodes[template->count] = (struct node){ 0 };
	return &nodes[template->count++];
}

static void skip_blanks(struct scanner *scanner)
{
	while (scanner->at < scanner->end && strchr(" \t", *scanner->at) != NULL)
		scanner->at++;
}

static bool take(struct scanner *scanner, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(scanner->end - scanner->at) < length ||
		strncmp(scanner->at, word, length) != 0)
		return false;
	scanner->at += length;
	return true;
}

static int add_step(
	struct scanner *scanner, struct node *node, const char *key, size_t length, bool exact)
{
	if (node->step_count == MAX_STEPS)
		return error_set(
			scanner->error, LIFECYCLE_ERROR_INVALID, "a template's key is too deep");
	node->steps[node->step_count].key = strndup(key, length);
	node->steps[node->step_count].exact = exact;
	if (node->steps[node->step_count].key == NULL)
		return error_no_memory(scanner->error);
	node->step_count++;
	return 0;
}

/* "." or ".Key.Key" */
static int parse_path(struct scanner *scanner, struct node *node, const char *start)
{
	static const char ends[] = " \t.}\"|()";

	if (!take(scanner, "."))
		return refuse(scanner, start, "a key begins with a dot");
	while (scanner->at < scanner->end) {
		size_t length = strcspn(scanner->at, ends);

		if (length == 0)
			break;
		if (add_step(scanner, node, scanner->at, length, false) < 0)
			return -1;
		scanner->at += length;
		if (!take(scanner, "."))
			break;
	}
	return 0;
}

/* The words and numbers after index's path. */
static int parse_indices(struct scanner *scanner, struct node *node, const char *start)
{
	for (skip_blanks(scanner); scanner->at < scanner->end; skip_blanks(scanner)) {
		bool quoted = take(scanner, "\"");
		size_t length = strcspn(scanner->at, quoted ? "\"" : " \t}");

		if (length > (size_t)(scanner->end - scanner->at))
			return refuse(scanner, start, "a quote is not closed");
		if (!quoted && !is_number(scanner->at, length))
			return refuse(scanner, start, "an index is a number or is quoted");
		if (add_step(scanner, node, scanner->at, length, true) < 0)
			return -1;
		scanner->at += length + quoted;
	}
	return 0;
}

static int parse_action(struct scanner *scanner, struct node *node)
{
	const char *start = scanner->at;
	bool index;

	skip_blanks(scanner);
	node->json = take(scanner, "json ");
	index = !node->json && take(scanner, "index ");
	skip_blanks(scanner);
	if (parse_path(scanner, node, start) < 0 ||
		(index && parse_indices(scanner, node, start) < 0))
		return -1;
	skip_blanks(scanner);
	if (scanner->at != scanner->end)
		return refuse(
			scanner, start, "only .Key, json .Key and index .Key \"word\" are known");
	return 0;
}

/* Text up to the next action, with \t, \n and \\ replaced. */
static char *unescape(const char *text, size_t length)
{
	char *result = malloc(length + 1);
	char *out = result;

	for (size_t i = 0; result != NULL && i < length; i++) {
		char next = text[i] == '\\' && i + 1 < length ? text[i + 1] : '\0';

		i += strchr("tn\\", next) != NULL && next != '\0';
		*out++ = next == 't' ? '\t' : next == 'n' ? '\n' : text[i];
	}
	if (result != NULL)
		*out = '\0';
	return result;
}

static int parse_literal(struct scanner *scanner, struct template *template)
{
	const char *brace = strstr(scanner->at, "{{");
	size_t length = brace != NULL ? (size_t)(brace - scanner->at) : strlen(scanner->at);
	struct node *node;

	if (length == 0)
		return 0;
	node = add_node(template);
	if (node != NULL)
		node->literal = unescape(scanner->at, length);
	if (node == NULL || node->literal == NULL)
		return error_no_memory(scanner->error);
	scanner->at += length;
	return 0;
}

static int parse_value(struct scanner *scanner, struct template *template)
{
	struct node *node;

	scanner->at += strlen("{{");
	scanner->end = strstr(scanner->at, "}}");
	if (scanner->end == NULL)
		return error_set(
			scanner->error, LIFECYCLE_ERROR_INVALID, "bad template: '{{' without '}}'");
	node = add_node(template);
	if (node == NULL)
		return error_no_memory(scanner->error);
	if (parse_action(scanner, node) < 0)
		return -1;
	scanner->at += strlen("}}");
	return 0;
}

int template_parse(const char *text, struct template **ret_template, struct lifecycle_error *error)
{
	struct template *template = calloc(1, sizeof(*template));
	struct scanner scanner = { .at = text, .error = error };
	int result = 0;

	if (template == NULL)
		return error_no_memory(error);
	while (result == 0 && *scanner.at != '\0') {
		if (strncmp(scanner.at, "{{", 2) == 0)
			result = parse_value(&scanner, template);
		else
			result = parse_literal(&scanner, template);
	}
	if (result != 0) {
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
	for (size_t i = 0; i < template->count; i++) {
		free(template->nodes[i].literal);
		for (size_t j = 0; j < template->nodes[i].step_count; j++)
			free(template->nodes[i].steps[j].key);
	}
	free(template->nodes);
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
		const char *end = strncmp(at, "{{", 2) == 0 ? strstr(at, "}}") : NULL;

		if (end != NULL)
			at = end + strlen("}}");
		else
			at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
	}
	*ret_next = *at != '\0' ? at + tab_length(at) : NULL;
	return (size_t)(at - text);
}

const char *template_only_key(const struct template *template)
{
	const struct node *node = template->nodes;

	if (template->count != 1 || node->literal != NULL || node->json || node->step_count != 1 ||
		node->steps[0].exact)
		return NULL;
	return node->steps[0].key;
}

/* ---- checking ---- */

static const json_t *element_of(const json_t *array, const struct step *step)
{
	if (!step->exact || !is_number(step->key, strlen(step->key)))
		return NULL;
	return json_array_get(array, strtoul(step->key, NULL, 10));
}

static const json_t *step_into(const json_t *value, const struct step *step)
{
	if (json_is_array(value))
		return element_of(value, step);
	if (step->exact)
		return json_object_get(value, step->key);
	return keys_find(value, step->key);
}

static int refuse_key(const char *name, const json_t *known, struct lifecycle_error *error)
{
	char *list = NULL;
	size_t size;
	FILE *out = open_memstream(&list, &size);
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

int template_check(
	const struct template *template, const json_t *known, struct lifecycle_error *error)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct node *node = &template->nodes[i];
		const json_t *value = known;

		for (size_t j = 0; j < node->step_count && json_is_object(value); j++) {
			const json_t *next = step_into(value, &node->steps[j]);

			if (next == NULL)
				return refuse_key(node->steps[j].key, value, error);
			value = next;
		}
	}
	return 0;
}

/* ---- printing ---- */

/* A table shows the unknown; text alone does not. */
static int print_value(const json_t *value, const struct template_scope *scope, FILE *out,
	struct lifecycle_error *error)
{
	if (value == NULL || json_is_null(value))
		fputs(scope->print != NULL ? "-" : "", out);
	else if (!json_is_string(value))
		return json_output_print(value, JSON_COMPACT, out, error);
	else if (scope->escape)
		format_escaped(out, json_string_value(value));
	else
		fputs(json_string_value(value), out);
	return 0;
}

/* In a table it is cut by characters of the locale, which ASCII is in each. */
static int print_json(const json_t *value, const struct template_scope *scope, FILE *out,
	struct lifecycle_error *error)
{
	if (value != NULL)
		return json_output_print(value,
			JSON_COMPACT | (scope->print != NULL ? JSON_ENSURE_ASCII : 0), out, error);
	fputs("null", out);
	return 0;
}

static bool print_own(const struct node *node, const struct template_scope *scope, FILE *out)
{
	return scope->print != NULL && node->step_count == 1 &&
	       scope->print(node->steps[0].key, scope->arg, out);
}

static void print_heading(const struct node *node, const struct template_scope *scope, FILE *out)
{
	if (node->step_count > 0 && !print_own(node, scope, out))
		keys_print_header(node->steps[node->step_count - 1].key, out);
}

static int print_node(const struct node *node, const struct template_scope *scope, FILE *out,
	struct lifecycle_error *error)
{
	const json_t *value = scope->tree;

	if (node->literal != NULL) {
		fputs(node->literal, out);
		return 0;
	}
	if (scope->tree == NULL) {
		print_heading(node, scope, out);
		return 0;
	}
	for (size_t i = 0; i < node->step_count; i++)
		value = step_into(value, &node->steps[i]);
	if (node->json)
		return print_json(value, scope, out, error);
	return print_own(node, scope, out) ? 0 : print_value(value, scope, out, error);
}

int template_print(const struct template *template, const struct template_scope *scope, FILE *out,
	struct lifecycle_error *error)
{
	for (size_t i = 0; i < template->count; i++)
		if (print_node(&template->nodes[i], scope, out, error) < 0)
			return -1;
	return 0;
}
