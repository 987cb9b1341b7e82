/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/template_pipe.h"
#include "base/error.h"
#include "query/output/template_functions.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 32

int template_pipe_refuse(const struct template_scanner *scanner, const char *why)
{
	return error_set(scanner->error, LIFECYCLE_ERROR_INVALID, "bad template at '{{%.*s}}': %s",
		(int)(scanner->end - scanner->start), scanner->start, why);
}

/* ---- words ---- */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

void template_pipe_skip_blanks(struct template_scanner *scanner)
{
	while (scanner->at < scanner->end && is_blank(*scanner->at))
		scanner->at++;
}

static char next_of(const struct template_scanner *scanner)
{
	return scanner->at < scanner->end ? *scanner->at : '\0';
}

static bool take(struct template_scanner *scanner, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(scanner->end - scanner->at) < length ||
		strncmp(scanner->at, text, length) != 0)
		return false;
	scanner->at += length;
	return true;
}

/* How long the name is that begins here: letters, digits, underscores. A key may have a dash, too. */
static size_t name_length(const struct template_scanner *scanner, bool of_key)
{
	const char *at = scanner->at;

	while (at < scanner->end && (isalnum((unsigned char)*at) || *at == '_' ||
					    (unsigned char)*at >= 0x80 || (of_key && *at == '-')))
		at++;
	return (size_t)(at - scanner->at);
}

bool template_pipe_take_word(struct template_scanner *scanner, const char *word)
{
	template_pipe_skip_blanks(scanner);
	return name_length(scanner, false) == strlen(word) && take(scanner, word);
}

static int copy_name(struct template_scanner *scanner, size_t length, char **ret_name)
{
	*ret_name = strndup(scanner->at, length);
	scanner->at += length;
	return *ret_name != NULL ? 0 : error_no_memory(scanner->error);
}

/* ---- literals ---- */

static char unescaped(char letter)
{
	static const char from[] = "ntr", to[] = "\n\t\r";
	const char *found = letter != '\0' ? strchr(from, letter) : NULL;

	return found != NULL ? to[found - from] : letter;
}

/* The text in quotes, the first of which is next: "with \n" or `as it is`. */
static int parse_string(struct template_scanner *scanner, json_t **ret_value)
{
	char quote = *scanner->at++;
	char *text = malloc((size_t)(scanner->end - scanner->at) + 1);
	char *out = text;

	if (text == NULL)
		return error_no_memory(scanner->error);
	while (scanner->at < scanner->end && *scanner->at != quote) {
		bool escape =
			quote == '"' && *scanner->at == '\\' && scanner->at + 1 < scanner->end;

		scanner->at += escape;
		*out++ = escape ? unescaped(*scanner->at) : *scanner->at;
		scanner->at++;
	}
	*out = '\0';
	*ret_value = json_string(text);
	free(text);
	if (scanner->at == scanner->end)
		return template_pipe_refuse(scanner, "a quote is not closed");
	scanner->at++;
	return *ret_value != NULL ? 0 : template_pipe_refuse(scanner, "a text is not UTF-8");
}

static bool ends_number(const struct template_scanner *scanner, const char *end)
{
	return errno == 0 && end > scanner->at && end <= scanner->end &&
	       (end == scanner->end || is_blank(*end) || strchr("|)", *end) != NULL);
}

static int parse_number(struct template_scanner *scanner, json_t **ret_value)
{
	char *end;
	long long number;
	double real;

	errno = 0;
	number = strtoll(scanner->at, &end, 10);
	if (ends_number(scanner, end)) {
		*ret_value = json_integer(number);
	} else {
		errno = 0;
		real = strtod(scanner->at, &end);
		if (!ends_number(scanner, end))
			return template_pipe_refuse(scanner, "a number is wrong, or too long");
		*ret_value = json_real(real);
	}
	scanner->at = end;
	return *ret_value != NULL ? 0 : error_no_memory(scanner->error);
}

static bool take_constant(struct template_scanner *scanner, json_t **ret_value)
{
	if (template_pipe_take_word(scanner, "true"))
		*ret_value = json_true();
	else if (template_pipe_take_word(scanner, "false"))
		*ret_value = json_false();
	else if (template_pipe_take_word(scanner, "nil"))
		*ret_value = json_null();
	else
		return false;
	return true;
}

/* ---- terms ---- */

static int add_step(struct template_scanner *scanner, struct template_term *term)
{
	char **steps = reallocarray(term->steps, term->step_count + 1, sizeof(*steps));

	if (steps == NULL)
		return error_no_memory(scanner->error);
	term->steps = steps;
	if (copy_name(scanner, name_length(scanner, true), &steps[term->step_count]) < 0)
		return -1;
	term->step_count++;
	return 0;
}

/* ".Key.Key", after whatever stands before; a dot alone is a term of its own. */
static int parse_steps(struct template_scanner *scanner, struct template_term *term)
{
	while (take(scanner, ".")) {
		if (name_length(scanner, true) == 0)
			return template_pipe_refuse(scanner, "a key is missing after a dot");
		if (add_step(scanner, term) < 0)
			return -1;
	}
	return 0;
}

static int parse_dot(struct template_scanner *scanner, struct template_term *term)
{
	term->kind = TEMPLATE_DOT;
	scanner->at++;
	if (name_length(scanner, true) == 0)
		return next_of(scanner) != '.'
			       ? 0
			       : template_pipe_refuse(scanner, "a key is missing after a dot");
	scanner->at--;
	return parse_steps(scanner, term);
}

