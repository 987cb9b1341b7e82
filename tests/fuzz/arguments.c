/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A runtime's command line. The judges are crun's way of reading it, which is getopt's, and runc's, which is Go's: what is taken
 * for create or run is that to both, with the bundle and the ID that they would take, or they refuse the line.
 */
#include "runtime/args.h"
#include "targets.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 40

struct line {
	char *text;
	char *words[MAX_WORDS + 2]; /* of `text`, after the runtime's own name */
	int count;
};

/* What a runtime makes of it. */
struct reading {
	bool refused; /* or help is asked for, and nothing is done */
	enum runtime_command command;
	const char *bundle, *id;
};

static void split(struct line *line, const char *bytes, size_t length)
{
	char *rest = line->text = strndup(bytes, length), *word;

	line->words[0] = (char *)"runtime";
	line->count = 1;
	while (line->count <= MAX_WORDS && (word = strsep(&rest, "\n")) != NULL)
		line->words[line->count++] = word;
	line->words[line->count] = NULL;
}

static enum runtime_command command_of(const char *word)
{
	if (strcmp(word, "create") == 0)
		return RUNTIME_CREATE;
	return strcmp(word, "run") == 0 ? RUNTIME_RUN : RUNTIME_OTHER;
}

/* ---- crun ---- */

enum { VALUE = 1, NOTHING, STOP };

static const struct option crun_globals[] = {
	{ "cgroup-manager", required_argument, NULL, VALUE },
	{ "debug", no_argument, NULL, NOTHING },
	{ "log", required_argument, NULL, VALUE },
	{ "log-format", required_argument, NULL, VALUE },
	{ "log-level", required_argument, NULL, VALUE },
	{ "root", required_argument, NULL, VALUE },
	{ "rootless", required_argument, NULL, VALUE },
	{ "systemd-cgroup", no_argument, NULL, NOTHING },
	{ "help", no_argument, NULL, STOP },
	{ "usage", no_argument, NULL, STOP },
	{ "version", no_argument, NULL, STOP },
	{ NULL, 0, NULL, 0 },
};

static const struct option crun_locals[] = {
	{ "bundle", required_argument, NULL, 'b' },
	{ "config", required_argument, NULL, 'f' },
	{ "console-socket", required_argument, NULL, VALUE },
	{ "no-new-keyring", no_argument, NULL, NOTHING },
	{ "no-pivot", no_argument, NULL, NOTHING },
	{ "no-subreaper", no_argument, NULL, NOTHING },
	{ "pid-file", required_argument, NULL, VALUE },
	{ "preserve-fds", required_argument, NULL, VALUE },
	{ "help", no_argument, NULL, STOP },
	{ "usage", no_argument, NULL, STOP },
	{ "version", no_argument, NULL, STOP },
	{ "detach", no_argument, NULL, 'd' }, /* run's alone: the last one */
	{ NULL, 0, NULL, 0 },
};

/* Options up to the first word that is none; false if it is refused, or help is asked for. */
static bool crun_options(int count, char **words, const char *letters, const struct option *options,
	const char **bundle)
{
	int found;

	optind = 0;
	opterr = 0;
	while ((found = getopt_long(count, words, letters, options, NULL)) != -1) {
		if (found == '?' || found == STOP || found == 'V' || found == 'v')
			return false;
		if (found == 'b')
			*bundle = optarg;
	}
	return true;
}

static struct reading read_as_crun(const struct line *line)
{
	struct reading reading = { .refused = true };
	struct option options[sizeof(crun_locals) / sizeof(crun_locals[0])];
	char *words[MAX_WORDS + 2];
	int count = line->count, last = (int)(sizeof(options) / sizeof(options[0])) - 2;

	memcpy(words, line->words, sizeof(words));
	if (!crun_options(count, words, "+?vV", crun_globals, &reading.bundle) || optind >= count)
		return reading;
	reading.command = command_of(words[optind]);
	memcpy(options, crun_locals, sizeof(options));
	if (reading.command == RUNTIME_CREATE)
		options[last] = (struct option){ NULL, 0, NULL, 0 };
	count -= optind;
	memmove(words, words + optind, ((size_t)count + 1) * sizeof(words[0]));
	if (!crun_options(count, words, reading.command == RUNTIME_RUN ? "+b:f:dV" : "+b:f:V",
		    options, &reading.bundle) ||
		optind != count - 1)
		return reading;
	reading.id = words[optind];
	reading.refused = false;
	return reading;
}

/* ---- runc ---- */

