/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/option.h"

#include <string.h>

bool option_read(const char *word, struct option *ret_option)
{
	const char *name = word, *equals;

	if (word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)
		return false;
	name += word[1] == '-' ? 2 : 1;
	equals = strchr(name, '=');
	ret_option->name = name;
	ret_option->length = equals != NULL ? (size_t)(equals - name) : strlen(name);
	ret_option->value = equals != NULL ? equals + 1 : NULL;
	return true;
}

bool option_is(const struct option *option, const char *name)
{
	return strlen(name) == option->length && memcmp(option->name, name, option->length) == 0;
}

bool option_is_among(const struct option *option, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (option_is(option, *names))
			return true;
	}
	return false;
}