static int parse_variable(struct template_scanner *scanner, struct template_term *term)
{
	term->kind = TEMPLATE_VARIABLE;
	scanner->at++;
	if (copy_name(scanner, name_length(scanner, false), &term->variable) < 0)
		return -1;
	return parse_steps(scanner, term);
}

static int parse_parentheses(struct template_scanner *scanner, struct template_term *term)
{
	term->kind = TEMPLATE_PARENTHESES;
	scanner->at++;
	if (++scanner->depth > DEEPEST)
		return template_pipe_refuse(scanner, "parentheses are too deep");
	if (template_pipe_parse(scanner, &term->pipe) < 0)
		return -1;
	scanner->depth--;
	if (!take(scanner, ")"))
		return template_pipe_refuse(scanner, "a parenthesis is not closed");
	return parse_steps(scanner, term);
}

static int parse_term(struct template_scanner *scanner, struct template_term *term)
{
	char next = next_of(scanner);

	if (next == '.')
		return parse_dot(scanner, term);
	if (next == '$')
		return parse_variable(scanner, term);
	if (next == '(')
		return parse_parentheses(scanner, term);
	term->kind = TEMPLATE_LITERAL;
	if (next == '"' || next == '`')
		return parse_string(scanner, &term->literal);
	if (isdigit((unsigned char)next) || next == '-')
		return parse_number(scanner, &term->literal);
	if (take_constant(scanner, &term->literal))
		return 0;
	return template_pipe_refuse(scanner, "neither a key, which begins with a dot, nor a value");
}

/* ---- commands ---- */

static int add_term(struct template_scanner *scanner, struct template_command *command)
{
	struct template_term *terms =
		reallocarray(command->terms, command->count + 1, sizeof(*terms));

	if (terms == NULL)
		return error_no_memory(scanner->error);
	command->terms = terms;
	terms[command->count] = (struct template_term){ 0 };
	return parse_term(scanner, &terms[command->count++]);
}

static bool ends(const struct template_scanner *scanner)
{
	return scanner->at == scanner->end || strchr("|)", *scanner->at) != NULL;
}

/* A name that is not a constant's is a function's. */
static int parse_function(struct template_scanner *scanner, struct template_command *command)
{
	const char *start = scanner->at;
	size_t length = name_length(scanner, false);
	json_t *ignored = NULL;

	if (length == 0 || isdigit((unsigned char)*start))
		return 0;
	if (take_constant(scanner, &ignored)) {
		scanner->at = start;
		return 0;
	}
	command->function = template_functions_find(start, length);
	if (command->function == NULL)
		return template_functions_refuse(start, length, scanner->error);
	scanner->at += length;
	return 0;
}

static int parse_command(struct template_scanner *scanner, struct template_command *command)
{
	template_pipe_skip_blanks(scanner);
	if (parse_function(scanner, command) < 0)
		return -1;
	for (template_pipe_skip_blanks(scanner); !ends(scanner); template_pipe_skip_blanks(scanner))
		if (add_term(scanner, command) < 0)
			return -1;
	if (command->function == NULL && command->count == 0)
		return template_pipe_refuse(scanner, "a key or a value is missing");
	if (command->function == NULL && command->count > 1)
		return template_pipe_refuse(scanner, "only a function takes what follows it");
	return 0;
}

static int add_command(struct template_scanner *scanner, struct template_pipe *pipe)
{
	struct template_command *commands =
		reallocarray(pipe->commands, pipe->count + 1, sizeof(*commands));

	if (commands == NULL)
		return error_no_memory(scanner->error);
	pipe->commands = commands;
	commands[pipe->count] = (struct template_command){ 0 };
	if (parse_command(scanner, &commands[pipe->count++]) < 0)
		return -1;
	if (pipe->count > 1 && commands[pipe->count - 1].function == NULL)
		return template_pipe_refuse(scanner, "what follows a '|' is a function");
	return 0;
}

/* ---- pipelines ---- */

/* "$name :=" or "$name, $name :=", or nothing. */
static int parse_declaration(struct template_scanner *scanner, struct template_pipe *pipe)
{
	struct template_scanner ahead = *scanner;

	while (pipe->declared_count < 2 && take(&ahead, "$") && name_length(&ahead, false) > 0) {
		char **name = &pipe->declared[pipe->declared_count];

		if (copy_name(&ahead, name_length(&ahead, false), name) < 0)
			return -1;
		pipe->declared_count++;
		template_pipe_skip_blanks(&ahead);
		if (take(&ahead, ":=")) {
			scanner->at = ahead.at;
			return 0;
		}
		if (!take(&ahead, ","))
			break;
		template_pipe_skip_blanks(&ahead);
	}
	while (pipe->declared_count > 0)
		free(pipe->declared[--pipe->declared_count]);
	return 0;
}

static int parse_pipe(struct template_scanner *scanner, struct template_pipe *pipe)
{
	template_pipe_skip_blanks(scanner);
	if (parse_declaration(scanner, pipe) < 0)
		return -1;
	do {
		if (add_command(scanner, pipe) < 0)
			return -1;
	} while (take(scanner, "|"));
	return 0;
}

int template_pipe_parse(struct template_scanner *scanner, struct template_pipe **ret_pipe)
{
	/* the tree's from now on, whatever comes of it */
	*ret_pipe = calloc(1, sizeof(**ret_pipe));
	if (*ret_pipe == NULL)
		return error_no_memory(scanner->error);
	(*ret_pipe)->text = strndup(scanner->start, (size_t)(scanner->end - scanner->start));
	if ((*ret_pipe)->text == NULL)
		return error_no_memory(scanner->error);
	return parse_pipe(scanner, *ret_pipe);
}
