/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/format.h"
#include "query/commands.h"
#include "query/output/json_output.h"
#include "query/output/lifeline_json.h"
#include "query/output/svg.h"
#include "records/records.h"

#include <stdio.h>
#include <string.h>

struct timeline_options {
	const char *format;
};

struct timeline {
	struct lifeline_look look;
	const struct format *format;
	bool colours;
	struct lifecycle_error error;
};

/* ---- text ---- */

static void print_time(const char *label, struct lifeline_time time)
{
	char text[LIFECYCLE_TIME_SIZE];

	printf("%-16s", label);
	if (time.time == LIFECYCLE_UNKNOWN)
		putchar('-');
	else
		printf("%s%s", time.provisional ? "~" : "", lifecycle_time_format(time.time, text));
	if (time.time != LIFECYCLE_UNKNOWN && time.source != LIFECYCLE_SOURCE_NONE)
		printf(" (%s)", lifecycle_source_name(time.source));
	putchar('\n');
}

static void print_words(const struct lifeline *lifeline)
{
	if (lifeline->generation->generation != LIFECYCLE_UNKNOWN)
		printf("\ngeneration %lld: ", (long long)lifeline->generation->generation);
	else
		fputs("\ngeneration -: ", stdout);
	lifeline_print_status(lifeline, stdout);
	putchar('\n');
	print_time("created", lifeline_created(lifeline));
	print_time("started", lifeline_started(lifeline));
	print_time("finished", lifeline_finished(lifeline));
}

static void print_heading(const struct lifecycle_record *record)
{
	const char *id = lifecycle_record_id(record);
	const char *name = lifecycle_record_name(record);

	fputs(id != NULL ? id : "-", stdout);
	if (name != NULL) {
		fputs("  ", stdout);
		format_escaped(stdout, name);
	}
	putchar('\n');
}

static int print_text(
	struct timeline *timeline, const struct view *view, const struct lifelines *lifelines)
{
	const struct picture_style style = { .width = format_width(stdout),
		.unicode = format_unicode(stdout),
		.colours = timeline->colours };

	print_heading(view->record);
	for (size_t i = 0; i < lifelines->count; i++) {
		const struct lifeline *lifeline = lifelines->items[i];

		print_words(lifeline);
		if (lifeline->count > 0)
			picture_print(lifeline->rows, lifeline->count, &style, stdout);
	}
	return 0;
}

/* ---- the other formats ---- */

static int print_svg(
	struct timeline *timeline, const struct view *view, const struct lifelines *lifelines)
{
	return svg_print(view, lifelines, stdout) == 0 ? 0 : error_no_memory(&timeline->error);
}

static int print_json(
	struct timeline *timeline, const struct view *view, const struct lifelines *lifelines)
{
	json_t *tree;
	int result;

	if (lifeline_json(view, lifelines, &tree, &timeline->error) < 0)
		return -1;
	result = json_output_print(tree, JSON_INDENT(2), stdout, &timeline->error);
	putchar('\n');
	json_decref(tree);
	return result;
}

struct format {
	const char *name;
	int (*print)(struct timeline *timeline, const struct view *view,
		const struct lifelines *lifelines);
	const char *help;
};

static const struct format formats[] = {
	{ "text", print_text, "as wide as the terminal" },
	{ "svg", print_svg, "a picture to attach to a report" },
	{ "json", print_json, "the same as numbers, for pictures of your own" },
};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

static int find_format(const char *name, struct timeline *timeline)
{
	timeline->format = &formats[0];
	if (name == NULL)
		return 0;
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (strcmp(formats[i].name, name) == 0) {
			timeline->format = &formats[i];
			return 0;
		}
	return error_set(&timeline->error, LIFECYCLE_ERROR_INVALID,
		"no such format: '%s'; there are text, svg and json", name);
}

static void complete_format(const struct cli_call *call, const char *begun)
{
	(void)call;
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		cli_offer(begun, formats[i].name, formats[i].help);
}

/* ---- the command ---- */

static int print_timeline(const struct view *view, void *arg)
{
	struct timeline *timeline = arg;
	struct lifelines lifelines;
	int result;

	timeline->look = (struct lifeline_look){ .now = lifecycle_time_now(),
		.paused = view_is_paused(view) };
	if (lifelines_of(view, timeline->look, &lifelines) < 0)
		return error_no_memory(&timeline->error);
	result = timeline->format->print(timeline, view, &lifelines);
	lifelines_free(&lifelines);
	return result;
}

static int prepare(const struct cli_call *call, struct timeline *timeline)
{
	const struct timeline_options *options = call->options;
	const struct query_globals *globals = call->globals;

	if (format_parse_colour(globals->colour, stdout, &timeline->colours, &timeline->error) < 0)
		return -1;
	return find_format(options->format, timeline);
}

static int run(struct cli_call *call)
{
	struct timeline timeline = { 0 };
	struct records records;
	int result;

	if (prepare(call, &timeline) < 0)
		return cli_fail(call, &timeline.error);
	if (records_open(call, LIFECYCLE_ACCESS_READ, &records, &timeline.error) < 0)
		return cli_fail(call, &timeline.error);
	result = records_for_operands(&records, call, print_timeline, &timeline);
	records_close(&records);
	return result < 0 ? cli_fail(call, &timeline.error) : call->status;
}

static const struct cli_option options[] = {
	{ .name = "format",
		.kind = CLI_TEXT,
		.offset = offsetof(struct timeline_options, format),
		.argument = "FORMAT",
		.complete = complete_format,
		.help = "text (the default), svg: a picture to attach, or json" },
	CLI_FORMAT_ALIASES(offsetof(struct timeline_options, format)),
};

const struct cli_command query_timeline = {
	.name = "timeline",
	.arguments = "REF",
	.summary = "draw a container's life: phases, hooks and errors on one scale",
	.details = "A scale for each generation; // is where a long time without an event is cut "
		   "out of it.\n"
		   "'running?' is the time in which its program may have run, though nobody saw it "
		   "start.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct timeline_options),
	.most = 1,
	.complete = records_complete,
	.run = run,
};
