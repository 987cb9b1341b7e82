/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/lifeline.h"
#include "cli/format.h"
#include "records/hook.h"

#include <stdlib.h>
#include <string.h>

/* Takes the text, which may be NULL. */
static const char *keep_text(struct lifeline *lifeline, char *text)
{
	if (text != NULL &&
		lifeline->text_count == sizeof(lifeline->texts) / sizeof(lifeline->texts[0])) {
		free(text);
		return NULL;
	}
	if (text != NULL)
		lifeline->texts[lifeline->text_count++] = text;
	return text;
}

static void add_row(struct lifeline *lifeline, struct picture_row row)
{
	if (row.label == NULL)
		row.label = "-";
	if (lifeline->count < PICTURE_MOST_ROWS && row.from != LIFECYCLE_UNKNOWN)
		lifeline->rows[lifeline->count++] = row;
}

static size_t hook_count(const struct lifeline *lifeline)
{
	return lifeline->is_current ? lifecycle_record_hook_count(lifeline->view->record) : 0;
}

static size_t error_count(const struct lifeline *lifeline)
{
	return lifeline->is_current ? lifecycle_record_error_count(lifeline->view->record) : 0;
}

/* ---- hooks and errors ---- */

/* What is to be said of a hook that is not back (of the last hook of all nobody can tell): free() it; NULL for one that is, or if memory is out. */
static char *words_of(enum lifecycle_point point, enum hook_progress progress, int64_t length)
{
	char duration[FORMAT_SIZE];
	char *words;
	int result;

	if (progress != HOOK_AT_WORK && progress != HOOK_LOST)
		return NULL;
	if (length == LIFECYCLE_UNKNOWN)
		return strdup(point == LIFECYCLE_POINT_POSTSTOP
				      ? "began, and is not known to have come back"
				      : "began, and did not come back");
	format_duration(length, duration);
	if (progress == HOOK_AT_WORK)
		result = asprintf(&words, "not back yet, %s", duration);
	else
		result = asprintf(&words, "did not come back: it took %s or longer", duration);
	return result >= 0 ? words : NULL;
}

static void add_hook(struct lifeline *lifeline, size_t index)
{
	const struct view *view = lifeline->view;
	const struct lifecycle_hook *hook = lifecycle_record_hook(view->record, index);
	int64_t length;
	enum hook_progress progress = hook_progress(view, index, lifeline->look.now, &length);
	struct picture_row row = {
		.kind = length != LIFECYCLE_UNKNOWN ? PICTURE_BAR : PICTURE_MARK,
		.label = lifecycle_point_name(hook->point),
		.from = hook->time,
		.to = view_after(hook->time, length),
		.goes_on = progress == HOOK_AT_WORK,
		.least = progress == HOOK_LOST,
		.hook = hook,
		.failed = progress == HOOK_LOST || hook_failure(view, hook) != NULL,
		.detail = keep_text(
			lifeline, hook_command_line(hook->command, hook->argv, hook->index)),
		.more = keep_text(lifeline, words_of(hook->point, progress, length)),
	};

	add_row(lifeline, row);
}

static void add_error(struct lifeline *lifeline, const struct lifecycle_failure *failure)
{
	add_row(lifeline, (struct picture_row){ .kind = PICTURE_ERROR,
				  .label = "error",
				  .failure = failure,
				  .from = failure->time,
				  .to = failure->time,
				  .detail = failure->message,
				  .more = format_last_line(failure->stderr_text) });
}

/* By time; errors after what they are of. */
static int compare_rows(const void *a, const void *b)
{
	const struct picture_row *one = a;
	const struct picture_row *other = b;

	if (one->from != other->from)
		return one->from > other->from ? 1 : -1;
	return (one->kind == PICTURE_ERROR) - (other->kind == PICTURE_ERROR);
}

