/* SPDX-License-Identifier: Apache-2.0 */
/* config_text: the text of a config.json, to and from JSON, with integers beyond 2^63 kept. Pure. */
#ifndef CONFIG_TEXT_H
#define CONFIG_TEXT_H

#include "libstate.h"

#include <jansson.h>
#include <stddef.h>

/* `text` ends with a NUL after its `length` bytes. */
int config_text_parse(
	const char *text, size_t length, json_t **ret_config, struct lifecycle_error *error);

/* free() the text. */
int config_text_make(
	const json_t *config, char **ret_text, size_t *ret_length, struct lifecycle_error *error);

#endif
