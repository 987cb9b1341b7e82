/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view: a record and what is true of its container now, as values. All that is shown, in whatever form, is taken from
 * here: so each form says the same. What is unknown is LIFECYCLE_UNKNOWN, NULL or _NONE.
 */
#ifndef VIEW_H
#define VIEW_H

#include "libstate.h"

#include <stdio.h>

struct view {
	const struct lifecycle_record *record;
	const struct lifecycle_generation *current;
	/* The generation that is observed: the current one, or an earlier one whose process outlived that one's. */
	const struct lifecycle_generation *shown;
	/* Its start, its pid and its exit code are those to be shown: nothing else is, in any form. */
	struct lifecycle_observed observed;
};

/* Looks at the record's process. The view lives as long as the record. */
void view_of(const struct lifecycle_record *record, struct view *ret_view);

/* One value each, as a table of columns or of metrics takes them. */
int64_t view_generation(const struct view *view);
int64_t view_created_at(const struct view *view);
int64_t view_started_at(const struct view *view);
int64_t view_finished_at(const struct view *view);
int64_t view_exit_code(const struct view *view);
int64_t view_exit_signal(const struct view *view);
int64_t view_oom_killed(const struct view *view); /* 1, 0 or unknown */
int64_t view_create_error(const struct view *view);

/* The observed status, and the observed reason, is this one. */
bool view_is(const struct view *view, enum lifecycle_status status);
bool view_has_reason(const struct view *view, enum lifecycle_reason reason);

/* The container is stopped, and known never to have run its program. */
bool view_never_ran(const struct view *view);

/* What docker calls exited. It does not look whether what it started ran: the end of the runtime's own process is one, too. */
bool view_has_exited_for_docker(const struct view *view);

/* Its processes are frozen: it runs, and does nothing. */
bool view_is_paused(const struct view *view);

/* The start that is shown is that of a hook before the program; also if none is. */
bool view_start_is_provisional(const struct view *view);

/* What is true of one generation: what is observed, if it is the one that is shown; else what is recorded. A current one
 * that is not shown has ended. */
enum lifecycle_status view_status_of(
	const struct view *view, const struct lifecycle_generation *generation);
enum lifecycle_reason view_reason_of(
	const struct view *view, const struct lifecycle_generation *generation);
enum lifecycle_source view_source_of(
	const struct view *view, const struct lifecycle_generation *generation);
int64_t view_exit_code_of(const struct view *view, const struct lifecycle_generation *generation);
bool view_create_error_of(const struct view *view, const struct lifecycle_generation *generation);

/* And when it was seen to start, or said to: unknown if its time is provisional. */
int64_t view_known_start(const struct view *view, const struct lifecycle_generation *generation);

/* When the container was created, whatever processes it has had: the oldest generation's time that the record has. */
int64_t view_first_created(const struct view *view);

/* Where its bundle is: kept of the current generation alone. */
const char *view_bundle(const struct view *view);

/* What failed last; NULL if nothing did, or that is not kept. */
const struct lifecycle_failure *view_last_error(const struct view *view);

/* The failure's message and the last line on its stderr. */
void view_print_failure(const struct lifecycle_failure *failure, FILE *out);

/* How long a hook's command took; unknown also if the record says less than no time. */
int64_t view_duration(const struct lifecycle_hook *hook);

/* So long after a time, whatever a record says that is; the time itself if the length is not known. */
int64_t view_after(int64_t time, int64_t duration);

#endif