static void add_entries(struct lifeline *lifeline)
{
	const struct lifecycle_record *record = lifeline->view->record;
	size_t before = lifeline->count;

	for (size_t i = 0; i < hook_count(lifeline); i++)
		add_hook(lifeline, i);
	for (size_t i = 0; i < error_count(lifeline); i++)
		add_error(lifeline, lifecycle_record_error(record, i));
	qsort(lifeline->rows + before, lifeline->count - before, sizeof(*lifeline->rows),
		compare_rows);
}

/* ---- phases ---- */

static int64_t first_poststart(const struct lifeline *lifeline)
{
	for (size_t i = 0; i < hook_count(lifeline); i++) {
		const struct lifecycle_hook *hook =
			lifecycle_record_hook(lifeline->view->record, i);

		if (hook->point == LIFECYCLE_POINT_POSTSTART)
			return hook->time;
	}
	return LIFECYCLE_UNKNOWN;
}

bool lifeline_is_alive(const struct lifeline *lifeline)
{
	return lifeline->is_shown && !view_is(lifeline->view, LIFECYCLE_STATUS_NONE) &&
	       !view_is(lifeline->view, LIFECYCLE_STATUS_STOPPED);
}

static int64_t later(int64_t one, int64_t other)
{
	return one > other ? one : other;
}

/* The last that is known of it. */
static int64_t last_evidence(const struct lifeline *lifeline)
{
	int64_t last = later(lifeline->generation->created_at,
		view_known_start(lifeline->view, lifeline->generation));

	for (size_t i = 0; i < hook_count(lifeline); i++) {
		const struct lifecycle_hook *hook =
			lifecycle_record_hook(lifeline->view->record, i);

		last = later(last, view_after(hook->time, view_duration(hook)));
	}
	return last;
}

static int64_t seen_end(const struct lifeline *lifeline)
{
	return lifeline->is_current && lifeline->look.ended_at != 0 ? lifeline->look.ended_at
								    : LIFECYCLE_UNKNOWN;
}

static int64_t end_of(const struct lifeline *lifeline)
{
	if (lifeline->generation->finished_at != LIFECYCLE_UNKNOWN)
		return lifeline->generation->finished_at;
	if (lifeline_is_alive(lifeline))
		return lifeline->look.now;
	return later(seen_end(lifeline), last_evidence(lifeline));
}

static bool has_no_end(const struct lifeline *lifeline)
{
	return lifeline_finished(lifeline).time == LIFECYCLE_UNKNOWN &&
	       !lifeline_is_alive(lifeline);
}

/* What is to be said of a phase that goes on, by its label. */
static const char *going_on(const struct lifeline *lifeline, const char *label)
{
	static const char *const words[][2] = {
		{ "creating", "still being created" },
		{ "created", "not started yet" },
		{ "running", "still running" },
		{ "running?", "its process lives" },
	};

	if (!lifeline->view->observed.looked)
		return "not known whether it still goes on";
	if (lifeline->look.paused)
		return "paused";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], label) == 0)
			return words[i][1];
	return NULL;
}

static char *words_of_phase(const struct lifeline *lifeline, const char *label)
{
	char time[LIFECYCLE_TIME_SIZE];
	char *words;

	lifecycle_time_format(lifeline->look.now, time);
	return asprintf(&words, "%s at %s", going_on(lifeline, label), time) >= 0 ? words : NULL;
}

/* An unknown `to` is the end of it all. */
static void add_phase(struct lifeline *lifeline, struct picture_row row)
{
	int64_t end = end_of(lifeline);
	bool is_last = row.to == LIFECYCLE_UNKNOWN || row.to > end;

	if (is_last)
		row.to = end;
	if (row.from == LIFECYCLE_UNKNOWN || row.to < row.from)
		return;
	row.goes_on = is_last && lifeline_is_alive(lifeline);
	row.endless = is_last && has_no_end(lifeline);
	if (row.goes_on)
		row.detail = keep_text(lifeline, words_of_phase(lifeline, row.label));
	add_row(lifeline, row);
}

static enum lifecycle_reason reason_of(const struct lifeline *lifeline)
{
	return view_reason_of(lifeline->view, lifeline->generation);
}

