/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/format.h"
#include "query/commands.h"
#include "query/output/outfile.h"
#include "records/hook.h"
#include "records/records.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct metrics_options {
	const char *output;
};

struct family {
	const char *name;
	const char *help;
	/* Writes the samples of a container: none for what is unknown. */
	void (*print)(const struct family *family, const struct view *view, FILE *out);
	/* Its value, of those that have one. */
	int64_t (*value)(const struct view *view);
};

/* ---- a sample ---- */

/* One without a value is none. */
static void print_label(const char *name, const char *value, FILE *out)
{
	if (value == NULL)
		return;
	fprintf(out, ",%s=\"", name);
	while (*value != '\0') {
		/* a terminal may be where this goes */
		size_t steering = format_steering(value);

		if (*value == '\\' || *value == '"')
			putc('\\', out);
		if (steering == 0)
			putc(*value++, out);
		for (; steering > 0; steering--)
			fprintf(out, "\\\\x%02x", (unsigned char)*value++);
	}
	putc('"', out);
}

/* The name of the sample with the labels that every one has; the caller adds to them, and closes. */
static void begin_sample(const struct family *family, const struct view *view, FILE *out)
{
	const char *id = lifecycle_record_id(view->record);

	/* an ID needs no escape */
	fprintf(out, "%s{id=\"%s\"", family->name, id != NULL ? id : "");
	print_label("name", lifecycle_record_name(view->record), out);
}

/* A time or a duration: all its nanoseconds, which are more than a double holds. */
static void end_seconds(int64_t nanoseconds, FILE *out)
{
	fprintf(out, "} %lld.%09lld\n", (long long)(nanoseconds / 1000000000),
		(long long)(nanoseconds % 1000000000));
}

static void end_number(int64_t number, FILE *out)
{
	fprintf(out, "} %lld\n", (long long)number);
}

/* ---- families ---- */

static void print_sourced(const struct family *family, const struct view *view,
	enum lifecycle_source source, FILE *out)
{
	int64_t time = family->value(view);

	if (time == LIFECYCLE_UNKNOWN)
		return;
	begin_sample(family, view, out);
	print_label("source", lifecycle_source_name(source), out);
	end_seconds(time, out);
}

static void print_creation(const struct family *family, const struct view *view, FILE *out)
{
	print_sourced(family, view, LIFECYCLE_SOURCE_NONE, out);
}

static void print_start(const struct family *family, const struct view *view, FILE *out)
{
	print_sourced(family, view, view->observed.started_at_source, out);
}

static void print_end(const struct family *family, const struct view *view, FILE *out)
{
	print_sourced(family, view, view->shown->finished_at_source, out);
}

static void print_number(const struct family *family, const struct view *view, FILE *out)
{
	int64_t number = family->value(view);

	if (number == LIFECYCLE_UNKNOWN)
		return;
	begin_sample(family, view, out);
	end_number(number, out);
}

/* One sample for each status that there is, and 1 for the one that it has. */
static void print_status(const struct family *family, const struct view *view, FILE *out)
{
	if (view_is(view, LIFECYCLE_STATUS_NONE))
		return;
	for (int i = LIFECYCLE_STATUS_CREATING; i <= LIFECYCLE_STATUS_STOPPED; i++) {
		enum lifecycle_status status = (enum lifecycle_status)i;

		begin_sample(family, view, out);
		print_label("status", lifecycle_status_name(status), out);
		end_number(view_is(view, status), out);
	}
}

static bool is_same_hook(const struct lifecycle_hook *one, const struct lifecycle_hook *other)
{
	return one->point == other->point && one->index == other->index && one->command != NULL &&
	       other->command != NULL &&
	       strcmp(hook_program(one->command, one->argv),
		       hook_program(other->command, other->argv)) == 0;
}

/* Whether a hook belongs into the family: those that came back have their lengths in one, the others in another one. */
static bool has_length(
	const struct view *view, size_t index, bool came_back, int64_t now, int64_t *ret_length)
{
	enum hook_progress progress = hook_progress(view, index, now, ret_length);

	return progress != HOOK_ALONE && (progress == HOOK_BACK) == came_back &&
	       *ret_length != LIFECYCLE_UNKNOWN;
}

/* A series has one value, so of several calls of one hook it is the last one's. */
static bool comes_again(const struct view *view, size_t index, bool came_back, int64_t now)
{
	const struct lifecycle_hook *hook = lifecycle_record_hook(view->record, index);
	int64_t length;

	for (size_t i = index + 1; i < lifecycle_record_hook_count(view->record); i++)
		if (has_length(view, i, came_back, now, &length) &&
			is_same_hook(hook, lifecycle_record_hook(view->record, i)))
			return true;
	return false;
}

