/* SPDX-License-Identifier: Apache-2.0 */
#include "format.h"
#include "picture.h"
#include "query.h"
#include "source.h"
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One generation's rows. */
struct timeline {
	const json_t *life; /* the view, or an entry of `previous` */
	bool is_current;
	int64_t now;
	size_t count;
	struct picture_row rows[PICTURE_MOST_ROWS];
};

static void add_row(struct timeline *timeline, struct picture_row row)
{
	if (row.label == NULL)
		row.label = "-";
	if (timeline->count < PICTURE_MOST_ROWS && row.from != LIFECYCLE_UNKNOWN)
		timeline->rows[timeline->count++] = row;
}

/* ---- hooks and errors ---- */

static void add_hook(struct timeline *timeline, const json_t *hook)
{
	int64_t duration = view_duration(hook, "duration_ns");
	const char *command = view_text(hook, "command");
	struct picture_row row = {
		.kind = duration != LIFECYCLE_UNKNOWN ? PICTURE_BAR : PICTURE_MARK,
		.label = view_text(hook, "point"),
		.from = view_time(hook, "time"),
		.detail = command,
	};

	row.to = view_after(row.from, duration);
	if (command != NULL && duration == LIFECYCLE_UNKNOWN)
		row.more = "began, and did not come back";
	add_row(timeline, row);
}

static void add_error(struct timeline *timeline, const json_t *error)
{
	int64_t time = view_time(error, "time");

	add_row(timeline, (struct picture_row){ .kind = PICTURE_ERROR,
				  .label = "error",
				  .from = time,
				  .to = time,
				  .detail = view_text(error, "message"),
				  .more = format_last_line(view_text(error, "stderr")) });
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
	size_t before = timeline->count;
	const json_t *entry;
	size_t i;

	json_array_foreach(view_at(timeline->life, "hooks"), i, entry) {
		add_hook(timeline, entry);
	}
	json_array_foreach(view_at(timeline->life, "errors"), i, entry) {
		add_error(timeline, entry);
	}
	qsort(timeline->rows + before, timeline->count - before, sizeof(*timeline->rows),
		compare_rows);
}

/* ---- phases ---- */

static int64_t first_hook(const json_t *life, enum lifecycle_point point)
{
	const json_t *hook;
	size_t i;

	json_array_foreach(view_at(life, "hooks"), i, hook) {
		if (lifecycle_point_from_name(view_text(hook, "point")) == point)
			return view_time(hook, "time");
	}
	return LIFECYCLE_UNKNOWN;
}

static bool is_alive(const struct timeline *timeline)
{
	return timeline->is_current && view_at(timeline->life, "observed.status") != NULL &&
	       !view_is(timeline->life, LIFECYCLE_STATUS_STOPPED);
}

/* The last that is known of it. */
static int64_t last_evidence(const struct timeline *timeline)
{
	int64_t last = view_time(timeline->life, "created_at");
	const json_t *hook;
	size_t i;

	if (view_time(timeline->life, "started_at") > last)
		last = view_time(timeline->life, "started_at");
	json_array_foreach(view_at(timeline->life, "hooks"), i, hook) {
		int64_t time =
			view_after(view_time(hook, "time"), view_duration(hook, "duration_ns"));

		last = time > last ? time : last;
	}
	return last;
}

static int64_t end_of(const struct timeline *timeline)
{
	int64_t end = view_time(timeline->life, "finished_at");

	if (end != LIFECYCLE_UNKNOWN)
		return end;
	return is_alive(timeline) ? timeline->now : last_evidence(timeline);
}

