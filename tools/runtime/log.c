/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/log.h"
#include "base/defaults.h"
#include "base/io.h"
#include "base/log_line.h"
#include "libstate.h"
#include "runtime/jscan_text.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGE_SIZE 1024
#define LINE_SIZE    (4 * MESSAGE_SIZE)
#define TAIL_SIZE    65536
#define OUR_NAME     "lifecycle-runtime"
#define STDERR_NS    INT64_C(200000000)

/* Only a regular file is opened: anything else could block, and no engine reads it back. */
static int open_log(const struct runtime_log *log, int flags)
{
	struct stat status;
	int fd;

	if (log->path == NULL)
		return -1;
	fd = open(log->path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	(void)close(fd);
	return -1;
}

/* ---- writing ---- */

static size_t format_line(
	const struct runtime_log *log, const char *level, const char *message, char line[LINE_SIZE])
{
	bool json = log->format != NULL && strcmp(log->format, "json") == 0;
	char time[LIFECYCLE_TIME_SIZE];
	FILE *out = fmemopen(line, LINE_SIZE, "w");
	long length;

	if (out == NULL)
		return 0;
	lifecycle_time_format(lifecycle_time_now(), time);
	fprintf(out, json ? "{\"level\":\"%s\",\"msg\":" : "level=%s msg=", level);
	fputs("\"" OUR_NAME ": ", out);
	jscan_put_inside(out, message);
	fputs("\"", out);
	fprintf(out, json ? ",\"time\":\"%s\"}\n" : " time=\"%s\"\n", time);
	length = ftell(out);
	return fclose(out) == 0 && length > 0 ? (size_t)length : 0;
}

static bool write_to_log(const struct runtime_log *log, const char *level, const char *message)
{
	char line[LINE_SIZE];
	size_t length = format_line(log, level, message, line);
	int fd = open_log(log, O_WRONLY | O_APPEND | O_CREAT);
	bool written;

	if (fd < 0)
		return false;
	written = length > 0 && io_write_all(fd, line, length) == 0;
	(void)close(fd);
	return written;
}

static void make_message(char message[MESSAGE_SIZE], const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

static void make_message(char message[MESSAGE_SIZE], const char *format, va_list arguments)
{
	vsnprintf(message, MESSAGE_SIZE, format, arguments);
	for (char *byte = message; *byte != '\0'; byte++) {
		if ((unsigned char)*byte < 0x20)
			*byte = '?';
	}
}

static void log_to_system(
	const struct runtime_log *log, enum log_line_severity severity, const char *message)
{
	const struct log_line_context context = { .container_id = log->container_id };

	log_line_to_system(severity, OUR_NAME, message, &context);
}

void runtime_log_warning(const struct runtime_log *log, const char *format, ...)
{
	char message[MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	make_message(message, format, arguments);
	va_end(arguments);
	if (!write_to_log(log, "warning", message))
		log_line_to_stderr(OUR_NAME, message, lifecycle_monotonic_now() + STDERR_NS);
	log_to_system(log, LOG_LINE_WARNING, message);
}

void runtime_log_error(const struct runtime_log *log, const char *format, ...)
{
	char message[MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	make_message(message, format, arguments);
	va_end(arguments);
	(void)write_to_log(log, "error", message);
	log_line_to_stderr(OUR_NAME, message, lifecycle_monotonic_now() + STDERR_NS);
	log_to_system(log, LOG_LINE_ERROR, message);
}

/* ---- reading ---- */

int64_t runtime_log_length(const struct runtime_log *log)
{
	struct stat status;
	int fd = open_log(log, O_RDONLY);
	int64_t length = 0;

	if (fd < 0)
		return 0;
	if (fstat(fd, &status) == 0)
		length = status.st_size;
	(void)close(fd);
	return length;
}

/* The text from that place on, at most the last TAIL_SIZE of it; NULL if there is none. free() it. */
static char *read_tail(const struct runtime_log *log, int64_t place)
{
	int fd = open_log(log, O_RDONLY);
	char *text = malloc(TAIL_SIZE + 1);
	struct stat status;
	ssize_t length = -1;

	if (fd >= 0 && text != NULL && fstat(fd, &status) == 0) {
		if (status.st_size - place > TAIL_SIZE)
			place = status.st_size - TAIL_SIZE;
		if (lseek(fd, place, SEEK_SET) >= 0)
			length = io_read_up_to(fd, text, TAIL_SIZE);
	}
	if (fd >= 0)
		(void)close(fd);
	if (length < 0) {
		free(text);
		return NULL;
	}
	text[length] = '\0';
	return text;
}

static bool is_error(const struct jscan_value *level)
{
	char name[16];

	return level->kind == JSCAN_STRING && jscan_string(level, name, sizeof(name)) &&
	       (strcmp(name, "error") == 0 || strcmp(name, "fatal") == 0);
}

/* As much of the string as there is room for; false if there is none. */
static bool read_string(const struct jscan_value *string, char *buffer, size_t size)
{
	size_t whole_size = (size_t)(string->end - string->start);
	char *whole = malloc(whole_size);
	bool is_read = whole != NULL && jscan_string(string, whole, whole_size);

	if (is_read)
		snprintf(buffer, size, "%s", whole);
	free(whole);
	return is_read;
}

/* A line without a letter is a bracket, a rule or a number, and says nothing. */
static bool says_something(const char *text)
{
	for (; *text != '\0'; text++) {
		if (isalpha((unsigned char)*text) || (unsigned char)*text >= 0x80)
			return true;
	}
	return false;
}

/* The message of an error, as runc, crun and runsc write it. */
static bool read_json_error(const struct jscan_value *object, char *message, size_t size)
{
	struct jscan_value level, text;

	if (jscan_find(object, "level", &level) != JSCAN_FOUND || !is_error(&level) ||
		jscan_find(object, "msg", &text) != JSCAN_FOUND || text.kind != JSCAN_STRING)
		return false;
	return read_string(&text, message, size) && says_something(message);
}

/* The next entry of a log: a JSON object, on one line or more, or else a line of text, which is cut off the rest. */
static bool next_entry(char **rest, struct jscan_value *ret_object, const char **ret_line)
{
	if (*rest == NULL)
		return false;
	*rest += strspn(*rest, " \t\r\n");
	if (**rest == '\0')
		return false;
	*ret_line = NULL;
	if (**rest == '{' && jscan_first(*rest, strlen(*rest), ret_object))
		*rest += ret_object->end - ret_object->start;
	else
		*ret_line = strsep(rest, "\n");
	return true;
}

void runtime_log_last_error(const struct runtime_log *log, int64_t place, char *buffer, size_t size)
{
	char *text = read_tail(log, place), *rest = text, message[DEFAULTS_TEXT_LIMIT];
	struct jscan_value object;
	const char *line;
	bool marked = false;

	buffer[0] = '\0';
	while (next_entry(&rest, &object, &line)) {
		if (line == NULL && read_json_error(&object, message, sizeof(message))) {
			snprintf(buffer, size, "%s", message);
			marked = true;
		} else if (line != NULL && !marked && *line != '{' && says_something(line)) {
			snprintf(buffer, size, "%s", line);
		}
	}
	free(text);
}
