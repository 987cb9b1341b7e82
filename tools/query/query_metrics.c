/* SPDX-License-Identifier: Apache-2.0 */
#include "format.h"
#include "outfile.h"
#include "query.h"
#include "source.h"
#include "view.h"

#include <stdio.h>
#include <string.h>

struct metrics_options {
	const char *output;
};

struct family {
	const char *name;
	const char *help;
	/* Writes the samples of a container: none for what is unknown. */
	void (*print)(const struct family *family, const json_t *view, FILE *out);
	const char *path; /* of its value */
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
static void begin_sample(const struct family *family, const json_t *view, FILE *out)
{
	const char *name = view_text(view, "name");
	const char *id = view_text(view, "id");

	/* an ID needs no escape */
	fprintf(out, "%s{id=\"%s\"", family->name, id != NULL ? id : "");
	print_label("name", name, out);
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

static void print_time(const struct family *family, const json_t *view, FILE *out)
{
	int64_t time = view_time(view, family->path);

	if (time == LIFECYCLE_UNKNOWN)
		return;
	begin_sample(family, view, out);
	end_seconds(time, out);
}

static void print_sourced(const struct family *family, const json_t *view, int64_t time, FILE *out)
{
	char key[64];
	const char *source;

	if (time == LIFECYCLE_UNKNOWN)
		return;
	(void)snprintf(key, sizeof(key), "%s_source", family->path);
	source = view_text(view, key);
	begin_sample(family, view, out);
	print_label("source", source, out);
	end_seconds(time, out);
}

static void print_start(const struct family *family, const json_t *view, FILE *out)
{
	print_sourced(family, view, view_start(view), out);
}

static void print_end(const struct family *family, const json_t *view, FILE *out)
{
	print_sourced(family, view, view_time(view, family->path), out);
}

static void print_number(const struct family *family, const json_t *view, FILE *out)
{
	int64_t number = view_number(view, family->path);

	if (number == LIFECYCLE_UNKNOWN)
		return;
	begin_sample(family, view, out);
	end_number(number, out);
}

static void print_flag(const struct family *family, const json_t *view, FILE *out)
{
	begin_sample(family, view, out);
	end_number(view_flag(view, family->path), out);
}

/* One sample for each status that there is, and 1 for the one that it has. */
static void print_status(const struct family *family, const json_t *view, FILE *out)
{
	if (view_text(view, family->path) == NULL)
		return;
	for (enum lifecycle_status i = LIFECYCLE_STATUS_CREATING; i <= LIFECYCLE_STATUS_STOPPED;
		i++) {
		begin_sample(family, view, out);
		print_label("status", lifecycle_status_name(i), out);
		end_number(view_is(view, i), out);
	}
}

static bool is_same_text(const char *one, const char *other)
{
	return one != NULL && other != NULL && strcmp(one, other) == 0;
}

/* A series has one value, so of several calls of one command at one point it is the last one's. */
static bool comes_again(const json_t *hooks, size_t index)
{
	const json_t *hook = json_array_get(hooks, index);

	for (size_t i = index + 1; i < json_array_size(hooks); i++) {
		const json_t *other = json_array_get(hooks, i);

		if (view_duration(other, "duration_ns") != LIFECYCLE_UNKNOWN &&
			is_same_text(view_text(hook, "point"), view_text(other, "point")) &&
			is_same_text(view_text(hook, "command"), view_text(other, "command")))
			return true;
	}
	return false;
}

static void print_hooks(const struct family *family, const json_t *view, FILE *out)
{
	const json_t *hooks = view_at(view, "hooks");
	const json_t *hook;
	size_t i;

	json_array_foreach(hooks, i, hook) {
		const char *command = view_text(hook, "command");
		int64_t duration = view_duration(hook, family->path);

		if (command == NULL || duration == LIFECYCLE_UNKNOWN || comes_again(hooks, i))
			continue;
		begin_sample(family, view, out);
		print_label("point", view_text(hook, "point"), out);
		print_label("command", command, out);
		end_seconds(duration, out);
	}
}

static const struct family families[] = {
	{ "oci_lifecycle_created_timestamp_seconds", "When the container was created.", print_time,
		"created_at" },
	{ "oci_lifecycle_started_timestamp_seconds",
		"When its program started; provisional if the source is createRuntime.",
		print_start, "started_at" },
	{ "oci_lifecycle_finished_timestamp_seconds", "When it ended.", print_end, "finished_at" },
	{ "oci_lifecycle_status", "1 for the status that it is observed to have.", print_status,
		"observed.status" },
	{ "oci_lifecycle_generation", "How many processes there have been under this ID.",
		print_number, "generation" },
	{ "oci_lifecycle_create_error", "1 if it failed before its program ran.", print_flag,
		"observed.create_error" },
	{ "oci_lifecycle_exit_code", "Its program's exit code, where it is known.", print_number,
		"exit_code" },
	{ "oci_lifecycle_hook_duration_seconds", "How long a wrapped hook took, when last called.",
		print_hooks, "duration_ns" },
};

/* ---- the command ---- */

static int take_view(json_t *view, void *arg)
{
	return json_array_append(arg, view);
}

static void print_head(const char *name, const char *help, FILE *out)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void print_metrics(const struct cli_call *call, const json_t *views, FILE *out)
{
	static const char faults[] = "oci_lifecycle_store_faults";
	const json_t *view;
	size_t number;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		print_head(families[i].name, families[i].help, out);
		json_array_foreach(views, number, view) {
			families[i].print(&families[i], view, out);
		}
	}
	print_head(faults, "What in the store could not be read.", out);
	fprintf(out, "%s %zu\n# EOF\n", faults, call->complaints);
}

static int write_file(const struct cli_call *call, const json_t *views, const char *path,
	struct lifecycle_error *error)
{
	struct outfile file;

	if (outfile_open(path, &file, error) != 0)
		return -1;
	print_metrics(call, views, file.stream);
	return outfile_commit(&file, error);
}

static int run_metrics(struct cli_call *call, json_t *views, struct lifecycle_error *error)
{
	const struct metrics_options *options = call->options;
	struct source source;
	int result;

	if (views == NULL)
		return cli_no_memory(error);
	if (source_open(&call->globals, LIFECYCLE_ACCESS_READ, &source, error) != 0)
		return -1;
	result = source_for_each(&source, call, take_view, views);
	source_close(&source);
	if (result != 0)
		return cli_no_memory(error);
	if (options->output != NULL)
		return write_file(call, views, options->output, error);
	print_metrics(call, views, stdout);
	return 0;
}

static int run(struct cli_call *call)
{
	json_t *views = json_array();
	struct lifecycle_error error;
	int result = run_metrics(call, views, &error);

	json_decref(views);
	return result == 0 ? call->status : cli_fail(call, &error);
}

static void print_details(void)
{
	printf("\nmetrics, all gauges with the labels id and name:\n");
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
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
