/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/locals.h"
#include "runtime/option.h"

#include <string.h>

enum meaning {
	MEANS_NOTHING, /* to us */
	MEANS_BUNDLE,
	MEANS_CONFIG,
	MEANS_PID_FILE,
	MEANS_DETACH,
	MEANS_HELP,
};

/* Of create, run, start and restore. */
static const struct row {
	const char *name;
	bool takes_value;
	bool crun; /* has it, and takes its beginning for the whole */
	enum meaning meaning;
} rows[] = {
	{ "bundle", true, true, MEANS_BUNDLE },
	{ "b", true, false, MEANS_BUNDLE },
	{ "config", true, true, MEANS_CONFIG },
	{ "f", true, false, MEANS_CONFIG },
	{ "pid-file", true, true, MEANS_PID_FILE },
	{ "p", true, false, MEANS_PID_FILE },
	{ "detach", false, true, MEANS_DETACH },
	{ "d", false, false, MEANS_DETACH },
	{ "help", false, true, MEANS_HELP },
	{ "h", false, false, MEANS_HELP },
	{ "?", false, false, MEANS_HELP },
	{ "usage", false, true, MEANS_HELP },
	{ "version", false, true, MEANS_HELP },
	{ "V", false, false, MEANS_HELP },
	{ "console-socket", true, true, MEANS_NOTHING },
	{ "console", true, false, MEANS_NOTHING },
	{ "c", true, false, MEANS_NOTHING },
	{ "pidfd-socket", true, false, MEANS_NOTHING },
	{ "preserve-fds", true, true, MEANS_NOTHING },
	{ "pass-fd", true, false, MEANS_NOTHING },
	{ "exec-fd", true, false, MEANS_NOTHING },
	{ "user-log", true, false, MEANS_NOTHING },
	{ "image-path", true, true, MEANS_NOTHING },
	{ "work-path", true, true, MEANS_NOTHING },
	{ "manage-cgroups-mode", true, true, MEANS_NOTHING },
	{ "empty-ns", true, false, MEANS_NOTHING },
	{ "lsm-profile", true, true, MEANS_NOTHING },
	{ "lsm-mount-context", true, true, MEANS_NOTHING },
	{ "no-pivot", false, true, MEANS_NOTHING },
	{ "no-new-keyring", false, true, MEANS_NOTHING },
	{ "no-subreaper", false, true, MEANS_NOTHING },
	{ "keep", false, true, MEANS_NOTHING },
	{ "tcp-established", false, true, MEANS_NOTHING },
	{ "tcp-close", false, false, MEANS_NOTHING },
	{ "ext-unix-sk", false, true, MEANS_NOTHING },
	{ "link-remap", false, false, MEANS_NOTHING },
	{ "shell-job", false, true, MEANS_NOTHING },
	{ "file-locks", false, true, MEANS_NOTHING },
	{ "auto-dedup", false, false, MEANS_NOTHING },
	{ "lazy-pages", false, false, MEANS_NOTHING },
	{ "background", false, false, MEANS_NOTHING },
	{ "direct", false, false, MEANS_NOTHING },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct row *find_exact(const struct option *option)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (option_is(option, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

/* The only one of crun's that begins so. */
static const struct row *find_abbreviated(const struct option *option)
{
	const struct row *found = NULL;

	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (!rows[i].crun || strncmp(rows[i].name, option->name, option->length) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = &rows[i];
	}
	return found;
}

static const struct row *find_row(const char *word, const struct option *option)
{
	const struct row *row = find_exact(option);

	if (row != NULL || strncmp(word, "--", 2) != 0 || option->length < 2)
		return row;
	return find_abbreviated(option);
}

static void keep(struct locals *locals, const struct row *row, const char *value)
{
	switch (row->meaning) {
	case MEANS_BUNDLE:
		locals->bundle = value;
		break;
	case MEANS_CONFIG:
		locals->config = value;
		break;
	case MEANS_PID_FILE:
		locals->pid_file = value;
		break;
	case MEANS_DETACH:
		locals->detach = value == NULL || strcmp(value, "false") != 0;
		break;
	case MEANS_HELP:
		locals->help = true;
		break;
	case MEANS_NOTHING:
		break;
	}
}

static size_t pass_over(struct locals *locals)
{
	locals->unclear = true;
	return 1;
}

/* Short options in one word, such as -dbDIR. Returns how many words they take. */
static size_t read_letters(struct locals *locals, char **words)
{
	for (const char *letter = words[0] + 1; *letter != '\0'; letter++) {
		const struct row *row = find_exact(&(struct option){ letter, 1, NULL });

		if (row == NULL)
			return pass_over(locals);
		if (!row->takes_value) {
			keep(locals, row, NULL);
			continue;
		}
		if (letter[1] == '\0' && words[1] == NULL)
			return pass_over(locals);
		keep(locals, row, letter[1] != '\0' ? letter + 1 : words[1]);
		return letter[1] == '\0' ? 2 : 1;
	}
	return 1;
}

/*
 * To Go's and clap's readers `-b=DIR` and `-bundle=DIR` name DIR, to getopt's `=DIR` and `undle=DIR`; and `-bundle -x` is to Go's a
 * directory that is called -x, to getopt's `undle` and an option.
 */
static bool names_two_files(char **words, const struct row *row, const struct option *option)
{
	bool separate = option->length > 1 && words[1] != NULL && words[1][0] == '-';

	return words[0][1] != '-' && (option->value != NULL || separate) &&
	       (row->meaning == MEANS_BUNDLE || row->meaning == MEANS_CONFIG);
}

static size_t read_option(struct locals *locals, char **words, const struct option *option)
{
	const struct row *row = find_row(words[0], option);
	bool separate;

	/* of a long one, too: no option is called `-` */
	if (row == NULL)
		return read_letters(locals, words);
	if (names_two_files(words, row, option))
		return pass_over(locals);
	separate = row->takes_value && option->value == NULL;
	if (separate && words[1] == NULL)
		return pass_over(locals);
	keep(locals, row, separate ? words[1] : option->value);
	return separate ? 2 : 1;
}

void locals_read(char **words, struct locals *ret_locals)
{
	struct locals locals = { 0 };
	struct option option;

	while (*words != NULL && option_read(*words, &option))
		words += read_option(&locals, words, &option);
	if (*words != NULL && strcmp(*words, "--") == 0)
		words++;
	locals.id = *words;
	locals.unclear |= words[0] == NULL || words[1] != NULL;
	*ret_locals = locals;
}

bool locals_takes_next(const char *word)
{
	struct option option;
	const struct row *row = option_read(word, &option) ? find_row(word, &option) : NULL;

	return row != NULL && row->takes_value && option.value == NULL;
}
