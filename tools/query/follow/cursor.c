/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/cursor.h"
#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * A file's time is set a little before its change can be seen, and by a clock that is a tick coarse; and whoever writes
 * may lose the processor in between. What is told again for it has the same IDs.
 */
#define SLACK_NS INT64_C(10000000000)

/* Less than that is how finely two clocks can be read one after the other, on a busy host. */
#define SET_NS INT64_C(1000000000)

static int64_t read_clock(clockid_t clock)
{
	struct timespec time = { 0 };

	(void)clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void cursor_now(const char *boot_id, struct cursor *ret)
{
	snprintf(ret->boot_id, sizeof(ret->boot_id), "%s", boot_id);
	ret->until = read_clock(CLOCK_REALTIME);
	ret->offset = ret->until - read_clock(CLOCK_BOOTTIME);
}

/* ---- the text ---- */

/* The parts are numbers and a UUID: nothing that a shell or a URL has another meaning for. */
const char *cursor_format(const struct cursor *cursor, char buffer[CURSOR_SIZE])
{
	snprintf(buffer, CURSOR_SIZE, "1.%" PRIx64 ".%" PRIx64 ".%s", (uint64_t)cursor->until,
		(uint64_t)cursor->offset, cursor->boot_id);
	return buffer;
}

static bool take_number(const char **text, int64_t *ret_number)
{
	char *end;

	if (strspn(*text, "0123456789abcdef") == 0)
		return false;
	*ret_number = (int64_t)strtoull(*text, &end, 16);
	if (*end != '.')
		return false;
	*text = end + 1;
	return true;
}

static bool take_boot(const char *text, struct cursor *ret)
{
	size_t length = strspn(text, "0123456789abcdef-");

	if (text[length] != '\0' || length >= sizeof(ret->boot_id))
		return false;
	strcpy(ret->boot_id, text);
	return true;
}

int cursor_parse(const char *text, struct cursor *ret, struct lifecycle_error *error)
{
	struct cursor cursor;
	const char *rest = text;

	if (strncmp(text, "1.", 2) != 0)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "'%s' is no cursor", text);
	rest += 2;
	if (!take_number(&rest, &cursor.until) || !take_number(&rest, &cursor.offset) ||
		!take_boot(rest, &cursor) || cursor.until < 0)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "'%s' is no cursor", text);
	*ret = cursor;
	return 0;
}

/* ---- going on ---- */

int64_t cursor_goes_on_at(const struct cursor *cursor, const struct cursor *now)
{
	int64_t set;

	if (cursor->until < SLACK_NS || cursor->until > now->until || cursor->boot_id[0] == '\0' ||
		strcmp(cursor->boot_id, now->boot_id) != 0 ||
		__builtin_sub_overflow(now->offset, cursor->offset, &set) || set > SET_NS ||
		set < -SET_NS)
		return INT64_MIN;
	return cursor->until - SLACK_NS;
}
