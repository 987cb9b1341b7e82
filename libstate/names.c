/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the record's JSON for the values of the enumerations, and back. */
#include "names.h"

#include <string.h>

static const char *const point_names[] = {
	[LIFECYCLE_POINT_PRESTART] = "prestart",
	[LIFECYCLE_POINT_CREATE_RUNTIME] = "createRuntime",
	[LIFECYCLE_POINT_CREATE_CONTAINER] = "createContainer",
	[LIFECYCLE_POINT_POSTSTART] = "poststart",
	[LIFECYCLE_POINT_POSTSTOP] = "poststop",
	[LIFECYCLE_POINT_CREATE] = "create",
	[LIFECYCLE_POINT_START] = "start",
	[LIFECYCLE_POINT_ENGINE] = "engine",
	[LIFECYCLE_POINT_RESTORE] = "restore",
};

static const char *const status_names[] = {
	[LIFECYCLE_STATUS_CREATING] = "creating",
	[LIFECYCLE_STATUS_CREATED] = "created",
	[LIFECYCLE_STATUS_RUNNING] = "running",
	[LIFECYCLE_STATUS_STOPPED] = "stopped",
};

static const char *const reason_names[] = {
	[LIFECYCLE_REASON_EXITED] = "exited",
	[LIFECYCLE_REASON_CREATE_FAILED] = "create_failed",
	[LIFECYCLE_REASON_NEVER_STARTED] = "never_started",
	[LIFECYCLE_REASON_LOST_REBOOT] = "lost_reboot",
	[LIFECYCLE_REASON_LOST_RUNTIME] = "lost_runtime",
};

static const char *const source_names[] = {
	[LIFECYCLE_SOURCE_CREATE_RUNTIME] = "createRuntime",
	[LIFECYCLE_SOURCE_POSTSTART] = "poststart",
	[LIFECYCLE_SOURCE_RUNTIME] = "runtime",
	[LIFECYCLE_SOURCE_POSTSTOP] = "poststop",
	[LIFECYCLE_SOURCE_EXIT_FILE] = "exit_file",
	[LIFECYCLE_SOURCE_ENGINE] = "engine",
	[LIFECYCLE_SOURCE_TOLD] = "told",
	[LIFECYCLE_SOURCE_EXEC_FIFO] = "exec_fifo",
	[LIFECYCLE_SOURCE_EXEC] = "exec",
	[LIFECYCLE_SOURCE_EXIT] = "exit",
};

#define NAMES(table)                                                                               \
	{                                                                                          \
		table, sizeof(table) / sizeof((table)[0])                                          \
	}

const struct names names_of_points = NAMES(point_names);
const struct names names_of_statuses = NAMES(status_names);
const struct names names_of_reasons = NAMES(reason_names);
const struct names names_of_sources = NAMES(source_names);

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
	return names_word(&names_of_points, (int)point);
}

const char *lifecycle_status_name(enum lifecycle_status status)
{
	return names_word(&names_of_statuses, (int)status);
}

const char *lifecycle_reason_name(enum lifecycle_reason reason)
{
	return names_word(&names_of_reasons, (int)reason);
}

const char *lifecycle_source_name(enum lifecycle_source source)
{
	return names_word(&names_of_sources, (int)source);
}

enum lifecycle_point lifecycle_point_from_name(const char *name)
{
	return (enum lifecycle_point)names_value(&names_of_points, name);
}

enum lifecycle_status lifecycle_status_from_name(const char *name)
{
	return (enum lifecycle_status)names_value(&names_of_statuses, name);
}
