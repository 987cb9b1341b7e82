/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts our hooks into the text of a config.json, and changes no byte outside its top-level `hooks`: numbers such as
 * 18446744073709551615 fit no JSON library's integers, so no value is read and written back.
 *
 * Pure: text in, text out.
 */
#ifndef SPLICE_H
#define SPLICE_H

#include "runtime/splice_plan.h"

#include <stddef.h>

/*
 * Our createRuntime and poststart go first, and our poststop last, so that what other hooks do lies between. prestart
 * goes first, where others have a prestart hook that is not wrapped. Each is added once: a hook is ours if it has the
 * name of one of ours and lies in a directory of our hooks.
 *
 * Returns 0 with *ret_text, NUL-terminated, to be freed; NULL if there is nothing to change. Returns -1 with a
 * reason in *ret_why if the text is not understood so well that it may be changed, or if memory runs out.
 */
int splice_hooks(const char *text, size_t length, const struct splice_plan *plan, char **ret_text,
	size_t *ret_length, const char **ret_why);

#endif
