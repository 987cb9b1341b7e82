/* SPDX-License-Identifier: Apache-2.0 */
/* The targets for clang's libFuzzer, one of them by -DTARGET=... */
#include "targets.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const char *fault = TARGET((const char *)bytes, length);

	if (fault == NULL)
		return 0;
	fprintf(stderr, "%s\n", fault);
	abort();
}
