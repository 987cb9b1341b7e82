/* SPDX-License-Identifier: Apache-2.0 */
#include "aside.h"
#include "base/error.h"
#include "fsio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static const char *const places[] = { LIFECYCLE_CORRUPT_FILE, LIFECYCLE_CORRUPT_TOO_FILE };

#define PLACE_COUNT (sizeof(places) / sizeof(places[0]))

int aside_move(int directory, const char *name, struct lifecycle_error *error)
{
	for (size_t i = 0; i < PLACE_COUNT; i++) {
		/* a file does not replace a directory, nor a directory a file */
		(void)fsio_remove(directory, places[i], NULL);
		if (renameat(directory, name, directory, places[i]) == 0)
			return 0;
	}
	return error_errno(error, errno, "'%s' cannot be set aside", name);
}

bool aside_is_there(int directory)
{
	struct stat status;
	bool found = false;

	for (size_t i = 0; i < PLACE_COUNT && !found; i++)
		found = fstatat(directory, places[i], &status, AT_SYMLINK_NOFOLLOW) == 0;
	return found;
}

int aside_remove(int directory, struct lifecycle_error *error)
{
	int result = 0;

	for (size_t i = 0; i < PLACE_COUNT; i++)
		if (fsio_remove(directory, places[i], error) < 0)
			result = -1;
	return result;
}
