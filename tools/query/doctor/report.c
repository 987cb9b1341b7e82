/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/report.h"
#include "base/text_stream.h"
#include "cli/format.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void report_free(struct report *report)
{
	for (size_t i = 0; i < report->count; i++)
		free(report->subjects[i].checks);
	for (size_t i = 0; i < report->pool_count; i++)
		free(report->pool[i]);
	free(report->subjects);
	free(report->pool);
}

/* ---- texts ---- */

/* Takes the text, which may be NULL. */
static const char *keep(struct report *report, char *text)
{
	char **pool = NULL;

	if (text != NULL)
		pool = reallocarray(report->pool, report->pool_count + 1, sizeof(*pool));
	if (pool == NULL) {
		free(text);
		report->no_memory = true;
		return "";
	}
	report->pool = pool;
	pool[report->pool_count++] = text;
	return text;
}

__attribute__((format(printf, 2, 0))) static const char *keep_formatted(
	struct report *report, const char *format, va_list arguments)
{
	char *text;

	return keep(report, vasprintf(&text, format, arguments) >= 0 ? text : NULL);
}

const char *report_text(struct report *report, const char *format, ...)
{
	const char *text;
	va_list arguments;

	va_start(arguments, format);
	text = keep_formatted(report, format, arguments);
	va_end(arguments);
	return text;
}

/* What was written to the stream that text_stream_open() gave. */
static const char *keep_stream(struct report *report, FILE *stream, char **text)
{
	bool failed = fclose(stream) != 0;

	if (failed) {
		free(*text);
		*text = NULL;
	}
	return keep(report, *text);
}

const char *report_word(struct report *report, const char *text)
{
	char *word = NULL;
	size_t size;
	FILE *stream = text_stream_open(&word, &size);

	if (stream == NULL)
		return keep(report, NULL);
	format_word(stream, text);
	return keep_stream(report, stream, &word);
}

const char *report_joined(
	struct report *report, const char *const *texts, size_t count, const char *between)
{
	char *joined = NULL;
	size_t size;
	FILE *stream = text_stream_open(&joined, &size);

	if (stream == NULL)
		return keep(report, NULL);
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "%s%s", i > 0 ? between : "", texts[i]);
	return keep_stream(report, stream, &joined);
}

/* ---- subjects and checks ---- */

static struct report_subject *current(struct report *report)
{
	return &report->subjects[report->count - 1];
}

/* Room for one more that is all zero; NULL if memory is out. */
static void *grow(struct report *report, void *array, size_t count, size_t size)
{
	char *grown = reallocarray(array, count + 1, size);

	if (grown == NULL)
		report->no_memory = true;
	else
		memset(grown + count * size, 0, size);
	return grown;
}

void report_begin(struct report *report, const char *name)
{
	struct report_subject *subjects =
		grow(report, report->subjects, report->count, sizeof(*subjects));

	if (subjects == NULL)
		return;
	report->subjects = subjects;
	subjects[report->count++].name = name;
}

void report_absent(struct report *report)
{
	if (report->count > 0)
		current(report)->is_absent = true;
}

void report_found(struct report *report, const char *version, const char *path)
{
	if (report->count == 0)
		return;
	if (version != NULL && version[0] != '\0')
		current(report)->version =
			report_text(report, "%.*s", (int)strcspn(version, "\n"), version);
	if (path != NULL)
		current(report)->path = report_text(report, "%s", path);
}

void report_recorded(struct report *report, enum report_recorded recorded)
{
	if (report->count > 0)
		current(report)->recorded = recorded;
}

void report_check(
	struct report *report, enum report_state state, const char *what, const char *format, ...)
{
	struct report_check *checks;
	va_list arguments;

	if (report->count == 0)
		return;
	checks = grow(report, current(report)->checks, current(report)->count, sizeof(*checks));
	if (checks == NULL)
		return;
	current(report)->checks = checks;
	va_start(arguments, format);
	checks[current(report)->count++] = (struct report_check){ .state = state,
		.what = what,
		.text = keep_formatted(report, format, arguments),
		.cure = "" };
	va_end(arguments);
}

void report_cure(struct report *report, const char *format, ...)
{
	struct report_check *last;
	const char *line;
	va_list arguments;

	if (report->count == 0 || current(report)->count == 0)
		return;
	last = &current(report)->checks[current(report)->count - 1];
	va_start(arguments, format);
	line = keep_formatted(report, format, arguments);
	va_end(arguments);
	last->cure = report_text(report, "%s%s\n", last->cure, line);
}

bool report_is_well(const struct report *report)
{
	for (size_t i = 0; i < report->count; i++)
		for (size_t j = 0; j < report->subjects[i].count; j++)
			if (report->subjects[i].checks[j].state >= REPORT_UNKNOWN)
				return false;
	return true;
}
