/* SPDX-License-Identifier: Apache-2.0 */
/* The rule for a container's ID: what passes is a file name, and names nothing but an entry of a directory. */
#include "libstate.h"

#include <string.h>

#define ID_LIMIT 255

bool lifecycle_id_valid(const char *id)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_+.-";
	size_t length = strspn(id, allowed);

	return length > 0 && length <= ID_LIMIT && id[length] == '\0' && id[0] != '.';
}
