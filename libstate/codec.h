/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec: a record to and from its JSON, by the tables of record.h. The public functions are
 * lifecycle_record_decode() and lifecycle_record_encode(); see libstate.h.
 */
#ifndef CODEC_H
#define CODEC_H

#include "record.h"

/* A record that is written is at most this long; one that is read may have more, up to the other. */
#define RECORD_WRITE_LIMIT LIFECYCLE_RECORD_LIMIT
#define RECORD_READ_LIMIT  (1024 * 1024)

struct json_t;

/*
 * Reads JSON without duplicate keys, which `flags` of jansson's may say more of. Whatever jansson makes of it when memory
 * runs out: NULL with LIFECYCLE_ERROR_NO_MEMORY is that, NULL with `bad` is a text that is bad.
 */
struct json_t *codec_parse(const char *text, size_t length, size_t flags,
	enum lifecycle_error_code bad, struct lifecycle_error *error);

#endif
