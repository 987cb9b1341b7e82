/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli: a command-line kit. A tool is a table of commands, a command is a table of options and a function; parsing,
 * --help, --version and completion follow the tables. The kit knows nothing of what the tools are about.
 */
#ifndef CLI_H
#define CLI_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>

enum cli_status {
	CLI_DONE = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,
	CLI_NOT_FOUND = 3,
	CLI_AMBIGUOUS = 4,
	CLI_NOT_OURS = 5,
	CLI_TIMED_OUT = 124,
};

/* The values of an option that may be repeated. */
struct cli_values {
	size_t count;
	const char **items;
};

enum cli_kind {
	CLI_FLAG, /* bool */
	CLI_TEXT, /* const char *, the last one counts */
	CLI_MANY, /* struct cli_values */
	CLI_WORD, /* const char *: without a value, it is as if another option had this one */
};

struct cli_call;

/* Offers, by cli_offer(), what may stand here. */
typedef void cli_complete_fn(const struct cli_call *call, const char *begun);

struct cli_option {
	const char *name;
	char letter; /* 0 for none */
	enum cli_kind kind;
	size_t offset; /* into the structure that the options fill: the command's, or the tool's globals */
	const char *argument; /* what the help calls its value; NULL for a flag */
	const char *word;     /* of CLI_WORD: the value */
	const char *help;
	cli_complete_fn *complete; /* of its value; NULL for a value that nothing is known about */
};

/* As people type it who come from other tools: of a command that has --format, whose value is at that offset. */
#define CLI_FORMAT_ALIASES(at)                                                                     \
	{ .name = "output",                                                                        \
		.letter = 'o',                                                                     \
		.kind = CLI_TEXT,                                                                  \
		.offset = (at),                                                                    \
		.argument = "FORMAT",                                                              \
		.help = "the same as --format" },                                                  \
	{                                                                                          \
		.name = "json", .kind = CLI_WORD, .offset = (at), .word = "json",                  \
		.help = "the same as --format json"                                                \
	}

struct cli_command {
	const char *name;
	const char *const *aliases; /* NULL-terminated, or NULL for none */
	const char *arguments;      /* as the help shows them: "REF..." */
	const char *summary;
	const char *details;         /* more for its help; NULL for none */
	void (*print_details)(void); /* the same, where a table says it */
	const struct cli_option *options;
	size_t option_count;
	size_t options_size;
	size_t least;
	size_t most; /* CLI_ANY_NUMBER */
	bool ends_options; /* options come before the operands: what follows the first may be another program's */
	cli_complete_fn *complete; /* of its operands */
	/* Returns an exit status. What the command prints is flushed, and checked, after it. */
	int (*run)(struct cli_call *call);
};

#define CLI_ANY_NUMBER ((size_t)-1)

struct cli_tool {
	const char *name;
	const char *summary;
	const struct cli_option
		*globals; /* before the command and after it; --help and --version are the kit's */
	size_t global_count;
	size_t globals_size;
	const struct cli_command *const *commands;
	size_t command_count;
	const struct cli_command
		*only; /* of a tool that has no commands, and does this; else NULL */
	const char
		*other; /* the tool that has other commands, which people look for here; or NULL */
	const char *const *elsewhere; /* those commands, NULL-terminated; or NULL */
};

/* One run of a tool. */
struct cli_call {
	const struct cli_tool *tool;
	const struct cli_command *command;
	void *globals; /* the tool's */
	void *options; /* the command's */
	size_t operand_count;
	char **operands;
	size_t complaints;
	size_t failures; /* those of them that say nothing of what is there, but that it could not be read */
	int status; /* the first complaint's */
};

/* A tool's main. */
int cli_main(const struct cli_tool *tool, int argc, char **argv);

/* Prints the error on stderr, and remembers its exit status; the first one is that of the call. */
void cli_complain(struct cli_call *call, const struct lifecycle_error *error);

/*
 * Whoever read the standard output has gone: ends this process without a word, as who writes to nobody is ended. An error
 * only where SIGPIPE is ignored.
 */
int cli_end_without_reader(struct lifecycle_error *error);

/* The same for an end: returns the exit status. */
int cli_fail(struct cli_call *call, const struct lifecycle_error *error);

/* By its name, or one of its aliases, also one of the kit's own; NULL if there is none. */
const struct cli_command *cli_find_command(const struct cli_tool *tool, const char *name);

/* ---- help ---- */

/* The options that each tool has, after its globals. */
#define CLI_OWN_OPTION_COUNT 2
extern const struct cli_option cli_own_options[CLI_OWN_OPTION_COUNT];

/* help and version, which each tool has that has commands. */
#define CLI_OWN_COMMAND_COUNT 2
extern const struct cli_command *const cli_own_commands[CLI_OWN_COMMAND_COUNT];

void cli_print_help(const struct cli_tool *tool, const struct cli_command *command);
void cli_print_version(const struct cli_tool *tool);

/* Prints a line of a table of words and what they mean, the first `width` columns wide; a long text is wrapped. */
void cli_print_row(size_t width, const char *name, const char *text);

/* Says on stderr that there is no such command, and which one may be meant. */
void cli_suggest_command(const struct cli_tool *tool, const char *word);

/* Says on stderr which option may be meant by "--word" or "--word=value"; getopt_long has said that it is none. */
void cli_suggest_option(const struct cli_call *call, const char *word);

/* ---- completion: what the shells' completions ask for ---- */

/* The command's name that the completions call: no help shows it. */
#define CLI_COMPLETE "__complete"

int cli_complete(const struct cli_tool *tool, int argc, char **argv);

/* Offers a candidate, if it begins as `begun` does; `help` may be NULL. */
void cli_offer(const char *begun, const char *word, const char *help);
cli_complete_fn cli_complete_file;
cli_complete_fn cli_complete_directory;

#endif
