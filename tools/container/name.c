/* SPDX-License-Identifier: Apache-2.0 */
#include "container/name.h"
#include "base/error.h"

#include <string.h>

#define NAME_MAX_LENGTH 128
#define LETTERS         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

int name_check(const char *name, struct lifecycle_error *error)
{
	size_t length = strlen(name);

	if (length > 0 && length <= NAME_MAX_LENGTH && strspn(name, LETTERS) > 0 &&
		strspn(name, LETTERS "_.-") == length)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID,
		"'%s' is no name: letters, digits, '_', '.' and '-', at most %d, the first a "
		"letter or a digit",
		name, NAME_MAX_LENGTH);
}
