/* SPDX-License-Identifier: Apache-2.0 */
#include "container/log.h"
#include "base/error.h"
#include "base/io.h"
#include "container/conmon.h"
#include "container/log_part.h"
#include "container/log_tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define BUFFER_SIZE   65536
#define LOOK_EVERY_NS 100000000

/* A line of the container's, as far as it has come. */
struct line {
	bool begun;
	bool shown;
};

struct log_reader {
	char *path;
	struct log_options options;
	int changes;
	int file; /* -1: it is not there yet */

	struct log_scan scan;
	int64_t start[LOG_STREAM_NONE];
	int64_t at; /* where in the file `in` begins */
	size_t in_length;
	char in[BUFFER_SIZE];

	struct line lines[LOG_STREAM_NONE];
	enum log_stream out_stream;
	size_t out_length;
	char out[BUFFER_SIZE];
};

/* ---- output: together for as long as one stream has it, so that what is on one terminal stays in order ---- */

static int flush(struct log_reader *reader, struct lifecycle_error *error)
{
	bool is_stdout = reader->out_stream == LOG_STREAM_STDOUT;
	size_t length = reader->out_length;

	reader->out_length = 0;
	if (io_write_all(is_stdout ? STDOUT_FILENO : STDERR_FILENO, reader->out, length) == 0)
		return 0;
	return error_errno(error, errno, "cannot write to the standard %s",
		is_stdout ? "output" : "error output");
}

static int put(struct log_reader *reader, enum log_stream stream, const char *bytes, size_t length,
	struct lifecycle_error *error)
{
	if ((stream != reader->out_stream || length > BUFFER_SIZE - reader->out_length) &&
		flush(reader, error) < 0)
		return -1;
	reader->out_stream = stream;
	memcpy(reader->out + reader->out_length, bytes, length);
	reader->out_length += length;
	return 0;
}

static int put_time(
	struct log_reader *reader, const struct log_part *part, struct lifecycle_error *error)
{
	char text[LIFECYCLE_TIME_SIZE + 1];

	lifecycle_time_format(part->time, text);
	if (text[0] == '\0')
		strcpy(text, "-");
	strcat(text, " ");
	return put(reader, part->stream, text, strlen(text), error);
}

static int show(
	struct log_reader *reader, const struct log_part *part, struct lifecycle_error *error)
{
	struct line *line = &reader->lines[part->stream];
	bool begins = !line->begun;

	if (begins)
		line->shown = part->time >= reader->options.since;
	line->begun = !part->ends;
	if (!line->shown)
		return 0;
	if (begins && reader->options.timestamps && put_time(reader, part, error) < 0)
		return -1;
	if (put(reader, part->stream, part->text, part->length, error) < 0)
		return -1;
	return part->ends ? put(reader, part->stream, "\n", 1, error) : 0;
}

/* ---- the file ---- */

/* Nothing but a file can be read at once, and from its end. */
static int check_file(int file, const char *path, struct lifecycle_error *error)
{
	struct stat status;

	if (fstat(file, &status) < 0)
		return error_errno(error, errno, "'%s'", path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, LIFECYCLE_ERROR_SYSTEM, "'%s' is no regular file", path);
	return 0;
}

static int begin_at_tail(struct log_reader *reader, int file, struct lifecycle_error *error)
{
	struct log_tail tail = { .left = reader->options.tail };

	if (reader->options.tail == LIFECYCLE_UNKNOWN)
		return 0;
	if (log_tail_find(file, &tail) < 0)
		return error_errno(error, errno, "'%s'", reader->path);
	memcpy(reader->start, tail.start, sizeof(reader->start));
	reader->at = tail.start[LOG_STREAM_STDOUT] < tail.start[LOG_STREAM_STDERR]
			     ? tail.start[LOG_STREAM_STDOUT]
			     : tail.start[LOG_STREAM_STDERR];
	return 0;
}

/* 1: it is open, 0: it is not there. */
static int open_file(struct log_reader *reader, struct lifecycle_error *error)
{
	int file;

	if (reader->file >= 0)
		return 1;
	file = open(reader->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0 && errno == ENOENT)
		return 0;
	if (file < 0)
		return error_errno(error, errno, "'%s'", reader->path);
	if (check_file(file, reader->path, error) < 0 || begin_at_tail(reader, file, error) < 0) {
		(void)close(file);
		return -1;
	}
	reader->file = file;
	return 1;
}

