/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/args.h"
#include "runtime/option.h"

#include <string.h>

#define OUR_OPTION "--lifecycle-"

static const struct {
	const char *name;
	enum runtime_command command;
} commands[] = {
	{ "create", RUNTIME_CREATE },
	{ "run", RUNTIME_RUN },
	{ "start", RUNTIME_START },
	{ "restore", RUNTIME_RESTORE },
	{ "boot", RUNTIME_OTHER },
	{ "checkpoint", RUNTIME_OTHER },
	{ "debug", RUNTIME_OTHER },
	{ "delete", RUNTIME_OTHER },
	{ "do", RUNTIME_OTHER },
	{ "events", RUNTIME_OTHER },
	{ "exec", RUNTIME_OTHER },
	{ "features", RUNTIME_OTHER },
	{ "help", RUNTIME_OTHER },
	{ "info", RUNTIME_OTHER },
	{ "init", RUNTIME_OTHER },
	{ "kill", RUNTIME_OTHER },
	{ "list", RUNTIME_OTHER },
	{ "mounts", RUNTIME_OTHER },
	{ "pause", RUNTIME_OTHER },
	{ "ps", RUNTIME_OTHER },
	{ "resume", RUNTIME_OTHER },
	{ "spec", RUNTIME_OTHER },
	{ "state", RUNTIME_OTHER },
	{ "update", RUNTIME_OTHER },
	{ "version", RUNTIME_OTHER },
	{ "wait", RUNTIME_OTHER },
};

/* Options of runc, crun, runsc, youki and kata-runtime whose value is a word of its own. `rootless` is not here: it has
 * such a value in runc but not in runsc, and no value of it in runc names a command. */
static const char *const global_values[] = {
	"root",
	"r",
	"log",
	"l",
	"log-format",
	"log-level",
	"criu",
	"cgroup-manager",
	"debug-log",
	"debug-log-format",
	"debug-command",
	"panic-log",
	"user-log",
	"platform",
	"network",
	"file-access",
	"overlay2",
	"watchdog-action",
	"config",
	NULL,
};

/* With these the command that follows is not run. */
static const char *const global_help[] = { "help", "h", "?", "usage", "version", "v", "V", NULL };

static bool read_command(const char *word, enum runtime_command *ret_command)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(word, commands[i].name) == 0) {
			*ret_command = commands[i].command;
			return true;
		}
	}
	return false;
}

/* ---- our own options ---- */

enum own_kind {
	OWN_FLAG,
	OWN_VALUE,
	OWN_LIST, /* may be there more than once */
};

static const struct own_row {
	const char *name;
	enum own_kind kind;
	size_t offset;
} own_rows[] = {
	{ "lifecycle-runtime", OWN_VALUE, offsetof(struct runtime_args, runtime) },
	{ "lifecycle-root", OWN_VALUE, offsetof(struct runtime_args, root) },
	{ "lifecycle-hooks", OWN_VALUE, offsetof(struct runtime_args, hooks_dir) },
	{ "lifecycle-exit-dir", OWN_VALUE, offsetof(struct runtime_args, exit_dir) },
	{ "lifecycle-annotation", OWN_LIST, offsetof(struct runtime_args, annotations) },
	{ "lifecycle-name-annotation", OWN_LIST, offsetof(struct runtime_args, name_annotations) },
	{ "lifecycle-wrap", OWN_FLAG, offsetof(struct runtime_args, wrap) },
	{ "lifecycle-help", OWN_FLAG, offsetof(struct runtime_args, help) },
	{ "lifecycle-version", OWN_FLAG, offsetof(struct runtime_args, version) },
};

static const struct own_row *find_own(const struct option *option)
{
	for (size_t i = 0; i < sizeof(own_rows) / sizeof(own_rows[0]); i++) {
		if (option_is(option, own_rows[i].name))
			return &own_rows[i];
	}
	return NULL;
}

/* Where the value goes; NULL if no more of them can be kept. */
static const char **find_slot(struct runtime_args *args, const struct own_row *row)
{
	const char **slots = (void *)((char *)args + row->offset);
	size_t count = 0;

	if (row->kind == OWN_VALUE)
		return slots;
	while (slots[count] != NULL)
		count++;
	return count < DEFAULTS_MAX_KEYS ? &slots[count] : NULL;
}

static const char *fault_of(const struct own_row *row, const struct option *option)
{
	if (row == NULL)
		return "unknown option";
	return row->kind == OWN_FLAG && option->value != NULL ? "the option takes no value" : NULL;
}

static const char *keep_value(
	struct runtime_args *args, const struct own_row *row, const char *value)
{
	const char **slot = find_slot(args, row);

	if (value == NULL || *value == '\0')
		return "the option needs a value";
	if (slot == NULL)
		return "the option is there more than eight times";
	*slot = value;
	return NULL;
}

