/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/gauges.h"
#include "base/error.h"
#include "query/output/sample.h"
#include "records/hook.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where the samples of a gauge go, and what is asked for of them. */
struct sink {
	FILE *out;
	const struct gauges_asked *asked;
};

struct gauge {
	const char *name;
	const char *help;
	/* Writes the samples of a container: none for what is unknown. */
	void (*print)(const struct gauge *gauge, const struct view *view, const struct sink *sink);
	/* Its value, of those that have one. */
	int64_t (*value)(const struct view *view);
};

/* ---- a sample ---- */

/* The sample with the labels that every container's has. */
static void begin_sample(const struct gauge *gauge, const struct view *view,
	const struct sink *sink, struct sample *ret)
{
	const struct cli_values *annotations = &sink->asked->annotations;
	const char *id = lifecycle_record_id(view->record);

	sample_begin(gauge->name, &sink->asked->labels, sink->out, ret);
	sample_label(ret, "id", id != NULL ? id : "");
	sample_label(ret, "name", lifecycle_record_name(view->record));
	for (size_t i = 0; i < annotations->count; i++)
		sample_label_of(ret, "annotation_", annotations->items[i],
			lifecycle_record_annotation(view->record, annotations->items[i]));
}

/* ---- of a container ---- */

static void print_sourced(const struct gauge *gauge, const struct view *view,
	enum lifecycle_source source, const struct sink *sink)
{
	int64_t time = gauge->value(view);
	struct sample sample;

	if (time == LIFECYCLE_UNKNOWN)
		return;
	begin_sample(gauge, view, sink, &sample);
	sample_label(&sample, "source", lifecycle_source_name(source));
	sample_end_seconds(&sample, time);
}

static void print_creation(
	const struct gauge *gauge, const struct view *view, const struct sink *sink)
{
	print_sourced(gauge, view, LIFECYCLE_SOURCE_NONE, sink);
}

static void print_start(const struct gauge *gauge, const struct view *view, const struct sink *sink)
{
	print_sourced(gauge, view, view->observed.started_at_source, sink);
}

static void print_end(const struct gauge *gauge, const struct view *view, const struct sink *sink)
{
	print_sourced(gauge, view, view->shown->finished_at_source, sink);
}

static void print_number(
	const struct gauge *gauge, const struct view *view, const struct sink *sink)
{
	int64_t number = gauge->value(view);
	struct sample sample;

	if (number == LIFECYCLE_UNKNOWN)
		return;
	begin_sample(gauge, view, sink, &sample);
	sample_end_number(&sample, number);
}

/* One sample for each status that there is, and 1 for the one that it has. */
static void print_status(
	const struct gauge *gauge, const struct view *view, const struct sink *sink)
{
	if (view_is(view, LIFECYCLE_STATUS_NONE))
		return;
	for (int i = LIFECYCLE_STATUS_CREATING; i <= LIFECYCLE_STATUS_STOPPED; i++) {
		enum lifecycle_status status = (enum lifecycle_status)i;
		struct sample sample;

		begin_sample(gauge, view, sink, &sample);
		sample_label(&sample, "status", lifecycle_status_name(status));
		sample_end_number(&sample, view_is(view, status));
	}
}

/* ---- of its hooks ---- */

/* All its labels are the same. */
static bool is_same_hook(const struct lifecycle_hook *one, const struct lifecycle_hook *other,
	const struct sink *sink)
{
	return one->point == other->point && one->index == other->index && one->command != NULL &&
	       other->command != NULL &&
	       strcmp(hook_program(one->command, one->argv),
		       hook_program(other->command, other->argv)) == 0 &&
	       hook_has_same_arguments(one, other, &sink->asked->arguments);
}

/* Whether a hook belongs into the gauge: those that came back have their lengths in one, the others in another one. */
static bool has_length(
	const struct view *view, size_t index, bool came_back, int64_t now, int64_t *ret_length)
{
	enum hook_progress progress = hook_progress(view, index, now, ret_length);

	return progress != HOOK_ALONE && (progress == HOOK_BACK) == came_back &&
	       *ret_length != LIFECYCLE_UNKNOWN;
}

/* A series has one value, so of several calls of one hook it is the last one's. */
static bool comes_again(
	const struct view *view, size_t index, bool came_back, int64_t now, const struct sink *sink)
{
	const struct lifecycle_hook *hook = lifecycle_record_hook(view->record, index);
	int64_t length;

	for (size_t i = index + 1; i < lifecycle_record_hook_count(view->record); i++)
		if (has_length(view, i, came_back, now, &length) &&
			is_same_hook(hook, lifecycle_record_hook(view->record, i), sink))
			return true;
	return false;
}

