/* SPDX-License-Identifier: Apache-2.0 */
/* Short texts that only a kernel or an engine writes, in parts that others choose. */
#include "exec_fifo.h"
#include "conmon_name.h"
#include "targets.h"

#include <stdbool.h>
#include <string.h>

/* ---- the text of a link ---- */

/* Said backwards, a byte at a time. */
static bool ends_so(const char *bytes, size_t length, const char *end)
{
	size_t left = strlen(end);

	while (left > 0 && length > 0 && bytes[length - 1] == end[left - 1]) {
		left--;
		length--;
	}
	return left == 0 && length > 0;
}

const char *fuzz_exec_fifo(const char *bytes, size_t length)
{
	bool expected = ends_so(bytes, length, "/exec.fifo");

	return exec_fifo_is_named(bytes, length) == expected ? NULL
							     : "it is not what the text ends in";
}

/* ---- conmon's command line ---- */

static bool is_a_word(const char *text, size_t length, const char *word)
{
	return word >= text && word < text + length &&
	       memchr(word, '\0', (size_t)(text + length - word)) != NULL;
}

/* The option before it, or in the same word. */
static bool follows_option(const char *text, const char *name)
{
	static const char *const options[] = { "-n", "--name", "--name=" };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t size = strlen(options[i]) + (i < 2);
		const char *option = name - size;

		if ((size_t)(name - text) >= size && memcmp(option, options[i], size) == 0 &&
			(option == text || option[-1] == '\0'))
			return true;
	}
	return false;
}

const char *fuzz_conmon_name(const char *bytes, size_t length)
{
	static const char id[] = "0123abc";
	const char *name = conmon_name_parse(bytes, length, id);

	if (name == NULL)
		return NULL;
	if (!is_a_word(bytes, length, name))
		return "the name is no word of the line";
	if (*name == '\0' || strlen(name) > 255 || strcmp(name, id) == 0)
		return "the name is none";
	if (memmem(bytes, length, id, sizeof(id)) == NULL)
		return "the line is another container's";
	return follows_option(bytes, name) ? NULL : "no option says the name";
}
