/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec: a record to and from its JSON, by the tables of record.h. The public functions are
 * lifecycle_record_decode() and lifecycle_record_encode(); see libstate.h.
 */
#ifndef CODEC_H
#define CODEC_H

#include "record.h"

/* A record that is written is at most LIFECYCLE_RECORD_LIMIT long; one that is read may be longer, up to this. */
#define CODEC_READ_LIMIT (1024 * 1024)

#endif
