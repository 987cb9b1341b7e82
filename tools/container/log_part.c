/* SPDX-License-Identifier: Apache-2.0 */
#include "container/log_part.h"

#include <string.h>

#define KIND_LENGTH 8

static const struct {
	char text[KIND_LENGTH + 1];
	enum log_stream stream;
	bool ends;
} kinds[] = {
	{ "stdout F", LOG_STREAM_STDOUT, true },
	{ "stdout P", LOG_STREAM_STDOUT, false },
	{ "stderr F", LOG_STREAM_STDERR, true },
	{ "stderr P", LOG_STREAM_STDERR, false },
};

/* ---- one line ---- */

/* The bytes up to the first space; false if they are no time. */
static bool take_time(const char **bytes, size_t *length, int64_t *ret_time)
{
	char text[LIFECYCLE_TIME_SIZE];
	size_t size = *length < sizeof(text) ? *length : sizeof(text);
	const char *space = memchr(*bytes, ' ', size);

	if (space == NULL)
		return false;
	size = (size_t)(space - *bytes);
	memcpy(text, *bytes, size);
	text[size] = '\0';
	if (strlen(text) != size || !lifecycle_time_parse(text, ret_time))
		return false;
	*bytes += size + 1;
	*length -= size + 1;
	return true;
}

static bool take_kind(const char **bytes, size_t *length, struct log_part *part)
{
	if (*length < KIND_LENGTH || (*length > KIND_LENGTH && (*bytes)[KIND_LENGTH] != ' '))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t taken = *length > KIND_LENGTH ? KIND_LENGTH + 1 : KIND_LENGTH;

		if (memcmp(*bytes, kinds[i].text, KIND_LENGTH) != 0)
			continue;
		part->stream = kinds[i].stream;
		part->ends = kinds[i].ends;
		*bytes += taken;
		*length -= taken;
		return true;
	}
	return false;
}

void log_part_parse(const char *bytes, size_t length, struct log_part *ret_part)
{
	struct log_part part = { .stream = LOG_STREAM_NONE, .time = LIFECYCLE_UNKNOWN };
	int64_t time;

	if (take_time(&bytes, &length, &time) && take_kind(&bytes, &length, &part))
		part.time = time;
	part.text = bytes;
	part.length = length;
	*ret_part = part;
}

/* ---- forwards ---- */

size_t log_scan_take(struct log_scan *scan, const char *bytes, size_t length, bool full,
	struct log_part *ret_part)
{
	const char *newline = memchr(bytes, '\n', length);
	size_t size = newline != NULL ? (size_t)(newline - bytes) : length;

	if (newline == NULL && !full)
		return 0;
	if (scan->goes_on) {
		scan->part.text = bytes;
		scan->part.length = size;
	} else {
		log_part_parse(bytes, size, &scan->part);
		scan->left_out += scan->part.stream == LOG_STREAM_NONE;
	}
	scan->goes_on = newline == NULL;
	*ret_part = scan->part;
	ret_part->ends = ret_part->ends && !scan->goes_on;
	return scan->goes_on ? size : size + 1;
}
