/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/keys.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static char lower(char letter)
{
	return (char)tolower((unsigned char)letter);
}

static char upper(char letter)
{
	return (char)toupper((unsigned char)letter);
}

bool keys_match(const char *a, const char *b)
{
	do {
		while (*a == '_')
			a++;
		while (*b == '_')
			b++;
		if (lower(*a) != lower(*b))
			return false;
	} while (*a++ != '\0' && *b++ != '\0');
	return true;
}

json_t *keys_find(const json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);
	const char *key;
	json_t *other;

	if (value != NULL)
		return value;
	json_object_foreach((json_t *)object, key, other) {
		if (keys_match(key, name))
			return other;
	}
	return NULL;
}

static bool is_initials(const char *word, size_t length)
{
	static const char *const initials[] = { "id", "pid", "oci" };

	for (size_t i = 0; i < sizeof(initials) / sizeof(initials[0]); i++)
		if (strlen(initials[i]) == length && strncmp(word, initials[i], length) == 0)
			return true;
	return false;
}

void keys_print_camel(const char *key, FILE *out)
{
	while (*key != '\0') {
		size_t length = strcspn(key, "_");
		bool initials = is_initials(key, length);

		for (size_t i = 0; i < length; i++)
			putc(i == 0 || initials ? upper(key[i]) : key[i], out);
		key += length + (key[length] == '_');
	}
}

void keys_print_header(const char *key, FILE *out)
{
	for (; *key != '\0'; key++)
		putc(*key == '_' ? ' ' : upper(*key), out);
}
