/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/template_parse.h"
#include "base/error.h"
#include "query/output/template_pipe.h"

#include <stdlib.h>
#include <string.h>

#define DEEPEST 16

/* Where in the text, and in which blocks. */
struct parser {
	const char *at;
	bool trims; /* blanks before what comes next are left out: "-}}" */
	unsigned depth;
	struct lifecycle_error *error;
};

/* ---- where an action ends ---- */

static const char *skip_quoted(const char *at)
{
	char quote = *at++;

	while (*at != '\0' && *at != quote)
		at += quote == '"' && at[0] == '\\' && at[1] != '\0' ? 2 : 1;
	return *at != '\0' ? at + 1 : at;
}

size_t template_action_length(const char *text)
{
	const char *at = text + strlen("{{");

	while (*at != '\0' && strncmp(at, "}}", 2) != 0)
		at = *at == '"' || *at == '`' ? skip_quoted(at) : at + 1;
	/* a quote that is not closed is told by whoever reads the action */
	if (*at == '\0')
		at = strstr(text, "}}");
	return at != NULL ? (size_t)(at - text) + strlen("}}") : 0;
}

/* ---- text ---- */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* With \t, \n and \\ replaced. */
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

static struct template_node *add_node(struct template_list *list)
{
	struct template_node *nodes =
		reallocarray(list->nodes, list->count + 1, sizeof(*list->nodes));

	if (nodes == NULL)
		return NULL;
	list->nodes = nodes;
	nodes[list->count] = (struct template_node){ 0 };
	return &nodes[list->count++];
}

static void trim(char *text, bool left, bool right)
{
	size_t blanks = 0;
	size_t length = strlen(text);

	while (right && length > 0 && is_blank(text[length - 1]))
		text[--length] = '\0';
	while (left && is_blank(text[blanks]))
		blanks++;
	memmove(text, text + blanks, length - (blanks < length ? blanks : length) + 1);
}

/* "{{- " leaves out the blanks before it, " -}}" those after it. */
static bool trims_before(const char *action)
{
	return strncmp(action, "{{-", 3) == 0 && is_blank(action[3]);
}

static int parse_text(struct parser *parser, struct template_list *list)
{
	const char *brace = strstr(parser->at, "{{");
	size_t length = brace != NULL ? (size_t)(brace - parser->at) : strlen(parser->at);
	struct template_node *node = add_node(list);

	if (node != NULL)
		node->text = unescape(parser->at, length);
	if (node == NULL || node->text == NULL)
		return error_no_memory(parser->error);
	trim(node->text, parser->trims, brace != NULL && trims_before(brace));
	parser->trims = false;
	parser->at += length;
	return 0;
}

/* ---- actions ---- */

/* The action that is next, without braces and dashes; the parser is past it. */
static int take_action(struct parser *parser, struct template_scanner *ret_scanner)
{
	size_t length = template_action_length(parser->at);
	const char *start = parser->at + strlen("{{");
	const char *end = parser->at + length - strlen("}}");

	if (length == 0)
		return error_set(
			parser->error, LIFECYCLE_ERROR_INVALID, "bad template: '{{' without '}}'");
	parser->trims = end - start >= 2 && end[-1] == '-' && is_blank(end[-2]);
	*ret_scanner = (struct template_scanner){ .start = start,
		.at = start + trims_before(parser->at),
		.end = end - parser->trims,
		.error = parser->error };
	parser->at += length;
	return 0;
}

static int expect_end(struct template_scanner *scanner)
{
	template_pipe_skip_blanks(scanner);
	if (scanner->at != scanner->end)
		return template_pipe_refuse(scanner, "more than one value");
	return 0;
}

static int parse_whole_pipe(struct template_scanner *scanner, struct template_pipe **ret_pipe)
{
	return template_pipe_parse(scanner, ret_pipe) == 0 ? expect_end(scanner) : -1;
}

enum ending { ENDS_WITH_TEXT, ENDS_WITH_END, ENDS_WITH_ELSE };

static int parse_list(struct parser *parser, struct template_list *list, enum ending *ret_ending,
	struct template_scanner *ret_else);

static int parse_body(struct parser *parser, struct template_node *node);

/* "else if" and "else with" are a block of their own in what is otherwise done, and share its end. */
static int parse_else(
	struct parser *parser, struct template_node *node, struct template_scanner *scanner)
{
	enum ending ending;
	struct template_node *inner;

