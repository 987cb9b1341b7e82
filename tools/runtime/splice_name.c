/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/splice_name.h"

static const char *const names[] = {
	SPLICE_NAME_PRESTART,
	SPLICE_NAME_CREATE_RUNTIME,
	SPLICE_NAME_CREATE_CONTAINER,
	SPLICE_NAME_POSTSTART,
	SPLICE_NAME_POSTSTOP,
};

const char *splice_name_at(size_t index)
{
	return index < sizeof(names) / sizeof(names[0]) ? names[index] : NULL;
}