/* Reads the option of ours at argv[0]. Returns how many words it takes, or 0 with the reason. */
static size_t read_own(struct runtime_args *args, char **argv, const char **ret_why)
{
	struct option option;
	const struct own_row *row;
	const char *why;

	(void)option_read(argv[0], &option);
	row = find_own(&option);
	why = fault_of(row, &option);
	if (why == NULL && row->kind == OWN_FLAG) {
		*(bool *)((char *)args + row->offset) = true;
		return 1;
	}
	if (why == NULL)
		why = keep_value(args, row, option.value != NULL ? option.value : argv[1]);
	if (why != NULL) {
		*ret_why = why;
		return 0;
	}
	return option.value != NULL ? 1 : 2;
}

/* ---- before the command ---- */

/* crun's `--log` is BACKEND:SPECIFIER, too; NULL for one that is not a file. */
static const char *log_file(const char *value)
{
	static const char *const others[] = { "journald:", "syslog:" };

	if (value == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strncmp(value, others[i], strlen(others[i])) == 0)
			return NULL;
	}
	return strncmp(value, "file:", strlen("file:")) == 0 ? value + strlen("file:") : value;
}

static void keep_global(struct runtime_args *args, const struct option *option, const char *value)
{
	if (option_is(option, "log") || option_is(option, "l"))
		args->log = log_file(value);
	else if (option_is(option, "log-format"))
		args->log_format = value;
}

/* Whether a second command stands in `words` where one may stand: the last word can only be an ID. */
static bool names_another(char **words)
{
	enum runtime_command command;

	for (; words[0] != NULL && words[1] != NULL; words++) {
		if (read_command(words[0], &command))
			return true;
		if (locals_takes_next(words[0]))
			words++;
	}
	return false;
}

/* What the words before the command have told so far. */
struct globals {
	char **kept;  /* where the next word of the runtime's goes */
	bool unsure;  /* the word before is an option that is not known */
	bool no_more; /* `--` was there */
	bool help;    /* or the version is asked for, and nothing is done */
};

static size_t keep(struct globals *globals, char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*globals->kept++ = words[i];
	return count;
}

static size_t read_global(struct runtime_args *args, struct globals *globals, char **words)
{
	struct option option;
	bool separate;

	if (!option_read(words[0], &option)) {
		globals->unsure = false;
		globals->no_more |= strcmp(words[0], "--") == 0;
		return keep(globals, words, 1);
	}
	separate =
		option.value == NULL && words[1] != NULL && option_is_among(&option, global_values);
	globals->unsure = option.value == NULL && !separate;
	globals->help |= option_is_among(&option, global_help);
	keep_global(args, &option, separate ? words[1] : option.value);
	return keep(globals, words, separate ? 2 : 1);
}

/* ---- the whole ---- */

static bool is_own(const char *word)
{
	return strncmp(word, OUR_OPTION, strlen(OUR_OPTION)) == 0;
}

/* Whether the word at words[0] ends the global options: it names a command, known to us or not. */
static bool is_command(struct runtime_args *args, const struct globals *globals, char **words)
{
	struct option option;

	if (!globals->no_more && (option_read(words[0], &option) || strcmp(words[0], "--") == 0))
		return false;
	if (!read_command(words[0], &args->command))
		return !globals->unsure;
	if (globals->unsure && names_another(words + 1))
		args->command = RUNTIME_UNCLEAR;
	return true;
}

static void read_locals(struct runtime_args *args, char **words)
{
	locals_read(words, &args->local);
	if (args->local.help)
		args->command = RUNTIME_OTHER;
	else if (args->local.unclear)
		args->command = RUNTIME_UNCLEAR;
}

int runtime_args_read(
	char **argv, struct runtime_args *ret_args, const char **ret_why, const char **ret_word)
{
	struct runtime_args args = { 0 };
	struct globals globals = { .kept = argv[0] != NULL ? argv + 1 : argv };
	char **words = globals.kept;
	const char *wrong = NULL;

	while (*words != NULL && !is_command(&args, &globals, words)) {
		size_t taken = is_own(*words) ? read_own(&args, words, ret_why)
					      : read_global(&args, &globals, words);

		if (taken == 0) {
			wrong = *words;
			taken = read_global(&args, &globals, words);
		}
		words += taken;
	}
	if (args.command != RUNTIME_OTHER && *words != NULL)
		read_locals(&args, words + 1);
	if (globals.help)
		args.command = RUNTIME_OTHER;
	while (*words != NULL)
		*globals.kept++ = *words++;
	*globals.kept = NULL;
	*ret_args = args;
	if (wrong == NULL)
		return 0;
	*ret_word = wrong;
	return -1;
}
