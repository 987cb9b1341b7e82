/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/cells.h"
#include "cli/format.h"

#include <string.h>

#define SECOND INT64_C(1000000000)

bool cell_id(const struct view *view, const struct columns_style *style, FILE *out)
{
	const char *id = lifecycle_record_id(view->record);

	if (id != NULL)
		fprintf(out, "%.*s", style->whole ? 255 : format_id_length(id), id);
	return id != NULL;
}

/* " (exited 3)", " (exited 137, oom)", " (lost_reboot)", or nothing */
static void print_end(const char *reason, int64_t code, bool oom_killed, FILE *out)
{
	if (reason == NULL && code == LIFECYCLE_UNKNOWN)
		return;
	fprintf(out, " (%s", reason != NULL ? reason : "exit");
	if (code != LIFECYCLE_UNKNOWN)
		fprintf(out, " %lld", (long long)code);
	fputs(oom_killed ? ", oom)" : ")", out);
}

/* " (3)", " (137, oom)", or nothing */
static void print_code(int64_t code, bool oom_killed, FILE *out)
{
	if (code != LIFECYCLE_UNKNOWN)
		fprintf(out, " (%lld%s)", (long long)code, oom_killed ? ", oom" : "");
}

static void print_stopped(const struct view *view, bool brief, const char *status, FILE *out)
{
	const char *reason = lifecycle_reason_name(view->observed.reason);
	int64_t code = view_exit_code(view);
	bool oom_killed = view_oom_killed(view) == 1;

	fputs(brief && reason != NULL ? reason : status, out);
	if (brief)
		print_code(code, oom_killed, out);
	else
		print_end(reason, code, oom_killed, out);
}

/* "running", "paused", "stopped (exited 3)" or briefly "exited (3)", "running (recorded)" if nobody could look */
bool cell_status(const struct view *view, const struct columns_style *style, FILE *out)
{
	const char *status = lifecycle_status_name(view->observed.status);

	if (status == NULL)
		return false;
	if (view_is(view, LIFECYCLE_STATUS_STOPPED)) {
		print_stopped(view, style->brief, status, out);
		return true;
	}
	fputs(view_is_paused(view) ? "paused" : status, out);
	if (!view->observed.looked)
		fputs(style->brief ? "?" : " (recorded)", out);
	return true;
}

/* What is so far off cannot have been: the clock was set. */
static bool is_to_come(int64_t time, int64_t now)
{
	return time - now >= SECOND;
}

static void print_age(int64_t age, const struct columns_style *style, FILE *out)
{
	char buffer[FORMAT_SIZE];

	fputs(style->brief ? format_brief_age(age, buffer) : format_age(age, buffer), out);
}

/* "3 hours ago", or "in 3 hours" */
static bool print_ago(int64_t time, const struct columns_style *style, FILE *out)
{
	if (time == LIFECYCLE_UNKNOWN)
		return false;
	if (is_to_come(time, style->now)) {
		fputs("in ", out);
		print_age(time - style->now, style, out);
	} else {
		print_age(style->now - time, style, out);
		fputs(" ago", out);
	}
	return true;
}

bool cell_created(const struct view *view, const struct columns_style *style, FILE *out)
{
	return print_ago(view->shown->created_at, style, out);
}

bool cell_finished(const struct view *view, const struct columns_style *style, FILE *out)
{
	return print_ago(view->shown->finished_at, style, out);
}

bool cell_exited(const struct view *view, const struct columns_style *style, FILE *out)
{
	return view_is(view, LIFECYCLE_STATUS_STOPPED) && cell_finished(view, style, out);
}

static void print_tilde(const struct view *view, FILE *out)
{
	if (view_start_is_provisional(view))
		putc('~', out);
}

bool cell_started(const struct view *view, const struct columns_style *style, FILE *out)
{
	int64_t time = view->observed.started_at;

	if (time == LIFECYCLE_UNKNOWN)
		return false;
	print_tilde(view, out);
	return print_ago(time, style, out);
}

static int64_t end_of(const struct view *view, const struct columns_style *style)
{
	if (view_is(view, LIFECYCLE_STATUS_STOPPED))
		return view->shown->finished_at;
	return view_is(view, LIFECYCLE_STATUS_RUNNING) ? style->now : LIFECYCLE_UNKNOWN;
}

/* How long it has been running, or ran. */
bool cell_uptime(const struct view *view, const struct columns_style *style, FILE *out)
{
	int64_t from = view->observed.started_at;
	int64_t to = end_of(view, style);

	if (from == LIFECYCLE_UNKNOWN || to == LIFECYCLE_UNKNOWN || is_to_come(from, to))
		return false;
	print_tilde(view, out);
	print_age(to - from, style, out);
	return true;
}

bool cell_pid(const struct view *view, const struct columns_style *style, FILE *out)
{
	(void)style;
	if (view->observed.pid != LIFECYCLE_UNKNOWN)
		fprintf(out, "%lld", (long long)view->observed.pid);
	return view->observed.pid != LIFECYCLE_UNKNOWN;
}

/* What follows "program: ", whose name the record has. */
static const char *without_program(const char *line)
{
	size_t length = strcspn(line, " :\n");

	return length > 0 && strncmp(line + length, ": ", 2) == 0 && line[length + 2] > ' '
		       ? line + length + 2
		       : line;
}

/* "no such network (createRuntime: the hook exited with 7)": what is cut off is what matters least. */
static void print_brief_failure(const struct lifecycle_failure *failure, FILE *out)
{
	const char *said = format_last_line(failure->stderr_text);
	const char *message = failure->message != NULL ? failure->message : "failed";
	const char *point = lifecycle_point_name(failure->point);
	int length;

	said = said != NULL ? without_program(said) : "";
	length = (int)strcspn(said, "\n");
	if (length > 0)
		fprintf(out, "%.*s (%s%s%s)", length, said, point != NULL ? point : "",
			point != NULL ? ": " : "", message);
	else if (point != NULL)
		fprintf(out, "%s (%s)", message, point);
	else
		fputs(message, out);
}

/* "createRuntime: the hook exited with 7: no such network" */
static void print_failure(const struct lifecycle_failure *failure, FILE *out)
{
	const char *point = lifecycle_point_name(failure->point);

	if (point != NULL)
		fprintf(out, "%s: ", point);
	view_print_failure(failure, out);
}

bool cell_error(const struct view *view, const struct columns_style *style, FILE *out)
{
	const struct lifecycle_failure *last = view_last_error(view);

	if (last != NULL && style->brief)
		print_brief_failure(last, out);
	else if (last != NULL)
		print_failure(last, out);
	else if (view->observed.create_error)
		fputs("create failed", out);
	return last != NULL || view->observed.create_error;
}