static const char *const go_values[] = { "log", "log-format", "root", "criu", "rootless", NULL };
static const char *const go_flags[] = { "debug", "systemd-cgroup", NULL };
static const char *const go_local_values[] = { "bundle", "b", "console-socket", "pidfd-socket",
	"pid-file", "preserve-fds", NULL };
static const char *const go_local_flags[] = { "detach", "d", "keep", "no-subreaper", "no-pivot",
	"no-new-keyring", NULL };

static bool is_among(const char *word, size_t length, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == length && memcmp(*names, word, length) == 0)
			return true;
	return false;
}

/* Takes the options off *words; false if one is refused. */
static bool go_options(
	char ***words, const char *const *values, const char *const *flags, const char **bundle)
{
	for (; **words != NULL; ++*words) {
		const char *word = **words, *equals;
		size_t length;

		if (word[0] != '-' || word[1] == '\0')
			return true;
		if (strcmp(word, "--") == 0) {
			++*words;
			return true;
		}
		word += word[1] == '-' ? 2 : 1;
		equals = strchr(word, '=');
		length = equals != NULL ? (size_t)(equals - word) : strlen(word);
		if (is_among(word, length, flags))
			continue;
		if (!is_among(word, length, values) || (equals == NULL && *++*words == NULL))
			return false;
		if (word[0] == 'b')
			*bundle = equals != NULL ? equals + 1 : **words;
	}
	return true;
}

static struct reading read_as_runc(struct line *line)
{
	struct reading reading = { .refused = true };
	char **words = line->words + 1;

	if (!go_options(&words, go_values, go_flags, &reading.bundle) || *words == NULL)
		return reading;
	reading.command = command_of(*words++);
	if (!go_options(&words, go_local_values, go_local_flags, &reading.bundle) ||
		*words == NULL || words[1] != NULL)
		return reading;
	reading.id = *words;
	reading.refused = false;
	return reading;
}

/* ---- what is to hold ---- */

static const char *check_reading(const struct runtime_args *args, const struct reading *other)
{
	if (other->refused)
		return NULL;
	if (other->command != args->command)
		return "it is another command to the runtime";
	if (args->local.id == NULL || strcmp(args->local.id, other->id) != 0)
		return "it is another container's to the runtime";
	if ((args->local.bundle == NULL) != (other->bundle == NULL) ||
		(other->bundle != NULL && strcmp(args->local.bundle, other->bundle) != 0))
		return "it is another bundle to the runtime";
	return NULL;
}

/* Only options of ours are taken out, with their values, and the order stays. */
static const char *check_kept(const struct line *before, char **kept)
{
	int at = 1;

	for (char **word = kept + 1; *word != NULL; word++, at++) {
		while (at < before->count && before->words[at] != *word) {
			if (strncmp(before->words[at], "--lifecycle-", strlen("--lifecycle-")) ==
					0 ||
				strncmp(before->words[at - 1], "--lifecycle-",
					strlen("--lifecycle-")) == 0)
				at++;
			else
				return "a word of the runtime's is lost";
		}
		if (at == before->count)
			return "a word is new, or in another place";
	}
	return NULL;
}

static const char *check_again(const struct line *line, const struct runtime_args *args)
{
	struct runtime_args again;
	struct line copy = *line;
	const char *why = "", *word = "";
	int count = 0;

	if (runtime_args_read(copy.words, &again, &why, &word) < 0)
		return "what was left is wrong";
	while (copy.words[count] != NULL)
		count++;
	if (count != line->count || again.command != args->command ||
		again.local.bundle != args->local.bundle || again.local.id != args->local.id ||
		again.log != args->log)
		return "what was left is read another way";
	return NULL;
}

const char *fuzz_arguments(const char *bytes, size_t length)
{
	struct line line = { 0 }, kept;
	struct runtime_args args;
	const char *why = NULL, *word = NULL, *fault = NULL;
	struct reading reading;
	int result;

	split(&line, bytes, length);
	kept = line;
	result = runtime_args_read(kept.words, &args, &why, &word);
	if (result < 0 && (why == NULL || word == NULL))
		fault = "refused without a reason";
	for (kept.count = 0; kept.words[kept.count] != NULL;)
		kept.count++;
	if (!fault)
		fault = check_kept(&line, kept.words);
	if (!fault && result == 0)
		fault = check_again(&kept, &args);
	if (!fault && result == 0 &&
		(args.command == RUNTIME_CREATE || args.command == RUNTIME_RUN)) {
		reading = read_as_crun(&kept);
		fault = check_reading(&args, &reading);
		reading = read_as_runc(&kept);
		if (!fault)
			fault = check_reading(&args, &reading);
	}
	free(line.text);
	return fault;
}
