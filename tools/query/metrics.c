/* SPDX-License-Identifier: Apache-2.0 */
#include "base/defaults.h"
#include "base/error.h"
#include "query/commands.h"
#include "query/output/counters.h"
#include "query/output/gauges.h"
#include "query/output/outfile.h"
#include "query/output/sample.h"
#include "records/filter.h"

#include <stdio.h>

struct metrics_options {
	const char *output;
	struct cli_values filters;
	struct gauges_asked asked;
};

struct metrics {
	const struct cli_values *labels;
	struct filter filter;
	struct gauges *gauges;
	/* of the whole store; NULL if only some containers are wanted */
	struct lifecycle_counts *counts;
	struct lifecycle_error error;
};

static const char faults[] = "oci_lifecycle_store_faults";
static const char faults_help[] = "What in the store could not be read.";

/* ---- the text ---- */

static void print_faults(const struct cli_call *call, const struct metrics *metrics, FILE *out)
{
	struct sample sample;

	sample_head(faults, faults_help, "gauge", out);
	sample_begin(faults, metrics->labels, out, &sample);
	sample_end_number(&sample, (int64_t)call->complaints);
}

/* Its last line is a comment to Prometheus, and says to everybody that the text is whole. */
static int print_metrics(const struct cli_call *call, const struct metrics *metrics, FILE *out,
	struct lifecycle_error *error)
{
	if (gauges_print(metrics->gauges, out, error) < 0)
		return -1;
	print_faults(call, metrics, out);
	/* without what could not be read they would fall, and then rise as if it all had happened once more */
	if (metrics->counts != NULL && call->failures == 0)
		counters_print(metrics->counts, metrics->labels, out);
	fputs("# EOF\n", out);
	return 0;
}

/* ---- the command ---- */

static int write_file(const struct cli_call *call, const struct metrics *metrics, const char *path,
	struct lifecycle_error *error)
{
	struct outfile file;

	if (outfile_open(path, &file, error) < 0)
		return -1;
	if (print_metrics(call, metrics, file.stream, error) == 0)
		return outfile_commit(&file, error);
	outfile_discard(&file);
	return -1;
}

static int check_options(const struct gauges_asked *asked, struct lifecycle_error *error)
{
	for (size_t i = 0; i < asked->labels.count; i++)
		if (sample_check_label(asked->labels.items[i], error) < 0)
			return -1;
	for (size_t i = 0; i < asked->arguments.count; i++) {
		const char *text = asked->arguments.items[i];

		if (text[0] < '0' || text[0] >= '0' + DEFAULTS_MAX_ARGUMENTS || text[1] != '\0')
			return error_set(error, LIFECYCLE_ERROR_INVALID,
				"'%s' is no argument that is kept: 0 to %d", text,
				DEFAULTS_MAX_ARGUMENTS - 1);
	}
	return 0;
}

static int prepare(const struct metrics_options *options, struct metrics *metrics,
	struct lifecycle_error *error)
{
	metrics->labels = &options->asked.labels;
	if (check_options(&options->asked, error) < 0 ||
		filter_parse(&options->filters, &metrics->filter, error) < 0 ||
		(options->filters.count == 0 && lifecycle_counts_new(&metrics->counts, error) < 0))
		return -1;
	return gauges_open(&options->asked, &metrics->gauges, error);
}

static void release(struct metrics *metrics)
{
	gauges_close(metrics->gauges);
	filter_free(&metrics->filter);
	lifecycle_counts_free(metrics->counts);
}

static int take_view(const struct view *view, void *arg)
{
	struct metrics *metrics = arg;

	if (metrics->counts != NULL &&
		lifecycle_counts_add(metrics->counts, view->record, &metrics->error) < 0)
		return -1;
	if (filter_admits(&metrics->filter, view))
		gauges_add(metrics->gauges, view);
	return 0;
}

/* What is left of records that are gone is read after the records. */
static int read_store(struct cli_call *call, struct metrics *metrics, struct lifecycle_error *error)
{
	struct records records;
	int result;

	if (records_open(call, LIFECYCLE_ACCESS_READ, &records, error) < 0)
		return -1;
	result = records_for_each(&records, call, take_view, metrics);
	if (result == 0 && metrics->counts != NULL)
		result = lifecycle_counts_end(metrics->counts, records.store, &metrics->error);
	records_close(&records);
	if (result < 0)
		*error = metrics->error;
	return result;
}

static int run_metrics(
	struct cli_call *call, struct metrics *metrics, struct lifecycle_error *error)
{
	const struct metrics_options *options = call->options;

	if (prepare(options, metrics, error) < 0 || read_store(call, metrics, error) < 0)
		return -1;
	if (options->output != NULL)
		return write_file(call, metrics, options->output, error);
	return print_metrics(call, metrics, stdout, error);
}

static int run(struct cli_call *call)
{
	struct metrics metrics = { 0 };
	struct lifecycle_error error;
	int result = run_metrics(call, &metrics, &error);

	release(&metrics);
	return result == 0 ? call->status : cli_fail(call, &error);
}

static void print_details(void)
{
	printf("\nmetrics of each container, gauges with the labels id and name:\n");
	gauges_print_help();
	printf("\nmetrics of the store; the counters outlive its records:\n");
	cli_print_row(40, faults, faults_help);
	counters_print_help();
}

#define AT(member) offsetof(struct metrics_options, member)
static const struct cli_option options[] = {
	{ .name = "output",
		.letter = 'o',
		.kind = CLI_TEXT,
		.offset = AT(output),
		.argument = "FILE",
		.complete = cli_complete_file,
		.help = "replace this file, at once, with mode 0644" },
	FILTER_OPTION(AT(filters), "only these containers, as list has it; not the store's own"),
	{ .name = "label",
		.kind = CLI_MANY,
		.offset = AT(asked.labels),
		.argument = "NAME=VALUE",
		.help = "a label on all, such as which store it is" },
	{ .name = "annotation",
		.kind = CLI_MANY,
		.offset = AT(asked.annotations),
		.argument = "KEY",
		.help = "this annotation as a label, where a record has it" },
	{ .name = "argv",
		.kind = CLI_MANY,
		.offset = AT(asked.arguments),
		.argument = "N",
		.help = "this argument of a hook as a label, 0 to 7" },
};
#undef AT

const struct cli_command query_metrics = {
	.name = "metrics",
	.arguments = "",
	.summary = "print all containers as text for Prometheus",
	.details = "For node_exporter: lifecycle-query metrics --output "
		   "/DIRECTORY/oci_lifecycle.prom, with\n"
		   "the directory of its --collector.textfile.directory.",
	.print_details = print_details,
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct metrics_options),
	.run = run,
};