static bool has_no_end(const struct timeline *timeline)
{
	return view_at(timeline->life, "finished_at") == NULL && !is_alive(timeline);
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

static bool has_reason(const struct timeline *timeline, enum lifecycle_reason reason)
{
	const char *key = timeline->is_current ? "observed.reason" : "reason";
	const char *is = view_text(timeline->life, key);

	return is != NULL && strcmp(is, lifecycle_reason_name(reason)) == 0;
}

/* Whether its program is known not to have run. */
static bool has_not_run(const struct timeline *timeline)
{
	return has_reason(timeline, LIFECYCLE_REASON_CREATE_FAILED) ||
	       has_reason(timeline, LIFECYCLE_REASON_NEVER_STARTED) ||
	       (is_alive(timeline) && !view_is(timeline->life, LIFECYCLE_STATUS_RUNNING));
}

static int64_t seen_start(const json_t *life)
{
	return view_start_is_provisional(life) ? LIFECYCLE_UNKNOWN : view_time(life, "started_at");
}

/* A runtime may call poststart before the program runs: then nobody sees when it does. */
static void add_phases(struct timeline *timeline)
{
	int64_t begun = view_time(timeline->life, "created_at");
	int64_t started = seen_start(timeline->life);
	int64_t created = first_hook(timeline->life, LIFECYCLE_POINT_POSTSTART);
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

static void print_time(const json_t *life, const char *label, const char *key)
{
	char source_key[64];
	const char *time = view_text(life, key);
	const char *source;

	(void)snprintf(source_key, sizeof(source_key), "%s_source", key);
	source = view_text(life, source_key);
	printf("%-16s%s%s", label,
		time != NULL && strcmp(key, "started_at") == 0 && view_start_is_provisional(life)
			? "~"
			: "",
		time != NULL ? time : "-");
	if (time != NULL && source != NULL)
		printf(" (%s)", source);
	putchar('\n');
}

static void print_status(const struct timeline *timeline)
{
	const json_t *life = timeline->life;
	const char *prefix = timeline->is_current ? "observed." : "";
	char key[32];
	const char *status;
	const char *reason;

	(void)snprintf(key, sizeof(key), "%sstatus", prefix);
	status = view_text(life, key);
	(void)snprintf(key, sizeof(key), "%sreason", prefix);
	reason = view_text(life, key);
	fputs(status != NULL ? status : "-", stdout);
	if (reason != NULL)
		printf(" (%s)", reason);
	if (view_number(life, "exit_code") != LIFECYCLE_UNKNOWN)
		printf(", exit code %lld", (long long)view_number(life, "exit_code"));
	(void)snprintf(key, sizeof(key), "%screate_error", prefix);
	if (view_flag(life, key) && !has_reason(timeline, LIFECYCLE_REASON_CREATE_FAILED))
		fputs(", create failed", stdout);
	if (timeline->is_current && !view_flag(life, "observed.looked"))
		fputs(", as recorded: its process cannot be looked at", stdout);
	putchar('\n');
}

static void print_words(const struct timeline *timeline)
{
	int64_t generation = view_number(timeline->life, "generation");

	if (generation != LIFECYCLE_UNKNOWN)
		printf("\ngeneration %lld: ", (long long)generation);
	else
		fputs("\ngeneration -: ", stdout);
	print_status(timeline);
	print_time(timeline->life, "created", "created_at");
	print_time(timeline->life, "started", "started_at");
	print_time(timeline->life, "finished", "finished_at");
}

/* ---- the command ---- */

static int print_life(const json_t *life, bool is_current)
{
	const struct picture_style style = { .width = format_width(stdout),
		.unicode = format_unicode(stdout),
		.colours = format_colours(stdout) };
	struct timeline *timeline = calloc(1, sizeof(*timeline));

	if (timeline == NULL)
		return -1;
	timeline->life = life;
	timeline->is_current = is_current;
	timeline->now = lifecycle_time_now();
	add_phases(timeline);
	add_entries(timeline);
	print_words(timeline);
	if (timeline->count > 0)
		picture_print(timeline->rows, timeline->count, &style, stdout);
	free(timeline);
	return 0;
}

static int print_timeline(json_t *view, void *arg)
{
	const char *id = view_text(view, "id");
	const char *name = view_text(view, "name");
	const json_t *life;
	size_t i;

	(void)arg;
	fputs(id != NULL ? id : "-", stdout);
	if (name != NULL) {
		fputs("  ", stdout);
		format_escaped(stdout, name);
	}
	putchar('\n');
	json_array_foreach(view_at(view, "previous"), i, life) {
		if (print_life(life, false) != 0)
			return -1;
	}
	return print_life(view, true);
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct source source;
	int result;

	if (source_open(&call->globals, LIFECYCLE_ACCESS_READ, &source, &error) != 0)
		return cli_fail(call, &error);
	result = source_for_operands(&source, call, print_timeline, NULL);
	source_close(&source);
	if (result != 0) {
		cli_no_memory(&error);
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
	.complete = source_complete,
	.run = run,
};