/* Whether its program is known not to have run. */
static bool has_not_run(const struct lifeline *lifeline)
{
	return reason_of(lifeline) == LIFECYCLE_REASON_CREATE_FAILED ||
	       reason_of(lifeline) == LIFECYCLE_REASON_NEVER_STARTED ||
	       (lifeline_is_alive(lifeline) && !view_is(lifeline->view, LIFECYCLE_STATUS_RUNNING));
}

/* A runtime may call poststart before the program runs: then nobody sees when it does. */
static void add_phases(struct lifeline *lifeline)
{
	int64_t begun = lifeline->generation->created_at;
	int64_t started = view_known_start(lifeline->view, lifeline->generation);
	int64_t created = first_poststart(lifeline);
	bool unseen = started == LIFECYCLE_UNKNOWN && !has_not_run(lifeline);
	bool untold = unseen && created == LIFECYCLE_UNKNOWN;

	if (created == LIFECYCLE_UNKNOWN || (started != LIFECYCLE_UNKNOWN && started < created))
		created = started;
	if (untold)
		created = last_evidence(lifeline);
	/* of an earlier generation nothing may tell how long its creation took: it took some time, not none */
	if (!unseen || created > begun)
		add_phase(lifeline, (struct picture_row){ .kind = PICTURE_PHASE,
					    .label = "creating",
					    .from = begun,
					    .to = created,
					    .least = untold });
	if (unseen && (end_of(lifeline) > created || lifeline_is_alive(lifeline)))
		add_phase(lifeline, (struct picture_row){ .kind = PICTURE_UNSEEN,
					    .label = "running?",
					    .from = created,
					    .to = LIFECYCLE_UNKNOWN });
	if (!unseen && created != started)
		add_phase(lifeline, (struct picture_row){ .label = "created",
					    .kind = PICTURE_PHASE,
					    .from = created,
					    .to = started });
	add_phase(lifeline, (struct picture_row){ .label = "running",
				    .kind = PICTURE_PHASE,
				    .from = started,
				    .to = LIFECYCLE_UNKNOWN });
}

/* ---- what is said of it in words ---- */

/* A process that is not the one that was looked at. */
static bool is_as_recorded(const struct lifeline *lifeline, enum lifecycle_status status)
{
	return lifeline->is_shown
		       ? !lifeline->view->observed.looked
		       : status != LIFECYCLE_STATUS_NONE && status != LIFECYCLE_STATUS_STOPPED;
}

void lifeline_print_status(const struct lifeline *lifeline, FILE *out)
{
	const struct view *view = lifeline->view;
	const struct lifecycle_generation *generation = lifeline->generation;
	enum lifecycle_status status = view_status_of(view, generation);
	const char *word = lifecycle_status_name(status);
	const char *reason = lifecycle_reason_name(reason_of(lifeline));
	int64_t code = view_exit_code_of(view, generation);

	fputs(word != NULL ? word : "-", out);
	if (lifeline->is_shown && lifeline->look.paused)
		fputs(" (paused)", out);
	if (reason != NULL)
		fprintf(out, " (%s)", reason);
	if (code != LIFECYCLE_UNKNOWN)
		fprintf(out, ", exit code %lld", (long long)code);
	if (generation->oom_killed == LIFECYCLE_TRUTH_TRUE)
		fputs(", out of memory", out);
	if (view_create_error_of(view, generation) &&
		reason_of(lifeline) != LIFECYCLE_REASON_CREATE_FAILED)
		fputs(", create failed", out);
	if (is_as_recorded(lifeline, status))
		fputs(lifeline->is_shown ? ", as recorded: its process cannot be looked at"
					 : ", as recorded",
			out);
}

