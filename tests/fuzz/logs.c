/* SPDX-License-Identifier: Apache-2.0 */
/* What conmon and a runtime have written. */
#include "container/log_tail.h"
#include "runtime/log.h"
#include "targets.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- conmon's log, in pieces ---- */

/* What the container has written to each stream, and of lines that are none of conmon's how many there are. */
struct written {
	char *text[LOG_STREAM_NONE];
	size_t length[LOG_STREAM_NONE];
	int64_t left_out;
};

static void put(struct written *written, enum log_stream stream, const char *text, size_t length)
{
	memcpy(written->text[stream] + written->length[stream], text, length);
	written->length[stream] += length;
}

/* With no more than `piece` bytes at once. */
static struct written read_in_pieces(const char *bytes, size_t length, size_t piece)
{
	struct written written = { { malloc(2 * length + 1), malloc(2 * length + 1) }, { 0, 0 },
		0 };
	struct log_scan scan = { 0 };
	struct log_part part;

	if (written.text[0] == NULL || written.text[1] == NULL)
		abort();
	while (length > 0) {
		size_t size = length < piece ? length : piece;
		size_t taken = log_scan_take(&scan, bytes, size, size == piece, &part);

		if (taken == 0)
			break;
		if (part.stream != LOG_STREAM_NONE) {
			put(&written, part.stream, part.text, part.length);
			if (part.ends)
				put(&written, part.stream, "\n", 1);
		}
		bytes += taken;
		length -= taken;
	}
	written.left_out = scan.left_out;
	return written;
}

static void forget(const struct written *written)
{
	for (int i = 0; i < LOG_STREAM_NONE; i++)
		free(written->text[i]);
}

static const char *check_pieces(const char *bytes, size_t length)
{
	static const size_t pieces[] = { LOG_PART_HEADER_MAX, LOG_PART_HEADER_MAX + 1, 1000 };
	struct written whole = read_in_pieces(bytes, length, length + 1);
	const char *fault = NULL;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct written cut = read_in_pieces(bytes, length, pieces[i]);

		if (cut.left_out != whole.left_out)
			fault = "in pieces other lines are left out";
		for (int j = 0; j < LOG_STREAM_NONE; j++)
			if (cut.length[j] != whole.length[j] ||
				memcmp(cut.text[j], whole.text[j], cut.length[j]) != 0)
				fault = "in pieces another text is read";
		forget(&cut);
	}
	forget(&whole);
	return fault;
}

/* ---- its last lines ---- */

/* A line of the container's: where its first part begins, and its last one. */
struct line {
	enum log_stream stream;
	size_t first, last;
};

/* All of them, by where they end. */
static size_t find_lines(const char *bytes, size_t length, struct line *lines)
{
	struct line open[LOG_STREAM_NONE];
	bool is_open[LOG_STREAM_NONE] = { false, false };
	size_t count = 0;

	for (size_t at = 0; at < length;) {
		const char *newline = memchr(bytes + at, '\n', length - at);
		size_t size = (size_t)(newline - (bytes + at));
		struct log_part part;

		log_part_parse(bytes + at, size, &part);
		if (part.stream != LOG_STREAM_NONE) {
			if (!is_open[part.stream])
				open[part.stream] = (struct line){ part.stream, at, at };
			open[part.stream].last = at;
			is_open[part.stream] = !part.ends;
			if (part.ends)
				lines[count++] = open[part.stream];
		}
		at += size + 1;
	}
	for (int i = 0; i < LOG_STREAM_NONE; i++)
		if (is_open[i])
			lines[count++] = open[i];
	return count;
}

static int by_end(const void *one, const void *other)
{
	const struct line *a = one, *b = other;

	return a->last < b->last ? 1 : -1;
}

static const char *check_starts(const struct line *lines, size_t count, size_t length,
	const struct log_tail *tail, size_t wanted)
{
	size_t starts[LOG_STREAM_NONE] = { length, length };

	for (size_t i = 0; i < count && i < wanted; i++)
		if (lines[i].first < starts[lines[i].stream])
			starts[lines[i].stream] = lines[i].first;
	for (int i = 0; i < LOG_STREAM_NONE; i++)
		if (tail->start[i] != (int64_t)starts[i])
			return "the last lines begin at another place";
	return NULL;
}

/* Of a text whose first bytes are `complete` lines. */
static const char *check_tail(const char *bytes, size_t length, size_t complete, size_t wanted)
{
	static int file = -1;
	struct log_tail tail = { .left = (int64_t)wanted };
	struct line *lines;
	const char *fault;
	size_t count;

	if (file < 0)
		file = memfd_create("log", MFD_CLOEXEC);
	if (ftruncate(file, 0) < 0 || pwrite(file, bytes, length, 0) != (ssize_t)length ||
		log_tail_find(file, &tail) < 0)
		return "there is no file";
	lines = calloc(complete + LOG_STREAM_NONE, sizeof(*lines));
	if (lines == NULL)
		abort();
	count = find_lines(bytes, complete, lines);
	qsort(lines, count, sizeof(*lines), by_end);
	fault = check_starts(lines, count, complete, &tail, wanted);
	free(lines);
	return fault;
}

const char *fuzz_conmon_log(const char *bytes, size_t length)
{
	const char *newline = memrchr(bytes, '\n', length), *fault;
	size_t complete = newline != NULL ? (size_t)(newline - bytes) + 1 : 0;

	if (newline == NULL)
		return NULL;
	/* what is behind the last newline is read as far as a piece is full, and is no line yet */
	fault = check_pieces(bytes, complete);
	for (size_t wanted = 0; wanted < 4 && !fault; wanted++)
		fault = check_tail(bytes, length, complete, wanted);
	return fault;
}

/* ---- a runtime's log ---- */

static bool has_letter(const char *text)
{
	for (; *text != '\0'; text++)
		if (isalpha((unsigned char)*text) || (unsigned char)*text >= 0x80)
			return true;
	return false;
}

const char *fuzz_runtime_log(const char *bytes, size_t length)
{
	static int file = -1;
	static char path[64];
	struct runtime_log log = { .path = path, .format = "json" };
	char said[100], more[4096];

	if (file < 0) {
		file = memfd_create("log", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	}
	if (ftruncate(file, 0) < 0 || pwrite(file, bytes, length, 0) != (ssize_t)length)
		return "there is no file";
	memset(said, 'x', sizeof(said));
	runtime_log_last_error(&log, 0, said, sizeof(said));
	runtime_log_last_error(&log, 0, more, sizeof(more));
	if (memchr(said, '\0', sizeof(said)) == NULL || strlen(said) > length)
		return "it says more than there is";
	if (strncmp(said, more, strlen(said)) != 0)
		return "with more room it says another thing";
	return more[0] == '\0' || has_letter(more) ? NULL : "it says nothing";
}
