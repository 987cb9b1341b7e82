/* SPDX-License-Identifier: Apache-2.0 */
/* otlp_value: numbers, attributes and events as OTLP has them in JSON. What is unknown is left out. Pure. */
#ifndef OTLP_VALUE_H
#define OTLP_VALUE_H

#include "libstate.h"

#include <jansson.h>

/* -1 if memory is out. */
int otlp_set_time(json_t *object, const char *key, int64_t time);

/* Append to a list of attributes. */
int otlp_add_text(json_t *attributes, const char *key, const char *text);
int otlp_add_integer(json_t *attributes, const char *key, int64_t number);
int otlp_add_flag(json_t *attributes, const char *key, bool flag);
int otlp_add_texts(json_t *attributes, const char *key, const char *const *texts);

/* An event; the attributes are taken. NULL if memory is out, also for them. */
json_t *otlp_event(const char *name, int64_t time, json_t *attributes);

#endif
