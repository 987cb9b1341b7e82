/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/podman_help.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* "... (default [/usr/share/containers/oci/hooks.d,/etc/containers/oci/hooks.d])", in the line of --hooks-dir. */
static char *find_list(const char *text)
{
	static const char before[] = "(default [";
	const char *line = strstr(text, "--hooks-dir ");
	const char *start = line != NULL ? strstr(line, before) : NULL;
	const char *end = line != NULL ? line + strcspn(line, "\n") : NULL;

	if (start == NULL || start > end)
		return NULL;
	start += strlen(before);
	return strndup(start, strcspn(start, "]\n"));
}

static int add(struct lifecycle_strings *directories, const char *directory)
{
	char **items = reallocarray(directories->items, directories->count + 1, sizeof(*items));

	if (items == NULL)
		return -1;
	directories->items = items;
	items[directories->count] = strdup(directory);
	return items[directories->count++] != NULL ? 0 : -1;
}

int podman_help_directories(
	const char *text, struct lifecycle_strings *ret_directories, struct lifecycle_error *error)
{
	struct lifecycle_strings directories = { .count = 0 };
	char *list = find_list(text), *rest = NULL;

	if (list == NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "no hooks directories");
	for (char *one = strtok_r(list, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest))
		if (add(&directories, one) < 0) {
			free(list);
			lifecycle_strings_free(&directories);
			return error_no_memory(error);
		}
	free(list);
	*ret_directories = directories;
	return 0;
}
