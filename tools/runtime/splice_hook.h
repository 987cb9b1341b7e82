/* SPDX-License-Identifier: Apache-2.0 */
/*
 * splice's own: the edit of a text from its beginning to its end, and one hook of an array in it, to be read,
 * wrapped, or written.
 */
#ifndef SPLICE_HOOK_H
#define SPLICE_HOOK_H

#include "runtime/jscan.h"
#include "runtime/splice_plan.h"

#include <stdio.h>

struct splice {
	const struct splice_plan *plan;
	FILE *out;
	const char *copied; /* the text up to here is in `out`, or left out of it */
	const char *end;
	const char *why; /* set once: it was not understood */
	bool changed;
};

/* A hook, as one of the arrays has it. */
struct hook {
	struct jscan_value path;
	struct jscan_value args; /* JSCAN_NULL if there are none */
	long timeout;            /* in seconds; 0 if it has none */
	const char *name;        /* one of ours; NULL if the hook is another's */
	bool wraps;              /* ours, running another's */
	bool wrappable;          /* another's, with an absolute path */
};

/* False, with the reason kept. */
bool splice_refuse(struct splice *splice, const char *why);

/* ---- editing, in the order of the text ---- */

void splice_copy_to(struct splice *splice, const char *to);
/* The next thing written stands at `to`, before what is there. */
void splice_insert_at(struct splice *splice, const char *to);
/* The next thing written takes the value's place. */
void splice_replace(struct splice *splice, const struct jscan_value *value);
void splice_put(struct splice *splice, const char *text);

/* ---- one hook: `name` is that of ours ---- */

bool splice_read_hook(
	struct splice *splice, const struct jscan_value *object, struct hook *ret_hook);
/* `index` is the hook's place in its array, from 0 on. */
void splice_wrap_hook(
	struct splice *splice, const char *name, const struct hook *hook, size_t index);
void splice_put_hook(struct splice *splice, const char *name);

#endif
