/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/format.h"
#include "query/commands.h"
#include "query/output/picture.h"
#include "records/hook.h"
#include "records/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One generation, and its rows. */
struct timeline {
	const struct view *view;
	const struct lifecycle_generation *generation;
	bool is_current; /* then it has hooks and errors */
	bool is_shown;   /* then what is observed counts */
	int64_t now;
	size_t count;
	struct picture_row rows[PICTURE_MOST_ROWS];
	char *texts[2 * PICTURE_MOST_ROWS]; /* what rows say that is in no record */
	size_t text_count;
};

/* Takes the text, which may be NULL. */
static const char *keep_text(struct timeline *timeline, char *text)
{
	if (text != NULL &&
		timeline->text_count == sizeof(timeline->texts) / sizeof(timeline->texts[0])) {
		free(text);
		return NULL;
	}
	if (text != NULL)
		timeline->texts[timeline->text_count++] = text;
	return text;
}

static void add_row(struct timeline *timeline, struct picture_row row)
{
	if (row.label == NULL)
		row.label = "-";
	if (timeline->count < PICTURE_MOST_ROWS && row.from != LIFECYCLE_UNKNOWN)
		timeline->rows[timeline->count++] = row;
}

static size_t hook_count(const struct timeline *timeline)
{
	return timeline->is_current ? lifecycle_record_hook_count(timeline->view->record) : 0;
}

