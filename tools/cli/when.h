/* SPDX-License-Identifier: Apache-2.0 */
/* when: times as people type them. Pure, but for the time zone and a deadline's clock. */
#ifndef WHEN_H
#define WHEN_H

#include "libstate.h"

#include <stdint.h>

/* 90, 90s, 1.5h, 30m, 7d */
int when_parse_duration(const char *text, int64_t *ret_nanoseconds, struct lifecycle_error *error);

/* So long from now, on the monotonic clock; LIFECYCLE_NO_DEADLINE for NULL. */
int when_parse_deadline(const char *text, int64_t *ret_deadline, struct lifecycle_error *error);

/* RFC 3339; a date, or a date and a time of day, in the local time zone; seconds since 1970, after an '@' or of
 * nine digits at least, also with a fraction; or a duration before `now`. */
int when_parse_time(
	const char *text, int64_t now, int64_t *ret_time, struct lifecycle_error *error);

#endif
