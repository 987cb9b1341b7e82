/* SPDX-License-Identifier: Apache-2.0 */
#include "path.h"
#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int path_absolute(const char *path, char **ret_path, struct lifecycle_error *error)
{
	char *here;
	char *result;

	if (path[0] == '/') {
		result = strdup(path);
	} else {
		here = getcwd(NULL, 0);
		if (here == NULL)
			return error_errno(error, errno, "cannot tell where '%s' is", path);
		if (asprintf(&result, "%s/%s", here, path) < 0)
			result = NULL;
		free(here);
	}
	if (result == NULL)
		return error_no_memory(error);
	*ret_path = result;
	return 0;
}