static size_t error_count(const struct timeline *timeline)
{
	return timeline->is_current ? lifecycle_record_error_count(timeline->view->record) : 0;
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

static void add_hook(struct timeline *timeline, size_t index)
{
	const struct view *view = timeline->view;
	const struct lifecycle_hook *hook = lifecycle_record_hook(view->record, index);
	int64_t length;
	enum hook_progress progress = hook_progress(view, index, timeline->now, &length);
	struct picture_row row = {
		.kind = length != LIFECYCLE_UNKNOWN ? PICTURE_BAR : PICTURE_MARK,
		.label = lifecycle_point_name(hook->point),
		.from = hook->time,
		.to = view_after(hook->time, length),
		.goes_on = progress == HOOK_AT_WORK,
		.least = progress == HOOK_LOST,
		.detail = keep_text(
			timeline, hook_command_line(hook->command, hook->argv, hook->index)),
		.more = keep_text(timeline, words_of(hook->point, progress, length)),
	};

	add_row(timeline, row);
}

static void add_error(struct timeline *timeline, const struct lifecycle_failure *failure)
{
	add_row(timeline, (struct picture_row){ .kind = PICTURE_ERROR,
				  .label = "error",
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

static void add_entries(struct timeline *timeline)
{
	const struct lifecycle_record *record = timeline->view->record;
	size_t before = timeline->count;

	for (size_t i = 0; i < hook_count(timeline); i++)
		add_hook(timeline, i);
	for (size_t i = 0; i < error_count(timeline); i++)
		add_error(timeline, lifecycle_record_error(record, i));
	qsort(timeline->rows + before, timeline->count - before, sizeof(*timeline->rows),
		compare_rows);
}

/* ---- phases ---- */

static int64_t first_poststart(const struct timeline *timeline)
{
	for (size_t i = 0; i < hook_count(timeline); i++) {
		const struct lifecycle_hook *hook =
			lifecycle_record_hook(timeline->view->record, i);

		if (hook->point == LIFECYCLE_POINT_POSTSTART)
			return hook->time;
	}
	return LIFECYCLE_UNKNOWN;
}

static bool is_alive(const struct timeline *timeline)
{
	return timeline->is_shown && !view_is(timeline->view, LIFECYCLE_STATUS_NONE) &&
	       !view_is(timeline->view, LIFECYCLE_STATUS_STOPPED);
}

static int64_t later(int64_t one, int64_t other)
{
	return one > other ? one : other;
}

/* The last that is known of it. */
static int64_t last_evidence(const struct timeline *timeline)
{
	int64_t last = later(timeline->generation->created_at,
		view_known_start(timeline->view, timeline->generation));

	for (size_t i = 0; i < hook_count(timeline); i++) {
		const struct lifecycle_hook *hook =
			lifecycle_record_hook(timeline->view->record, i);

		last = later(last, view_after(hook->time, view_duration(hook)));
	}
	return last;
}

static int64_t end_of(const struct timeline *timeline)
{
	if (timeline->generation->finished_at != LIFECYCLE_UNKNOWN)
		return timeline->generation->finished_at;
	return is_alive(timeline) ? timeline->now : last_evidence(timeline);
}

static bool has_no_end(const struct timeline *timeline)
{
	return timeline->generation->finished_at == LIFECYCLE_UNKNOWN && !is_alive(timeline);
}

/* An unknown `to` is the end of it all. */
static void add_phase(struct timeline *timeline, enum picture_kind kind, const char *label,
	int64_t from, int64_t to)
{
	int64_t end = end_of(timeline);
	bool is_last = to == LIFECYCLE_UNKNOWN || to > end;

	if (is_last)
		to = end;
	if (from != LIFECYCLE_UNKNOWN && to >= from)
		add_row(timeline, (struct picture_row){ .kind = kind,
					  .label = label,
					  .from = from,
					  .to = to,
					  .goes_on = is_last && is_alive(timeline),
					  .endless = is_last && has_no_end(timeline) });
}

static enum lifecycle_reason reason_of(const struct timeline *timeline)
{
	return view_reason_of(timeline->view, timeline->generation);
}

/* Whether its program is known not to have run. */
static bool has_not_run(const struct timeline *timeline)
{
	return reason_of(timeline) == LIFECYCLE_REASON_CREATE_FAILED ||
	       reason_of(timeline) == LIFECYCLE_REASON_NEVER_STARTED ||
	       (is_alive(timeline) && !view_is(timeline->view, LIFECYCLE_STATUS_RUNNING));
}

/* A runtime may call poststart before the program runs: then nobody sees when it does. */
static void add_phases(struct timeline *timeline)
{
	int64_t begun = timeline->generation->created_at;
	int64_t started = view_known_start(timeline->view, timeline->generation);
	int64_t created = first_poststart(timeline);
	bool unseen = started == LIFECYCLE_UNKNOWN && !has_not_run(timeline);

	if (created == LIFECYCLE_UNKNOWN || (started != LIFECYCLE_UNKNOWN && started < created))
		created = started;
	if (created == LIFECYCLE_UNKNOWN && unseen)
		created = last_evidence(timeline);
	/* of an earlier generation nothing may tell how long its creation took: it took some time, not none */
	if (!unseen || created > begun)
		add_phase(timeline, PICTURE_PHASE, "creating", begun, created);
	if (unseen && (end_of(timeline) > created || is_alive(timeline)))
		add_phase(timeline, PICTURE_UNSEEN, "running?", created, LIFECYCLE_UNKNOWN);
	if (!unseen && created != started)
		add_phase(timeline, PICTURE_PHASE, "created", created, started);
	add_phase(timeline, PICTURE_PHASE, "running", started, LIFECYCLE_UNKNOWN);
}

/* ---- the words above the picture ---- */

static void print_time(
	const char *label, const char *mark, int64_t time, enum lifecycle_source source)
{
	char text[LIFECYCLE_TIME_SIZE];

	printf("%-16s", label);
	if (time == LIFECYCLE_UNKNOWN)
		putchar('-');
	else
		printf("%s%s", mark, lifecycle_time_format(time, text));
	if (time != LIFECYCLE_UNKNOWN && source != LIFECYCLE_SOURCE_NONE)
		printf(" (%s)", lifecycle_source_name(source));
	putchar('\n');
}

/* A process that is not the one that was looked at. */
static bool is_as_recorded(const struct timeline *timeline, enum lifecycle_status status)
{
	return timeline->is_shown
		       ? !timeline->view->observed.looked
		       : status != LIFECYCLE_STATUS_NONE && status != LIFECYCLE_STATUS_STOPPED;
}

static void print_status(const struct timeline *timeline)
{
	const struct view *view = timeline->view;
	const struct lifecycle_generation *generation = timeline->generation;
	enum lifecycle_status status = view_status_of(view, generation);
	const char *word = lifecycle_status_name(status);
	const char *reason = lifecycle_reason_name(reason_of(timeline));
	int64_t code = view_exit_code_of(view, generation);

	fputs(word != NULL ? word : "-", stdout);
	if (timeline->is_shown && view_is_paused(view))
		fputs(" (paused)", stdout);
	if (reason != NULL)
		printf(" (%s)", reason);
	if (code != LIFECYCLE_UNKNOWN)
		printf(", exit code %lld", (long long)code);
	if (generation->oom_killed == LIFECYCLE_TRUTH_TRUE)
		fputs(", out of memory", stdout);
	if (view_create_error_of(view, generation) &&
		reason_of(timeline) != LIFECYCLE_REASON_CREATE_FAILED)
		fputs(", create failed", stdout);
	if (is_as_recorded(timeline, status))
		fputs(timeline->is_shown ? ", as recorded: its process cannot be looked at"
					 : ", as recorded",
			stdout);
	putchar('\n');
}

/* Of another generation than the one that is shown a provisional start is none: it did not run, or nobody saw when. */
static void print_start(const struct timeline *timeline)
{
	const struct view *view = timeline->view;

	if (timeline->is_shown)
		print_time("started", view_start_is_provisional(view) ? "~" : "",
			view->observed.started_at, view->observed.started_at_source);
	else
		print_time("started", "", view_known_start(view, timeline->generation),
			timeline->generation->started_at_source);
}

static void print_words(const struct timeline *timeline)
{
	const struct lifecycle_generation *generation = timeline->generation;

	if (generation->generation != LIFECYCLE_UNKNOWN)
		printf("\ngeneration %lld: ", (long long)generation->generation);
	else
		fputs("\ngeneration -: ", stdout);
	print_status(timeline);
	print_time("created", "", generation->created_at, LIFECYCLE_SOURCE_NONE);
	print_start(timeline);
	print_time("finished", "", generation->finished_at, generation->finished_at_source);
}

/* ---- the command ---- */

static int print_generation(const struct view *view, const struct lifecycle_generation *generation)
{
	const struct picture_style style = { .width = format_width(stdout),
		.unicode = format_unicode(stdout),
		.colours = format_colours(stdout) };
	struct timeline *timeline = calloc(1, sizeof(*timeline));

	if (timeline == NULL)
		return -1;
	timeline->view = view;
	timeline->generation = generation;
	timeline->is_current = generation == view->current;
	timeline->is_shown = generation == view->shown;
	timeline->now = lifecycle_time_now();
	add_phases(timeline);
	add_entries(timeline);
	print_words(timeline);
	if (timeline->count > 0)
		picture_print(timeline->rows, timeline->count, &style, stdout);
	for (size_t i = 0; i < timeline->text_count; i++)
		free(timeline->texts[i]);
	free(timeline);
	return 0;
}

static int print_timeline(const struct view *view, void *arg)
{
	const char *id = lifecycle_record_id(view->record);
	const char *name = lifecycle_record_name(view->record);

	(void)arg;
	fputs(id != NULL ? id : "-", stdout);
	if (name != NULL) {
		fputs("  ", stdout);
		format_escaped(stdout, name);
	}
	putchar('\n');
	for (size_t i = 0; i < lifecycle_record_previous_count(view->record); i++)
		if (print_generation(view, lifecycle_record_previous(view->record, i)) < 0)
			return -1;
	return print_generation(view, view->current);
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct records records;
	int result;

	if (records_open(call, LIFECYCLE_ACCESS_READ, &records, &error) < 0)
		return cli_fail(call, &error);
	result = records_for_operands(&records, call, print_timeline, NULL);
	records_close(&records);
	if (result < 0) {
		(void)error_no_memory(&error);
		return cli_fail(call, &error);
	}
	return call->status;
}

const struct cli_command query_timeline = {
	.name = "timeline",
	.arguments = "REF",
	.summary = "draw a container's life: phases, hooks and errors on one scale",
	.details = "A scale for each generation; // is where a long time without an event is cut "
		   "out of it.\n"
		   "'running?' is the time in which its program may have run, though nobody saw it "
		   "start.",
	.most = 1,
	.complete = records_complete,
	.run = run,
};
