/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/args.h"

#include <string.h>

#define OUR_OPTION "--lifecycle-"

static const struct {
	const char *name;
	enum runtime_command command;
} commands[] = {
	{ "create", RUNTIME_CREATE },
	{ "run", RUNTIME_RUN },
	{ "start", RUNTIME_START },
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
	{ "restore", RUNTIME_OTHER },
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

static const char *const command_values[] = {
	"bundle",
	"b",
	"config",
	"f",
	"console-socket",
	"c",
	"pid-file",
	"p",
	"preserve-fds",
	"user-log",
	NULL,
};

/* An option in either way of writing it: `--name value`, `--name=value`, with one dash or two. */
struct option {
	const char *name;
	size_t length;
	const char *value; /* after the `=`; NULL if there is none */
};

static bool read_option(const char *word, struct option *ret_option)
{
	const char *name = word, *equals;

	if (word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)
		return false;
	name += word[1] == '-' ? 2 : 1;
	equals = strchr(name, '=');
	ret_option->name = name;
	ret_option->length = equals != NULL ? (size_t)(equals - name) : strlen(name);
	ret_option->value = equals != NULL ? equals + 1 : NULL;
	return true;
}

static bool is_named(const struct option *option, const char *name)
{
	return strlen(name) == option->length && memcmp(option->name, name, option->length) == 0;
}

static bool is_among(const struct option *option, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (is_named(option, *names))
			return true;
	}
	return false;
}

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

static bool *find_flag(struct runtime_args *args, const struct option *option)
{
	if (is_named(option, "lifecycle-wrap"))
		return &args->wrap;
	if (is_named(option, "lifecycle-help"))
		return &args->help;
	if (is_named(option, "lifecycle-version"))
		return &args->version;
	return NULL;
}

static const char **find_slot(struct runtime_args *args, const struct option *option)
{
	if (is_named(option, "lifecycle-runtime"))
		return &args->runtime;
	if (is_named(option, "lifecycle-root"))
		return &args->root;
	if (is_named(option, "lifecycle-hooks"))
		return &args->hooks_dir;
	if (is_named(option, "lifecycle-exit-dir"))
		return &args->exit_dir;
	return NULL;
}

/* Reads the option of ours at argv[0]. Returns how many words it takes, or 0 with the reason. */
static size_t read_own(struct runtime_args *args, char **argv, const char **ret_why)
{
	struct option option;
	const char **slot;
	bool *flag;

	read_option(argv[0], &option);
	flag = find_flag(args, &option);
	if (flag != NULL && option.value == NULL) {
		*flag = true;
		return 1;
	}
	slot = find_slot(args, &option);
	if (flag != NULL || slot == NULL) {
		*ret_why = flag != NULL ? "the option takes no value" : "unknown option";
		return 0;
	}
	*slot = option.value != NULL ? option.value : argv[1];
	if (*slot == NULL || **slot == '\0') {
		*ret_why = "the option needs a value";
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
	if (is_named(option, "log") || is_named(option, "l"))
		args->log = log_file(value);
	else if (is_named(option, "log-format"))
		args->log_format = value;
}

/* Whether a second command stands in `words` where one may stand: the last word can only be an ID. */
static bool names_another(char **words)
{
	enum runtime_command command;
	struct option option;

	for (; words[0] != NULL && words[1] != NULL; words++) {
		if (read_command(words[0], &command))
			return true;
		if (read_option(words[0], &option) && option.value == NULL &&
			is_among(&option, command_values))
			words++;
	}
	return false;
}

/* What the words before the command have told so far. */
struct globals {
	char **kept;  /* where the next word of the runtime's goes */
	bool unsure;  /* the word before is an option that is not known */
	bool no_more; /* `--` was there */
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

	if (!read_option(words[0], &option)) {
		globals->unsure = false;
		globals->no_more |= strcmp(words[0], "--") == 0;
		return keep(globals, words, 1);
	}
	separate = option.value == NULL && words[1] != NULL && is_among(&option, global_values);
	globals->unsure = option.value == NULL && !separate;
	keep_global(args, &option, separate ? words[1] : option.value);
	return keep(globals, words, separate ? 2 : 1);
}

/* ---- after the command ---- */

static void keep_local(struct runtime_args *args, const struct option *option, const char *value)
{
	if (is_named(option, "bundle") || is_named(option, "b"))
		args->bundle = value;
	else if (is_named(option, "config") || is_named(option, "f"))
		args->config = value;
	else if (is_named(option, "pid-file") || is_named(option, "p"))
		args->pid_file = value;
}

/* The ID is the last word that is neither an option nor the value of a known one: options may come after it. */
static void read_locals(struct runtime_args *args, char **words)
{
	while (*words != NULL) {
		struct option option;
		bool separate;

		if (!read_option(*words, &option)) {
			if (strcmp(*words, "--") != 0)
				args->id = *words;
			words++;
			continue;
		}
		separate = option.value == NULL && words[1] != NULL &&
			   is_among(&option, command_values);
		keep_local(args, &option, separate ? words[1] : option.value);
		words += separate ? 2 : 1;
	}
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

	if (!globals->no_more && (read_option(words[0], &option) || strcmp(words[0], "--") == 0))
		return false;
	if (!read_command(words[0], &args->command))
		return !globals->unsure;
	if (globals->unsure && names_another(words + 1))
		args->command = RUNTIME_UNCLEAR;
	return true;
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
	while (*words != NULL)
		*globals.kept++ = *words++;
	*globals.kept = NULL;
	*ret_args = args;
	if (wrong == NULL)
		return 0;
	*ret_word = wrong;
	return -1;
}
