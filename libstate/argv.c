/* SPDX-License-Identifier: Apache-2.0 */
#include "argv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ARGUMENT_SIZE 128

/* Is `word` in the text, whatever the case? */
static bool contains(const char *text, const char *word)
{
	for (; *text != '\0'; text++)
		if (strncasecmp(text, word, strlen(word)) == 0)
			return true;
	return false;
}

static bool is_secret_option(const char *argument)
{
	static const char *const words[] = { "pass", "secret", "token", "key", "auth", "cred" };

	if (argument[0] != '-')
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (contains(argument, words[i]))
			return true;
	return false;
}

/* Up to and with a '='. */
static void cut(const char *argument, char ret_kept[ARGUMENT_SIZE])
{
	size_t length = strcspn(argument, "=");

	snprintf(ret_kept, ARGUMENT_SIZE, "%.*s", (int)(length + (argument[length] == '=')),
		argument);
}

int argv_copy(const char *const **slot, const char *const *argv, struct lifecycle_error *error)
{
	char kept[DEFAULTS_MAX_ARGUMENTS][ARGUMENT_SIZE];
	const char *texts[DEFAULTS_MAX_ARGUMENTS + 1] = { NULL };
	bool hides_next = false;

	for (size_t i = 0; i < DEFAULTS_MAX_ARGUMENTS && argv != NULL && argv[i] != NULL; i++) {
		if (hides_next)
			strcpy(kept[i], "...");
		else
			cut(argv[i], kept[i]);
		hides_next = !hides_next && i > 0 && is_secret_option(argv[i]) &&
			     strchr(argv[i], '=') == NULL;
		texts[i] = kept[i];
	}
	return record_set_texts(slot, texts, error);
}