static void print_hook(const struct family *family, const struct view *view, size_t index,
	int64_t length, FILE *out)
{
	const struct lifecycle_hook *hook = lifecycle_record_hook(view->record, index);

	begin_sample(family, view, out);
	print_label("point", lifecycle_point_name(hook->point), out);
	print_label("command", hook_program(hook->command, hook->argv), out);
	if (hook->index != LIFECYCLE_UNKNOWN)
		fprintf(out, ",index=\"%lld\"", (long long)hook->index);
	end_seconds(length, out);
}

static void print_hooks_that(
	const struct family *family, const struct view *view, bool came_back, FILE *out)
{
	int64_t now = lifecycle_time_now();
	int64_t length;

	for (size_t i = 0; i < lifecycle_record_hook_count(view->record); i++)
		if (has_length(view, i, came_back, now, &length) &&
			!comes_again(view, i, came_back, now))
			print_hook(family, view, i, length, out);
}

static void print_hooks(const struct family *family, const struct view *view, FILE *out)
{
	print_hooks_that(family, view, true, out);
}

static void print_unfinished_hooks(const struct family *family, const struct view *view, FILE *out)
{
	print_hooks_that(family, view, false, out);
}

static const struct family families[] = {
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

#define FAMILY_COUNT (sizeof(families) / sizeof(families[0]))

/* ---- the text ---- */

/*
 * The samples of a family stand together, those of a container come together: so each family's wait in a file without a
 * name, and memory holds one container.
 */
struct samples {
	FILE *files[FAMILY_COUNT];
};

static int open_samples(struct samples *samples, struct lifecycle_error *error)
{
	for (size_t i = 0; i < FAMILY_COUNT; i++) {
		samples->files[i] = tmpfile();
		if (samples->files[i] == NULL)
			return error_errno(error, errno, "cannot make a temporary file");
	}
	return 0;
}

static void close_samples(struct samples *samples)
{
	for (size_t i = 0; i < FAMILY_COUNT; i++)
		if (samples->files[i] != NULL)
			(void)fclose(samples->files[i]);
}

static int take_view(const struct view *view, void *arg)
{
	struct samples *samples = arg;

	for (size_t i = 0; i < FAMILY_COUNT; i++)
		families[i].print(&families[i], view, samples->files[i]);
	return 0;
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

static void print_head(const char *name, const char *help, FILE *out)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static int print_metrics(const struct cli_call *call, const struct samples *samples, FILE *out,
	struct lifecycle_error *error)
{
	static const char faults[] = "oci_lifecycle_store_faults";

	for (size_t i = 0; i < FAMILY_COUNT; i++) {
		print_head(families[i].name, families[i].help, out);
		if (copy_file(samples->files[i], out, error) < 0)
			return -1;
	}
	print_head(faults, "What in the store could not be read.", out);
	fprintf(out, "%s %zu\n# EOF\n", faults, call->complaints);
	return 0;
}

/* ---- the command ---- */

static int write_file(const struct cli_call *call, const struct samples *samples, const char *path,
	struct lifecycle_error *error)
{
	struct outfile file;

	if (outfile_open(path, &file, error) < 0)
		return -1;
	if (print_metrics(call, samples, file.stream, error) == 0)
		return outfile_commit(&file, error);
	outfile_discard(&file);
	return -1;
}

static int run_metrics(
	struct cli_call *call, struct samples *samples, struct lifecycle_error *error)
{
	const struct metrics_options *options = call->options;
	struct records records;

	if (open_samples(samples, error) < 0 ||
		records_open(call, LIFECYCLE_ACCESS_READ, &records, error) < 0)
		return -1;
	(void)records_for_each(&records, call, take_view, samples);
	records_close(&records);
	if (options->output != NULL)
		return write_file(call, samples, options->output, error);
	return print_metrics(call, samples, stdout, error);
}

static int run(struct cli_call *call)
{
	struct samples samples = { 0 };
	struct lifecycle_error error;
	int result = run_metrics(call, &samples, &error);

	close_samples(&samples);
	return result == 0 ? call->status : cli_fail(call, &error);
}

static void print_details(void)
{
	printf("\nmetrics, all gauges with the labels id and name:\n");
	for (size_t i = 0; i < FAMILY_COUNT; i++)
		printf("  %-40s  %s\n", families[i].name, families[i].help);
}

static const struct cli_option options[] = {
	{ .name = "output",
		.letter = 'o',
		.kind = CLI_TEXT,
		.offset = offsetof(struct metrics_options, output),
		.argument = "FILE",
		.complete = cli_complete_file,
		.help = "replace this file, at once, with mode 0644" },
};

const struct cli_command query_metrics = {
	.name = "metrics",
	.arguments = "",
	.summary = "print all containers as OpenMetrics text",
	.details = "For node_exporter: lifecycle-query metrics --output "
		   "/DIRECTORY/oci_lifecycle.prom, with\n"
		   "the directory of its --collector.textfile.directory.",
	.print_details = print_details,
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct metrics_options),
	.run = run,
};
