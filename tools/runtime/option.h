/* SPDX-License-Identifier: Apache-2.0 */
/* A command line's word as an option, in each way of writing one: `--name value`, `--name=value`, with one dash or two. */
#ifndef OPTION_H
#define OPTION_H

#include <stdbool.h>
#include <stddef.h>

struct option {
	const char *name;
	size_t length;
	const char *value; /* after the `=`; NULL if there is none */
};

/* False if the word is no option. */
bool option_read(const char *word, struct option *ret_option);
bool option_is(const struct option *option, const char *name);
/* `names` ends with NULL. */
bool option_is_among(const struct option *option, const char *const *names);

#endif
