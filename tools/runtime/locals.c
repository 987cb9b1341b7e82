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
};

/* Of create, run, start and restore. */
static const struct row {
	const char *name;
	bool takes_value;
	enum meaning meaning;
} rows[] = {
	{ "bundle", true, MEANS_BUNDLE },
	{ "b", true, MEANS_BUNDLE },
	{ "config", true, MEANS_CONFIG },
	{ "f", true, MEANS_CONFIG },
	{ "pid-file", true, MEANS_PID_FILE },
	{ "p", true, MEANS_PID_FILE },
	{ "detach", false, MEANS_DETACH },
	{ "d", false, MEANS_DETACH },
	{ "console-socket", true, MEANS_NOTHING },
	{ "c", true, MEANS_NOTHING },
	{ "preserve-fds", true, MEANS_NOTHING },
	{ "user-log", true, MEANS_NOTHING },
	{ "image-path", true, MEANS_NOTHING },
	{ "work-path", true, MEANS_NOTHING },
	{ "manage-cgroups-mode", true, MEANS_NOTHING },
	{ "empty-ns", true, MEANS_NOTHING },
	{ "lsm-profile", true, MEANS_NOTHING },
	{ "lsm-mount-context", true, MEANS_NOTHING },
	{ "no-pivot", false, MEANS_NOTHING },
	{ "no-new-keyring", false, MEANS_NOTHING },
	{ "no-subreaper", false, MEANS_NOTHING },
	{ "keep", false, MEANS_NOTHING },
	{ "tcp-established", false, MEANS_NOTHING },
	{ "ext-unix-sk", false, MEANS_NOTHING },
	{ "shell-job", false, MEANS_NOTHING },
	{ "file-locks", false, MEANS_NOTHING },
	{ "auto-dedup", false, MEANS_NOTHING },
	{ "lazy-pages", false, MEANS_NOTHING },
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

/* The only long option that begins so. */
static const struct row *find_abbreviated(const struct option *option)
{
	const struct row *found = NULL;

	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (strncmp(rows[i].name, option->name, option->length) != 0)
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
	case MEANS_NOTHING:
		break;
	}
}

/* Short options in one word, such as -dbDIR. Returns how many words they take. */
static size_t read_letters(struct locals *locals, char **words)
{
	for (const char *letter = words[0] + 1; *letter != '\0'; letter++) {
		const struct row *row = find_exact(&(struct option){ letter, 1, NULL });

		if (row == NULL) {
			locals->unclear |= strpbrk(letter, "bf") != NULL;
			return 1;
		}
		if (!row->takes_value) {
			keep(locals, row, NULL);
			continue;
		}
		keep(locals, row, letter[1] != '\0' ? letter + 1 : words[1]);
		return letter[1] == '\0' && words[1] != NULL ? 2 : 1;
	}
	return 1;
}

static size_t read_option(struct locals *locals, char **words, const struct option *option)
{
	const struct row *row = find_row(words[0], option);
	bool separate;

	if (row == NULL)
		return strncmp(words[0], "--", 2) == 0 ? 1 : read_letters(locals, words);
	separate = row->takes_value && option->value == NULL && words[1] != NULL;
	keep(locals, row, separate ? words[1] : option->value);
	return separate ? 2 : 1;
}

/* The ID is the last word that is neither an option nor the value of a known one: options may come after it. */
void locals_read(char **words, struct locals *ret_locals)
{
	struct locals locals = { 0 };

	while (*words != NULL) {
		struct option option;

		if (option_read(*words, &option)) {
			words += read_option(&locals, words, &option);
			continue;
		}
		if (strcmp(*words, "--") != 0)
			locals.id = *words;
		words++;
	}
	*ret_locals = locals;
}

bool locals_takes_next(const char *word)
{
	struct option option;
	const struct row *row = option_read(word, &option) ? find_row(word, &option) : NULL;

	return row != NULL && row->takes_value && option.value == NULL;
}
