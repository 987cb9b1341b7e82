/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/counters.h"
#include "query/output/sample.h"

/* ---- those of the whole store ---- */

static const struct {
	const char *name;
	const char *help;
	int64_t (*value)(const struct lifecycle_counts *counts);
} sums[] = {
	{ "oci_lifecycle_generations_total",
		"Processes that there were, each time that an ID was used.",
		lifecycle_counts_generations },
	{ "oci_lifecycle_create_errors_total", "Those that failed before their program ran.",
		lifecycle_counts_create_errors },
	{ "oci_lifecycle_oom_kills_total", "Those that the kernel killed since memory was out.",
		lifecycle_counts_oom_kills },
};

#define SUM_COUNT (sizeof(sums) / sizeof(sums[0]))

static const char failures_name[] = "oci_lifecycle_hook_failures_total";
static const char failures_help[] =
	"Wrapped hooks, and create and start of the runtime, that failed.";
static const char hooks_name[] = "oci_lifecycle_hook_seconds";
static const char hooks_help[] = "How long wrapped hooks took that came back.";

static void print_sums(
	const struct lifecycle_counts *counts, const struct cli_values *labels, FILE *out)
{
	for (size_t i = 0; i < SUM_COUNT; i++) {
		struct sample sample;

		sample_head(sums[i].name, sums[i].help, "counter", out);
		sample_begin(sums[i].name, labels, out, &sample);
		sample_end_number(&sample, sums[i].value(counts));
	}
}

/* ---- those of a point's commands ---- */

/* What there was no room for has no point. */
static void begin_of_series(const char *name, const struct lifecycle_series *series,
	const struct cli_values *labels, FILE *out, struct sample *ret)
{
	const char *point = lifecycle_point_name(series->point);

	sample_begin(name, labels, out, ret);
	sample_label(ret, "point", point != NULL ? point : "other");
	sample_label(ret, "command", series->command);
	sample_label_number(ret, "index", series->index);
}

static void print_failures(
	const struct lifecycle_counts *counts, const struct cli_values *labels, FILE *out)
{
	sample_head(failures_name, failures_help, "counter", out);
	for (size_t i = 0; i < lifecycle_counts_series_count(counts); i++) {
		const struct lifecycle_series *series = lifecycle_counts_series(counts, i);
		struct sample sample;

		begin_of_series(failures_name, series, labels, out, &sample);
		sample_end_number(&sample, series->failures);
	}
}

static void print_bucket(const struct lifecycle_series *series, const char *limit, int64_t calls,
	const struct cli_values *labels, FILE *out)
{
	struct sample sample;
	char name[64];

	snprintf(name, sizeof(name), "%s_bucket", hooks_name);
	begin_of_series(name, series, labels, out, &sample);
	sample_label(&sample, "le", limit);
	sample_end_number(&sample, calls);
}

/* A bucket has all that is in those before it, too. */
static void print_buckets(
	const struct lifecycle_series *series, const struct cli_values *labels, FILE *out)
{
	int64_t calls = 0;

	for (size_t i = 0; i < LIFECYCLE_BUCKETS; i++) {
		char limit[32];

		snprintf(limit, sizeof(limit), "%g", (double)lifecycle_bucket_limit(i) / 1e9);
		calls += series->buckets[i];
		print_bucket(series, limit, calls, labels, out);
	}
	print_bucket(series, "+Inf", series->calls, labels, out);
}

static void print_histogram(
	const struct lifecycle_series *series, const struct cli_values *labels, FILE *out)
{
	struct sample sample;
	char name[64];

	print_buckets(series, labels, out);
	snprintf(name, sizeof(name), "%s_sum", hooks_name);
	begin_of_series(name, series, labels, out, &sample);
	sample_end_seconds(&sample, series->sum_ns);
	snprintf(name, sizeof(name), "%s_count", hooks_name);
	begin_of_series(name, series, labels, out, &sample);
	sample_end_number(&sample, series->calls);
}

/* A runtime's own command is no hook, and its length is not kept. */
static void print_histograms(
	const struct lifecycle_counts *counts, const struct cli_values *labels, FILE *out)
{
	sample_head(hooks_name, hooks_help, "histogram", out);
	for (size_t i = 0; i < lifecycle_counts_series_count(counts); i++) {
		const struct lifecycle_series *series = lifecycle_counts_series(counts, i);

		if (series->command != NULL || series->calls > 0)
			print_histogram(series, labels, out);
	}
}

void counters_print(
	const struct lifecycle_counts *counts, const struct cli_values *labels, FILE *out)
{
	print_sums(counts, labels, out);
	print_failures(counts, labels, out);
	print_histograms(counts, labels, out);
}

void counters_print_help(void)
{
	for (size_t i = 0; i < SUM_COUNT; i++)
		cli_print_row(40, sums[i].name, sums[i].help);
	cli_print_row(40, failures_name, failures_help);
	cli_print_row(40, hooks_name, hooks_help);
}
