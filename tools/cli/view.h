/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view: a container's record as a tree of the keys that lifecycle.json(5) has, with `observed`. What is
 * printed, in whatever shape, is made of this one tree. An absent key is unknown.
 */
#ifndef VIEW_H
#define VIEW_H

#include "libstate.h"

#include <jansson.h>
#include <stdio.h>

/* Looks at the record's process, and makes the tree. */
int view_of(
	const struct lifecycle_record *record, json_t **ret_view, struct lifecycle_error *error);

/* A view with every key that there can be, each with an empty text. NULL if memory is out. */
json_t *view_known(void);

/* The value at a path of keys such as "observed.status"; NULL if unknown. */
json_t *view_at(const json_t *view, const char *path);

/* The text, the number, the time there; NULL or LIFECYCLE_UNKNOWN if it is none. */
const char *view_text(const json_t *view, const char *path);
int64_t view_number(const json_t *view, const char *path);
int64_t view_time(const json_t *view, const char *path);
bool view_flag(const json_t *view, const char *path);

/* A length of time, in nanoseconds; LIFECYCLE_UNKNOWN also if it is less than none. */
int64_t view_duration(const json_t *view, const char *path);

/* So long after a time, whatever a record says that is; the time itself if the length is not known. */
int64_t view_after(int64_t time, int64_t duration);

/* Whether the time at which it started is that of a hook that ran before the program did. Also of what is in
 * `previous`. */
bool view_start_is_provisional(const json_t *view);

/* It is stopped, and known never to have run its program. */
bool view_never_ran(const json_t *view);

/* When its program started; LIFECYCLE_UNKNOWN also where the time is provisional and that never came to be. */
int64_t view_start(const json_t *view);

/* The observed reason is this one. */
bool view_has_reason(const json_t *view, enum lifecycle_reason reason);

/* The observed status is this one. */
bool view_is(const json_t *view, enum lifecycle_status status);

/* What went wrong last: its message and the last line on its stderr; false if nothing did. */
bool view_print_error(const json_t *view, FILE *out);

/* Writes a tree as JSON that is safe on a terminal. `flags` are jansson's. */
int view_print(const json_t *tree, size_t flags, FILE *out, struct lifecycle_error *error);

#endif
