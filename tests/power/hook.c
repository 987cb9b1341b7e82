/* SPDX-License-Identifier: Apache-2.0 */
/* hook POINT ARGUMENT...: a hook, to be linked with skip_sync.c. */
#include "../../hooks/hook.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		struct hook hook;
	} points[] = {
		{ "prestart", { "unsynced-hook", LIFECYCLE_POINT_PRESTART } },
		{ "create-runtime", { "unsynced-hook", LIFECYCLE_POINT_CREATE_RUNTIME } },
		{ "poststart", { "unsynced-hook", LIFECYCLE_POINT_POSTSTART } },
		{ "poststop", { "unsynced-hook", LIFECYCLE_POINT_POSTSTOP } },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(points) / sizeof(points[0]); i++)
		if (strcmp(argv[1], points[i].name) == 0)
			return hook_run(&points[i].hook, argc - 1, argv + 1);
	fprintf(stderr, "unsynced-hook: no such point\n");
	return 2;
}