static void print_hook(const struct gauge *gauge, const struct view *view, size_t index,
	int64_t length, const struct sink *sink)
{
	const struct lifecycle_hook *hook = lifecycle_record_hook(view->record, index);
	const struct cli_values *arguments = &sink->asked->arguments;
	struct sample sample;

	begin_sample(gauge, view, sink, &sample);
	sample_label(&sample, "point", lifecycle_point_name(hook->point));
	sample_label(&sample, "command", hook_program(hook->command, hook->argv));
	sample_label_number(&sample, "index", hook->index);
	for (size_t i = 0; i < arguments->count; i++)
		sample_label_of(&sample, "argv_", arguments->items[i],
			hook_argument(hook, arguments->items[i]));
	sample_end_seconds(&sample, length);
}

static void print_hooks_that(
	const struct gauge *gauge, const struct view *view, bool came_back, const struct sink *sink)
{
	int64_t now = lifecycle_time_now();
	int64_t length;

	for (size_t i = 0; i < lifecycle_record_hook_count(view->record); i++)
		if (has_length(view, i, came_back, now, &length) &&
			!comes_again(view, i, came_back, now, sink))
			print_hook(gauge, view, i, length, sink);
}

static void print_hooks(const struct gauge *gauge, const struct view *view, const struct sink *sink)
{
	print_hooks_that(gauge, view, true, sink);
}

static void print_unfinished_hooks(
	const struct gauge *gauge, const struct view *view, const struct sink *sink)
{
	print_hooks_that(gauge, view, false, sink);
}

static const struct gauge table[] = {
	{ "oci_lifecycle_created_timestamp_seconds", "When the container was created.",
		print_creation, view_created_at },
	{ "oci_lifecycle_started_timestamp_seconds",
		"When its program started; provisional if the source is createRuntime.",
		print_start, view_started_at },
	{ "oci_lifecycle_finished_timestamp_seconds", "When it ended.", print_end,
		view_finished_at },
	{ "oci_lifecycle_status", "1 for the status that it is observed to have.", print_status,
		NULL },
	{ "oci_lifecycle_generation", "How many processes there have been under this ID.",
		print_number, view_generation },
	{ "oci_lifecycle_create_error", "1 if it failed before its program ran.", print_number,
		view_create_error },
	{ "oci_lifecycle_exit_code", "Its program's exit code, where it is known.", print_number,
		view_exit_code },
	{ "oci_lifecycle_oom_killed", "1 if the kernel killed it since memory was out.",
		print_number, view_oom_killed },
	{ "oci_lifecycle_hook_duration_seconds", "How long a wrapped hook took, when last called.",
		print_hooks, NULL },
	{ "oci_lifecycle_hook_unfinished_seconds",
		"How long, at least, a wrapped hook took that is not back, or was killed.",
		print_unfinished_hooks, NULL },
};

#define COUNT (sizeof(table) / sizeof(table[0]))

/* ---- all of them ---- */

struct gauges {
	const struct gauges_asked *asked;
	FILE *files[COUNT];
};

int gauges_open(
	const struct gauges_asked *asked, struct gauges **ret_gauges, struct lifecycle_error *error)
{
	struct gauges *gauges = calloc(1, sizeof(*gauges));

	if (gauges == NULL)
		return error_no_memory(error);
	gauges->asked = asked;
	for (size_t i = 0; i < COUNT; i++) {
		gauges->files[i] = tmpfile();
		if (gauges->files[i] == NULL) {
			(void)error_errno(error, errno, "cannot make a temporary file");
			gauges_close(gauges);
			return -1;
		}
	}
	*ret_gauges = gauges;
	return 0;
}

void gauges_close(struct gauges *gauges)
{
	for (size_t i = 0; gauges != NULL && i < COUNT; i++)
		if (gauges->files[i] != NULL)
			(void)fclose(gauges->files[i]);
	free(gauges);
}

void gauges_add(struct gauges *gauges, const struct view *view)
{
	for (size_t i = 0; i < COUNT; i++) {
		const struct sink sink = { gauges->files[i], gauges->asked };

		table[i].print(&table[i], view, &sink);
	}
}

static int copy_file(FILE *from, FILE *out, struct lifecycle_error *error)
{
	char bytes[16384];
	size_t length;

	if (ferror(from) != 0 || fflush(from) != 0 || fseek(from, 0, SEEK_SET) < 0)
		return error_errno(error, errno, "a temporary file failed");
	while ((length = fread(bytes, 1, sizeof(bytes), from)) > 0)
		fwrite(bytes, 1, length, out);
	if (ferror(from) != 0)
		return error_errno(error, errno, "a temporary file failed");
	return 0;
}

int gauges_print(const struct gauges *gauges, FILE *out, struct lifecycle_error *error)
{
	for (size_t i = 0; i < COUNT; i++) {
		sample_head(table[i].name, table[i].help, "gauge", out);
		if (copy_file(gauges->files[i], out, error) < 0)
			return -1;
	}
	return 0;
}

void gauges_print_help(void)
{
	for (size_t i = 0; i < COUNT; i++)
		cli_print_row(40, table[i].name, table[i].help);
}
