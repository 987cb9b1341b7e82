/* SPDX-License-Identifier: Apache-2.0 */
#include "container/log_tail.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_SIZE 65536

/* ---- what is wanted ---- */

void log_tail_take(struct log_tail *tail, const struct log_part *part, int64_t at)
{
	if (part->stream == LOG_STREAM_NONE)
		return;
	/* the last part of a line: of one that has ended, or of the one that the stream is at */
	if (part->ends || !tail->seen[part->stream]) {
		tail->wanted[part->stream] = tail->left > 0;
		tail->left -= tail->left > 0;
	}
	tail->seen[part->stream] = true;
	if (tail->wanted[part->stream])
		tail->start[part->stream] = at;
}

bool log_tail_is_found(const struct log_tail *tail)
{
	return tail->left <= 0 && !tail->wanted[LOG_STREAM_STDOUT] &&
	       !tail->wanted[LOG_STREAM_STDERR];
}

/* ---- the file ---- */

/* A piece of the file: lines that begin in `own` bytes of it are looked at, and what is behind them is the last line's. */
struct block {
	int64_t at;
	size_t own;
	size_t length;
	char bytes[BLOCK_SIZE + LOG_PART_HEADER_MAX];
};

static int read_block(int file, int64_t end, struct block *block)
{
	ssize_t count;

	block->own = end < BLOCK_SIZE ? (size_t)end : BLOCK_SIZE;
	block->at = end - (int64_t)block->own;
	count = pread(file, block->bytes, sizeof(block->bytes), block->at);
	if (count < 0)
		return -1;
	block->length = (size_t)count;
	if (block->own > block->length)
		block->own = block->length;
	return 0;
}

/* The line that begins at this place of the block. */
static void take_line(struct log_tail *tail, const struct block *block, size_t place)
{
	const char *bytes = block->bytes + place;
	size_t size = block->length - place;
	struct log_part part;
	const char *newline;

	if (size > LOG_PART_HEADER_MAX)
		size = LOG_PART_HEADER_MAX;
	newline = memchr(bytes, '\n', size);
	log_part_parse(bytes, newline != NULL ? (size_t)(newline - bytes) : size, &part);
	log_tail_take(tail, &part, block->at + (int64_t)place);
}

static const char *newline_before(const struct block *block, size_t place)
{
	return memrchr(block->bytes, '\n', place);
}

/* Lines begin behind newlines. What is behind the file's last one is no line yet: that one is met if `*complete`. */
static void take_block(struct log_tail *tail, const struct block *block, bool *complete)
{
	const char *newline = newline_before(block, block->own);

	while (newline != NULL && !(*complete && log_tail_is_found(tail))) {
		size_t place = (size_t)(newline - block->bytes);

		if (*complete)
			take_line(tail, block, place + 1);
		else
			for (int i = 0; i < LOG_STREAM_NONE; i++)
				tail->start[i] = block->at + (int64_t)place + 1;
		*complete = true;
		newline = newline_before(block, place);
	}
	if (newline == NULL && block->at == 0 && *complete)
		take_line(tail, block, 0);
}

int log_tail_find(int file, struct log_tail *tail)
{
	struct stat status;
	struct block block;
	bool complete = false;

	if (fstat(file, &status) < 0)
		return -1;
	for (int64_t end = status.st_size; end > 0; end = block.at) {
		if (read_block(file, end, &block) < 0)
			return -1;
		take_block(tail, &block, &complete);
		if (complete && log_tail_is_found(tail))
			break;
	}
	return 0;
}
