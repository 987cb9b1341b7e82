/* SPDX-License-Identifier: Apache-2.0 */
/* keys: the record's keys as people type them: started_at is also StartedAt, and id is also ID. */
#ifndef KEYS_H
#define KEYS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* The same but for case and underscores. */
bool keys_match(const char *a, const char *b);

/* The value of the key that is this one, or else matches it; NULL if there is none. */
json_t *keys_find(const json_t *object, const char *name);

/* Writes the key in CamelCase. */
void keys_print_camel(const char *key, FILE *out);

/* Writes it in upper case, as the head of a column. */
void keys_print_header(const char *key, FILE *out);

#endif
