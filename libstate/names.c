/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the record's JSON for the values of the enumerations, and back. */
#include "names.h"

#include <string.h>

static const char *const point_names[] = {
	[LIFECYCLE_PRESTART] = "prestart",
	[LIFECYCLE_CREATE_RUNTIME] = "createRuntime",
	[LIFECYCLE_CREATE_CONTAINER] = "createContainer",
	[LIFECYCLE_POSTSTART] = "poststart",
	[LIFECYCLE_POSTSTOP] = "poststop",
	[LIFECYCLE_RUNTIME_CREATE] = "create",
	[LIFECYCLE_RUNTIME_START] = "start",
};

static const char *const status_names[] = {
	[LIFECYCLE_CREATING] = "creating",
	[LIFECYCLE_CREATED] = "created",
	[LIFECYCLE_RUNNING] = "running",
	[LIFECYCLE_STOPPED] = "stopped",
};

static const char *const reason_names[] = {
	[LIFECYCLE_EXITED] = "exited",
	[LIFECYCLE_CREATE_FAILED] = "create_failed",
	[LIFECYCLE_NEVER_STARTED] = "never_started",
	[LIFECYCLE_LOST_REBOOT] = "lost_reboot",
	[LIFECYCLE_LOST_RUNTIME] = "lost_runtime",
};

static const char *const source_names[] = {
	[LIFECYCLE_BY_CREATE_RUNTIME] = "createRuntime",
	[LIFECYCLE_BY_POSTSTART] = "poststart",
	[LIFECYCLE_BY_RUNTIME] = "runtime",
	[LIFECYCLE_BY_POSTSTOP] = "poststop",
	[LIFECYCLE_BY_EXIT_FILE] = "exit_file",
};

#define NAMES(table)                                                                               \
	{                                                                                          \
		table, sizeof(table) / sizeof((table)[0])                                          \
	}

const struct names point_words = NAMES(point_names);
const struct names status_words = NAMES(status_names);
const struct names reason_words = NAMES(reason_names);
const struct names source_words = NAMES(source_names);

const char *names_word(const struct names *names, int value)
{
	return value > 0 && (size_t)value < names->count ? names->words[value] : NULL;
}

int names_value(const struct names *names, const char *word)
{
	if (word == NULL)
		return 0;
	for (size_t i = 1; i < names->count; i++)
		if (strcmp(names->words[i], word) == 0)
			return (int)i;
	return 0;
}

const char *lifecycle_point_name(enum lifecycle_point point)
{
	return names_word(&point_words, (int)point);
}

const char *lifecycle_status_name(enum lifecycle_status status)
{
	return names_word(&status_words, (int)status);
}

const char *lifecycle_reason_name(enum lifecycle_reason reason)
{
	return names_word(&reason_words, (int)reason);
}

const char *lifecycle_source_name(enum lifecycle_source source)
{
	return names_word(&source_words, (int)source);
}

enum lifecycle_point lifecycle_point_from_name(const char *name)
{
	return (enum lifecycle_point)names_value(&point_words, name);
}

enum lifecycle_status lifecycle_status_from_name(const char *name)
{
	return (enum lifecycle_status)names_value(&status_words, name);
}
