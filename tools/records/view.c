/* SPDX-License-Identifier: Apache-2.0 */
#include "records/view.h"
#include "cli/format.h"
#include "records/freezer.h"

#include <string.h>

/* What lives may be an earlier generation's process, and what is observed is of that one. */
static const struct lifecycle_generation *find_shown(const struct view *view)
{
	int64_t pid = view->observed.pid;

	if (pid == LIFECYCLE_UNKNOWN || pid == view->current->pid)
		return view->current;
	for (size_t i = lifecycle_record_previous_count(view->record); i-- > 0;) {
		const struct lifecycle_generation *previous =
			lifecycle_record_previous(view->record, i);

		if (previous->pid == pid)
			return previous;
	}
	return view->current;
}

void view_of(const struct lifecycle_record *record, struct view *ret_view)
{
	ret_view->record = record;
	ret_view->observed.size = sizeof(ret_view->observed);
	ret_view->current = lifecycle_record_current(record);
	lifecycle_observe(record, &ret_view->observed);
	ret_view->shown = find_shown(ret_view);
}

/* ---- one value ---- */

int64_t view_generation(const struct view *view)
{
	return view->shown->generation;
}

int64_t view_created_at(const struct view *view)
{
	return view->shown->created_at;
}

int64_t view_started_at(const struct view *view)
{
	return view->observed.started_at;
}

int64_t view_finished_at(const struct view *view)
{
	return view->shown->finished_at;
}

int64_t view_exit_code(const struct view *view)
{
	return view->observed.exit_code;
}

int64_t view_exit_signal(const struct view *view)
{
	return view->observed.exit_signal;
}

int64_t view_oom_killed(const struct view *view)
{
	if (!view_is(view, LIFECYCLE_STATUS_STOPPED) ||
		view->shown->oom_killed == LIFECYCLE_TRUTH_NONE)
		return LIFECYCLE_UNKNOWN;
	return view->shown->oom_killed == LIFECYCLE_TRUTH_TRUE;
}

int64_t view_create_error(const struct view *view)
{
	return view->observed.create_error;
}

/* ---- questions ---- */

bool view_is(const struct view *view, enum lifecycle_status status)
{
	return view->observed.status == status;
}

bool view_has_reason(const struct view *view, enum lifecycle_reason reason)
{
	return view->observed.reason == reason;
}

bool view_never_ran(const struct view *view)
{
	return view_has_reason(view, LIFECYCLE_REASON_CREATE_FAILED) ||
	       view_has_reason(view, LIFECYCLE_REASON_NEVER_STARTED);
}

bool view_has_exited_for_docker(const struct view *view)
{
	if (!view_is(view, LIFECYCLE_STATUS_STOPPED))
		return false;
	return !view_never_ran(view) || (view_has_reason(view, LIFECYCLE_REASON_NEVER_STARTED) &&
						view->observed.exit_code != LIFECYCLE_UNKNOWN);
}

bool view_is_paused(const struct view *view)
{
	return view_is(view, LIFECYCLE_STATUS_RUNNING) && freezer_look(view->observed.pid) == 1;
}

bool view_start_is_provisional(const struct view *view)
{
	const struct lifecycle_generation shown = { .started_at_source =
							    view->observed.started_at_source };

	return lifecycle_start_is_provisional(&shown);
}

/* ---- one generation ---- */

enum lifecycle_status view_status_of(
	const struct view *view, const struct lifecycle_generation *generation)
{
	if (generation == view->shown)
		return view->observed.status;
	return generation == view->current ? LIFECYCLE_STATUS_STOPPED : generation->status;
}

enum lifecycle_reason view_reason_of(
	const struct view *view, const struct lifecycle_generation *generation)
{
	return generation == view->shown ? view->observed.reason : generation->reason;
}

enum lifecycle_source view_source_of(
	const struct view *view, const struct lifecycle_generation *generation)
{
	return generation == view->shown ? view->observed.started_at_source
					 : generation->started_at_source;
}

int64_t view_exit_code_of(const struct view *view, const struct lifecycle_generation *generation)
{
	return generation == view->shown ? view->observed.exit_code : generation->exit_code;
}

bool view_create_error_of(const struct view *view, const struct lifecycle_generation *generation)
{
	return generation == view->shown ? view->observed.create_error : generation->create_error;
}

int64_t view_known_start(const struct view *view, const struct lifecycle_generation *generation)
{
	if (generation == view->shown)
		return view_start_is_provisional(view) ? LIFECYCLE_UNKNOWN
						       : view->observed.started_at;
	return lifecycle_start_is_provisional(generation) ? LIFECYCLE_UNKNOWN
							  : generation->started_at;
}

int64_t view_first_created(const struct view *view)
{
	for (size_t i = 0; i < lifecycle_record_previous_count(view->record); i++) {
		int64_t time = lifecycle_record_previous(view->record, i)->created_at;

		if (time != LIFECYCLE_UNKNOWN)
			return time;
	}
	return view->current->created_at;
}

/* ---- what is kept of the current generation alone ---- */

const char *view_bundle(const struct view *view)
{
	return view->shown == view->current ? lifecycle_record_bundle(view->record) : NULL;
}

const struct lifecycle_failure *view_last_error(const struct view *view)
{
	size_t count = lifecycle_record_error_count(view->record);

	return count > 0 && view->shown == view->current
		       ? lifecycle_record_error(view->record, count - 1)
		       : NULL;
}

void view_print_failure(const struct lifecycle_failure *failure, FILE *out)
{
	const char *said = format_last_line(failure->stderr_text);
	int length = said != NULL ? (int)strcspn(said, "\n") : 0;

	fputs(failure->message != NULL ? failure->message : "failed", out);
	if (length > 0)
		fprintf(out, ": %.*s", length, said);
}

int64_t view_duration(const struct lifecycle_hook *hook)
{
	return hook->duration_ns < 0 ? LIFECYCLE_UNKNOWN : hook->duration_ns;
}

int64_t view_after(int64_t time, int64_t duration)
{
	if (time == LIFECYCLE_UNKNOWN || duration == LIFECYCLE_UNKNOWN)
		return time;
	return time > INT64_MAX - duration ? INT64_MAX : time + duration;
}