bool lifeline_in_trouble(const struct lifeline *lifeline)
{
	enum lifecycle_reason reason = reason_of(lifeline);
	int64_t code = view_exit_code_of(lifeline->view, lifeline->generation);

	return view_create_error_of(lifeline->view, lifeline->generation) ||
	       (code != LIFECYCLE_UNKNOWN && code != 0) ||
	       (reason != LIFECYCLE_REASON_NONE && reason != LIFECYCLE_REASON_EXITED);
}

struct lifeline_time lifeline_created(const struct lifeline *lifeline)
{
	return (struct lifeline_time){ .time = lifeline->generation->created_at };
}

/* Of another generation than the one that is shown a provisional start is none: it did not run, or nobody saw when. */
struct lifeline_time lifeline_started(const struct lifeline *lifeline)
{
	const struct view *view = lifeline->view;

	if (lifeline->is_shown)
		return (struct lifeline_time){ view->observed.started_at,
			view->observed.started_at_source, view_start_is_provisional(view) };
	return (struct lifeline_time){ view_known_start(view, lifeline->generation),
		lifeline->generation->started_at_source, false };
}

struct lifeline_time lifeline_finished(const struct lifeline *lifeline)
{
	if (lifeline->generation->finished_at == LIFECYCLE_UNKNOWN)
		return (struct lifeline_time){ .time = seen_end(lifeline) };
	return (struct lifeline_time){ lifeline->generation->finished_at,
		lifeline->generation->finished_at_source, false };
}

/* Of a process that cannot be looked at nobody can say that something has not been. */
static bool is_seen_alive(const struct lifeline *lifeline)
{
	return lifeline_is_alive(lifeline) && lifeline->view->observed.looked;
}

const char *lifeline_no_start(const struct lifeline *lifeline)
{
	if (!has_not_run(lifeline))
		return "not known";
	return is_seen_alive(lifeline)       ? "not yet"
	       : lifeline_is_alive(lifeline) ? "not known"
					     : "never";
}

const char *lifeline_no_end(const struct lifeline *lifeline)
{
	return is_seen_alive(lifeline) ? "not yet" : "not known";
}

/* ---- all of it ---- */

struct lifeline *lifeline_new(const struct view *view,
	const struct lifecycle_generation *generation, struct lifeline_look look)
{
	struct lifeline *lifeline = calloc(1, sizeof(*lifeline));

	if (lifeline == NULL)
		return NULL;
	lifeline->view = view;
	lifeline->generation = generation;
	lifeline->is_current = generation == view->current;
	lifeline->is_shown = generation == view->shown;
	lifeline->look = look;
	add_phases(lifeline);
	add_entries(lifeline);
	return lifeline;
}

void lifeline_free(struct lifeline *lifeline)
{
	if (lifeline == NULL)
		return;
	for (size_t i = 0; i < lifeline->text_count; i++)
		free(lifeline->texts[i]);
	free(lifeline);
}

static int add_lifeline(struct lifelines *lifelines, const struct view *view,
	const struct lifecycle_generation *generation, struct lifeline_look look)
{
	struct lifeline *lifeline = lifeline_new(view, generation, look);

	if (lifeline == NULL)
		return -1;
	lifelines->items[lifelines->count++] = lifeline;
	return 0;
}

int lifelines_of(
	const struct view *view, struct lifeline_look look, struct lifelines *ret_lifelines)
{
	size_t count = lifecycle_record_previous_count(view->record);
	struct lifelines all = { .items = calloc(count + 1, sizeof(struct lifeline *)) };
	int result = all.items != NULL ? 0 : -1;

	for (size_t i = 0; i < count && result == 0; i++)
		result = add_lifeline(&all, view, lifecycle_record_previous(view->record, i), look);
	if (result == 0)
		result = add_lifeline(&all, view, view->current, look);
	if (result < 0)
		lifelines_free(&all);
	else
		*ret_lifelines = all;
	return result;
}

void lifelines_free(struct lifelines *lifelines)
{
	for (size_t i = 0; i < lifelines->count; i++)
		lifeline_free(lifelines->items[i]);
	free(lifelines->items);
	*lifelines = (struct lifelines){ 0 };
}
