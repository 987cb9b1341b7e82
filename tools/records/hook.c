/* SPDX-License-Identifier: Apache-2.0 */
#include "records/hook.h"
#include "base/text_stream.h"
#include "cli/format.h"

#include <stdlib.h>
#include <string.h>

/* ---- how long ---- */

/* The current generation, which alone has hooks. */
static bool is_alive(const struct view *view)
{
	enum lifecycle_status status = view_status_of(view, view->current);

	return status != LIFECYCLE_STATUS_NONE && status != LIFECYCLE_STATUS_STOPPED;
}

/* The first time after another one; unknown if it is not after it. */
static int64_t first_after(int64_t time, int64_t first, int64_t next)
{
	if (next == LIFECYCLE_UNKNOWN || next <= time)
		return first;
	return first == LIFECYCLE_UNKNOWN || next < first ? next : first;
}

/* When the next thing happened that the record knows of. */
static int64_t next_evidence(const struct view *view, int64_t time)
{
	int64_t next = first_after(time, LIFECYCLE_UNKNOWN, view->current->finished_at);

	for (size_t i = 0; i < lifecycle_record_hook_count(view->record); i++)
		next = first_after(time, next, lifecycle_record_hook(view->record, i)->time);
	for (size_t i = 0; i < lifecycle_record_error_count(view->record); i++)
		next = first_after(time, next, lifecycle_record_error(view->record, i)->time);
	return next;
}

static int64_t length_until(int64_t from, int64_t to)
{
	return from == LIFECYCLE_UNKNOWN || to == LIFECYCLE_UNKNOWN || to < from ? LIFECYCLE_UNKNOWN
										 : to - from;
}

enum hook_progress hook_progress(
	const struct view *view, size_t index, int64_t now, int64_t *ret_length)
{
	const struct lifecycle_hook *hook = lifecycle_record_hook(view->record, index);

	*ret_length = view_duration(hook);
	if (hook->command == NULL)
		return HOOK_ALONE;
	if (*ret_length != LIFECYCLE_UNKNOWN)
		return HOOK_BACK;
	if (is_alive(view) && index + 1 == lifecycle_record_hook_count(view->record)) {
		*ret_length = length_until(hook->time, now);
		return HOOK_AT_WORK;
	}
	*ret_length = length_until(hook->time, next_evidence(view, hook->time));
	return HOOK_LOST;
}

/* ---- whether it failed ---- */

/* Whether a failure can be this hook's by its time: that of the hook's end, or of its beginning where it did not come back. */
static bool is_at(const struct lifecycle_failure *failure, const struct lifecycle_hook *hook)
{
	int64_t duration = view_duration(hook);

	return failure->time >= hook->time &&
	       (duration == LIFECYCLE_UNKNOWN || failure->time <= view_after(hook->time, duration));
}

const struct lifecycle_failure *hook_failure(
	const struct view *view, const struct lifecycle_hook *hook)
{
	for (size_t i = 0; i < lifecycle_record_error_count(view->record); i++) {
		const struct lifecycle_failure *failure = lifecycle_record_error(view->record, i);

		if (hook->command != NULL && failure->command != NULL &&
			failure->point == hook->point && failure->index == hook->index &&
			strcmp(failure->command, hook->command) == 0 && is_at(failure, hook))
			return failure;
	}
	return NULL;
}

/* ---- what it is called ---- */

const char *hook_program(const char *command, const char *const *argv)
{
	static const char processes[] = "/proc/";

	if (command != NULL && argv != NULL && argv[0] != NULL && argv[0][0] != '\0' &&
		strncmp(command, processes, strlen(processes)) == 0)
		return argv[0];
	return command;
}

static void print_command_line(
	const char *command, const char *const *argv, int64_t index, FILE *out)
{
	format_word(out, argv != NULL && argv[0] != NULL ? argv[0] : command);
	for (size_t i = 1; argv != NULL && argv[0] != NULL && argv[i] != NULL; i++) {
		putc(' ', out);
		format_word(out, argv[i]);
	}
	if (index != LIFECYCLE_UNKNOWN)
		fprintf(out, " (hook %lld)", (long long)index);
}

char *hook_command_line(const char *command, const char *const *argv, int64_t index)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (command == NULL)
		return NULL;
	out = text_stream_open(&text, &size);
	if (out == NULL)
		return NULL;
	print_command_line(command, argv, index, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* ---- what it was called with ---- */

const char *hook_argument(const struct lifecycle_hook *hook, const char *number)
{
	size_t wanted = (size_t)strtoul(number, NULL, 10);

	for (size_t i = 0; hook->argv != NULL && hook->argv[i] != NULL; i++)
		if (i == wanted)
			return hook->argv[i];
	return NULL;
}

static bool is_same_text(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

bool hook_has_same_arguments(const struct lifecycle_hook *one, const struct lifecycle_hook *other,
	const struct cli_values *numbers)
{
	for (size_t i = 0; i < numbers->count; i++)
		if (!is_same_text(hook_argument(one, numbers->items[i]),
			    hook_argument(other, numbers->items[i])))
			return false;
	return true;
}
