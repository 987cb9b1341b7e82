/* SPDX-License-Identifier: Apache-2.0 */
/* template_scope: what a template is printed of, and how. */
#ifndef TEMPLATE_SCOPE_H
#define TEMPLATE_SCOPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * Writes a table's value, or heading, its own way, if `key` is all that leads to it; false for the usual way: text
 * as it is, "-" for what is unknown (nothing, where there is no table), all else as JSON; the last key as a heading.
 */
typedef bool template_print_fn(const char *key, void *arg, FILE *out);

struct template_scope {
	const json_t *tree;       /* NULL: headings */
	const json_t *also;       /* more keys at the top, which {{.}} does not show; or NULL */
	bool escape;              /* control bytes in texts */
	template_print_fn *print; /* of a table; else NULL */
	void *arg;
};

#endif