	template_pipe_skip_blanks(scanner);
	if (scanner->at == scanner->end) {
		if (parse_list(parser, &node->otherwise, &ending, scanner) < 0)
			return -1;
		return ending == ENDS_WITH_END
			       ? 0
			       : template_pipe_refuse(scanner, "after 'else' an 'end' is missing");
	}
	inner = add_node(&node->otherwise);
	if (inner == NULL)
		return error_no_memory(parser->error);
	inner->kind = template_pipe_take_word(scanner, "if")     ? TEMPLATE_IF
		      : template_pipe_take_word(scanner, "with") ? TEMPLATE_WITH
								 : TEMPLATE_TEXT;
	if (inner->kind == TEMPLATE_TEXT)
		return template_pipe_refuse(scanner, "after 'else' stands nothing, or 'if'");
	return parse_whole_pipe(scanner, &inner->pipe) == 0 ? parse_body(parser, inner) : -1;
}

/* What follows "{{if .Key}}", to its end. */
static int parse_body(struct parser *parser, struct template_node *node)
{
	struct template_scanner other = { .error = parser->error };
	enum ending ending;
	int result;

	if (++parser->depth > DEEPEST)
		return error_set(parser->error, LIFECYCLE_ERROR_INVALID,
			"bad template: its blocks are too deep");
	result = parse_list(parser, &node->body, &ending, &other);
	if (result == 0 && ending == ENDS_WITH_TEXT)
		result = error_set(parser->error, LIFECYCLE_ERROR_INVALID,
			"bad template: '{{%s}}' without '{{end}}'", node->pipe->text);
	if (result == 0 && ending == ENDS_WITH_ELSE)
		result = parse_else(parser, node, &other);
	parser->depth--;
	return result;
}

static const struct block {
	const char *word;
	enum template_node_kind kind;
} blocks[] = {
	{ "if", TEMPLATE_IF },
	{ "with", TEMPLATE_WITH },
	{ "range", TEMPLATE_RANGE },
};

/* Go has these; nobody needs them to say what a container is. */
static const char *const refused[] = { "define", "template", "block", "break", "continue" };

static int refuse_words(struct template_scanner *scanner)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (template_pipe_take_word(scanner, refused[i]))
			return template_pipe_refuse(scanner, "that is not known here");
	return 0;
}

static int parse_value(
	struct parser *parser, struct template_list *list, struct template_scanner *scanner)
{
	struct template_node *node;

	if (strncmp(scanner->at, "/*", 2) == 0 && scanner->end - scanner->at >= 4 &&
		strncmp(scanner->end - (scanner->end[-1] == ' ') - 2, "*/", 2) == 0)
		return 0;
	if (refuse_words(scanner) < 0)
		return -1;
	node = add_node(list);
	if (node == NULL)
		return error_no_memory(parser->error);
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (template_pipe_take_word(scanner, blocks[i].word)) {
			node->kind = blocks[i].kind;
			return parse_whole_pipe(scanner, &node->pipe) == 0
				       ? parse_body(parser, node)
				       : -1;
		}
	node->kind = TEMPLATE_VALUE;
	return parse_whole_pipe(scanner, &node->pipe);
}

/* Up to an "end" or an "else", of which *ret_else is what follows the word. */
static int parse_list(struct parser *parser, struct template_list *list, enum ending *ret_ending,
	struct template_scanner *ret_else)
{
	*ret_ending = ENDS_WITH_TEXT;
	while (*parser->at != '\0') {
		struct template_scanner scanner;
		int result;

		if (strncmp(parser->at, "{{", 2) != 0) {
			if (parse_text(parser, list) < 0)
				return -1;
			continue;
		}
		if (take_action(parser, &scanner) < 0)
			return -1;
		template_pipe_skip_blanks(&scanner);
		*ret_else = scanner;
		if (template_pipe_take_word(ret_else, "end")) {
			*ret_ending = ENDS_WITH_END;
			return expect_end(ret_else);
		}
		if (template_pipe_take_word(ret_else, "else")) {
			*ret_ending = ENDS_WITH_ELSE;
			return 0;
		}
		result = parse_value(parser, list, &scanner);
		if (result < 0)
			return -1;
	}
	return 0;
}

int template_parse_list(
	const char *text, struct template_list *ret_list, struct lifecycle_error *error)
{
	struct parser parser = { .at = text, .error = error };
	struct template_scanner scanner = { .error = error };
	enum ending ending;

	if (parse_list(&parser, ret_list, &ending, &scanner) < 0)
		return -1;
	return ending == ENDS_WITH_TEXT
		       ? 0
		       : template_pipe_refuse(&scanner, "there is no block that it could end");
}
