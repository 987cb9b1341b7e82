/* SPDX-License-Identifier: Apache-2.0 */
#include "sized.h"
#include "base/error.h"

#include <string.h>

static size_t size_of(const void *structure)
{
	return *(const size_t *)structure;
}

/* Of what lies inside both, all but the size. */
static void copy(void *to, const void *from)
{
	size_t size = size_of(to) < size_of(from) ? size_of(to) : size_of(from);

	memcpy((char *)to + sizeof(size_t), (const char *)from + sizeof(size_t),
		size - sizeof(size_t));
}

int sized_read(void *full, const void *given, size_t first_size, struct lifecycle_error *error)
{
	if (size_of(given) < first_size)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"a structure of libstate.h does not say its size");
	copy(full, given);
	return 0;
}

void sized_write(void *given, size_t first_size, const void *full)
{
	if (size_of(given) >= first_size)
		copy(given, full);
}
