/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_DATA ((size_t)4 << 20)

char *unit_data(const char *name, size_t *ret_length)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[4096];
	snprintf(path, sizeof(path), "%s/tests/data/%s", top ? top : ".", name);

	FILE *file = fopen(path, "re");
	if (!file)
		ck_abort_msg("%s cannot be opened", path);
	char *text = calloc(1, MAX_DATA + 1);
	size_t length = text ? fread(text, 1, MAX_DATA, file) : 0;
	fclose(file);
	if (ret_length)
		*ret_length = length;
	return text;
}

int main(void)
{
	SRunner *runner = srunner_create(unit_suite());
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
