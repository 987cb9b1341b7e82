/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text_stream.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256

struct text_stream {
	char **text;
	size_t *size;
	size_t room;
	bool has_failed; /* then nothing more is taken: a hole would be worse than an end */
};

static bool make_room(struct text_stream *stream, size_t needed)
{
	size_t room = stream->room;
	char *larger;

	while (room < needed)
		room *= 2;
	if (room == stream->room)
		return true;
	larger = realloc(*stream->text, room);
	if (larger == NULL)
		return false;
	*stream->text = larger;
	stream->room = room;
	return true;
}

static ssize_t write_text(void *cookie, const char *bytes, size_t length)
{
	struct text_stream *stream = cookie;

	stream->has_failed |= !make_room(stream, *stream->size + length + 1);
	if (stream->has_failed) {
		errno = ENOMEM;
		return 0;
	}
	memcpy(*stream->text + *stream->size, bytes, length);
	*stream->size += length;
	(*stream->text)[*stream->size] = '\0';
	return (ssize_t)length;
}

static int close_text(void *cookie)
{
	struct text_stream *stream = cookie;
	bool has_failed = stream->has_failed;

	free(stream);
	if (has_failed)
		errno = ENOMEM;
	return has_failed ? EOF : 0;
}

static struct text_stream *make(char **ret_text, size_t *ret_size)
{
	struct text_stream *stream = malloc(sizeof(*stream));

	*ret_text = malloc(FIRST_ROOM);
	*ret_size = 0;
	if (stream == NULL || *ret_text == NULL) {
		free(stream);
		free(*ret_text);
		*ret_text = NULL;
		return NULL;
	}
	(*ret_text)[0] = '\0';
	*stream = (struct text_stream){ .text = ret_text, .size = ret_size, .room = FIRST_ROOM };
	return stream;
}

FILE *text_stream_open(char **ret_text, size_t *ret_size)
{
	const cookie_io_functions_t calls = { .write = write_text, .close = close_text };
	struct text_stream *stream = make(ret_text, ret_size);
	FILE *file = stream == NULL ? NULL : fopencookie(stream, "w", calls);

	if (stream != NULL && file == NULL) {
		free(*ret_text);
		*ret_text = NULL;
		free(stream);
	}
	return file;
}