/* Somebody emptied the file to make room: it is read from its beginning. */
static bool begin_anew(struct log_reader *reader)
{
	struct stat status;

	if (fstat(reader->file, &status) < 0 ||
		status.st_size >= reader->at + (int64_t)reader->in_length)
		return false;
	reader->at = 0;
	reader->in_length = 0;
	reader->scan.goes_on = false;
	memset(reader->start, 0, sizeof(reader->start));
	return true;
}

/* 1: there is more in `in`, 0: the file has no more. */
static int read_more(struct log_reader *reader, struct lifecycle_error *error)
{
	ssize_t count = pread(reader->file, reader->in + reader->in_length,
		BUFFER_SIZE - reader->in_length, reader->at + (int64_t)reader->in_length);

	if (count < 0)
		return error_errno(error, errno, "'%s'", reader->path);
	reader->in_length += (size_t)count;
	return count > 0 || begin_anew(reader);
}

/* Shows what is complete in `in`, and keeps the rest. */
static int show_all(struct log_reader *reader, struct lifecycle_error *error)
{
	size_t taken = 0, size;
	struct log_part part;
	int result = 0;

	while (result == 0 && taken < reader->in_length) {
		size = log_scan_take(&reader->scan, reader->in + taken, reader->in_length - taken,
			taken == 0 && reader->in_length == BUFFER_SIZE, &part);
		if (size == 0)
			break;
		if (part.stream != LOG_STREAM_NONE &&
			reader->at + (int64_t)taken >= reader->start[part.stream])
			result = show(reader, &part, error);
		taken += size;
	}
	reader->at += (int64_t)taken;
	reader->in_length -= taken;
	memmove(reader->in, reader->in + taken, reader->in_length);
	return result;
}

/* ---- changes ---- */

/* The container's directory is watched, for the file may not be there yet. Who has too many watches already is told the time
 * instead, which is as good but for what it costs. */
static int open_changes(const char *directory)
{
	const struct timespec often = { .tv_nsec = LOOK_EVERY_NS };
	const struct itimerspec times = { often, often };
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd >= 0 && inotify_add_watch(fd, directory, IN_CREATE | IN_MODIFY | IN_MOVED_TO) >= 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd >= 0)
		(void)timerfd_settime(fd, 0, &times, NULL);
	return fd;
}

/* What has changed until now is in the file when that is read. */
static void forget_changes(const struct log_reader *reader)
{
	_Alignas(struct inotify_event) char events[4096];

	while (read(reader->changes, events, sizeof(events)) > 0)
		;
}

/* ---- the reader ---- */

int log_open(const char *path, const struct log_options *options, struct log_reader **ret_reader,
	struct lifecycle_error *error)
{
	struct log_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return error_no_memory(error);
	reader->options = *options;
	reader->file = -1;
	reader->changes = open_changes(path);
	if (reader->changes < 0) {
		(void)error_errno(error, errno, "'%s' cannot be watched", path);
		log_close(reader);
		return -1;
	}
	if (asprintf(&reader->path, "%s/" CONMON_LOG_NAME, path) < 0) {
		reader->path = NULL;
		log_close(reader);
		return error_no_memory(error);
	}
	*ret_reader = reader;
	return 0;
}

void log_close(struct log_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->file >= 0)
		(void)close(reader->file);
	if (reader->changes >= 0)
		(void)close(reader->changes);
	free(reader->path);
	free(reader);
}

int log_fd(const struct log_reader *reader)
{
	return reader->changes;
}

int log_print(struct log_reader *reader, struct lifecycle_error *error)
{
	int result;

	forget_changes(reader);
	result = open_file(reader, error);
	if (result > 0)
		result = read_more(reader, error);
	if (result > 0 && (show_all(reader, error) < 0 || flush(reader, error) < 0))
		return -1;
	return result;
}

int64_t log_left_out(const struct log_reader *reader)
{
	return reader->scan.left_out;
}
