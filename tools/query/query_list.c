/* SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"
#include "filter.h"
#include "query.h"
#include "rows.h"
#include "source.h"
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list_options {
	bool quiet;
	bool whole;
	bool no_heading;
	struct cli_list filters;
	const char *sort;
	const char *format;
};

/* What is asked for, checked. */
struct list {
	struct filter filter;
	const struct column *sort; /* NULL: by ID, as the store lists them */
	bool backwards;
	bool quiet;
	struct rows_shape shape;
	json_t *views;
};

/* ---- sorting ---- */

static int compare_values(const json_t *a, const json_t *b)
{
	if (json_is_integer(a) && json_is_integer(b))
		return (json_integer_value(a) > json_integer_value(b)) -
		       (json_integer_value(a) < json_integer_value(b));
	if (json_is_string(a) && json_is_string(b))
		return strcmp(json_string_value(a), json_string_value(b));
	return json_is_true(a) - json_is_true(b);
}

/* What is unknown comes last, in either direction. */
static int compare_views(const void *a, const void *b, void *arg)
{
	const struct list *list = arg;
	const json_t *one = view_at(*(json_t *const *)a, list->sort->path);
	const json_t *other = view_at(*(json_t *const *)b, list->sort->path);
	int order;

	if (one == NULL || other == NULL)
		order = (one == NULL) - (other == NULL);
	else
		order = list->backwards ? compare_values(other, one) : compare_values(one, other);
	if (order != 0)
		return order;
	return strcmp(view_text(*(json_t *const *)a, "id"), view_text(*(json_t *const *)b, "id"));
}

static int sort_views(struct list *list, struct lifecycle_error *error)
{
	size_t count = json_array_size(list->views);
	json_t **views = calloc(count + 1, sizeof(json_t *));
	json_t *sorted = json_array();

	if (views == NULL || sorted == NULL) {
		free(views);
		json_decref(sorted);
		return cli_no_memory(error);
	}
	for (size_t i = 0; i < count; i++)
		views[i] = json_array_get(list->views, i);
	qsort_r(views, count, sizeof(json_t *), compare_views, list);
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, views[i]);
	free(views);
	json_decref(list->views);
	list->views = sorted;
	return 0;
}

/* ---- what is asked for ---- */

static int parse_sort(const char *text, struct list *list, struct lifecycle_error *error)
{
	list->backwards = text[0] == '-';
	list->sort = column_find(text + list->backwards);
	if (list->sort == NULL || list->sort->path == NULL)
		return cli_error(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no key to sort by: 'list --help' lists them", text);
	return 0;
}

static int prepare(
	const struct list_options *options, struct list *list, struct lifecycle_error *error)
{
	list->quiet = options->quiet;
	list->shape.style.now = lifecycle_time_now();
	list->shape.style.whole = options->whole;
	list->shape.headings = !options->no_heading;
	if (options->quiet && options->format != NULL)
		return cli_error(
			error, LIFECYCLE_ERROR_INVALID, "--quiet and --format exclude each other");
	if (options->sort != NULL && parse_sort(options->sort, list, error) != 0)
		return -1;
	if (rows_shape_parse(options->format, &list->shape, error) != 0 ||
		filter_parse(&options->filters, &list->filter, error) != 0)
		return -1;
	list->views = json_array();
	return list->views != NULL ? 0 : cli_no_memory(error);
}

static void release(struct list *list)
{
	filter_free(&list->filter);
	rows_shape_free(&list->shape);
	json_decref(list->views);
}

/* ---- the command ---- */

static int take_view(json_t *view, void *arg)
{
	struct list *list = arg;

	return filter_admits(&list->filter, view) ? json_array_append(list->views, view) : 0;
}

static void print_ids(const struct list *list)
{
	const json_t *view;
	size_t i;

	json_array_foreach(list->views, i, view) {
		column_print(column_find("id"), view, &list->shape.style, stdout);
		putchar('\n');
	}
}

static int print_list(struct list *list, const struct source *source, struct cli_call *call,
	struct lifecycle_error *error)
{
	if (source_for_each(source, call, take_view, list) != 0)
		return cli_no_memory(error);
	if (list->sort != NULL && sort_views(list, error) != 0)
		return -1;
	if (!list->quiet)
		return rows_print(list->views, &list->shape, error);
	print_ids(list);
	return 0;
}

static int run(struct cli_call *call)
{
	struct list list = { 0 };
	struct lifecycle_error error;
	struct source source;
	int result = prepare(call->options, &list, &error);

	if (result == 0)
		result = source_open(&call->globals, LIFECYCLE_ACCESS_READ, &source, &error);
	if (result == 0) {
		result = print_list(&list, &source, call, &error);
		source_close(&source);
	}
	release(&list);
	return result == 0 ? call->status : cli_fail(call, &error);
}

static void complete_sort(const struct cli_call *call, const char *begun)
{
	(void)call;
	for (size_t i = 0; i < columns_count; i++)
		if (columns[i].path != NULL)
			cli_offer(begun, columns[i].key, columns[i].help);
}

static void complete_format(const struct cli_call *call, const char *begun)
{
	(void)call;
	cli_offer(begun, "table", "the usual columns");
	cli_offer(begun, "json", "an array of objects");
	cli_offer(begun, "jsonl", "an object on each line");
}

static void print_details(void)
{
	columns_print_help();
	filter_print_help();
}

#define AT(member) offsetof(struct list_options, member)

static const struct cli_option options[] = {
	{ .name = "quiet",
		.letter = 'q',
		.kind = CLI_FLAG,
		.offset = AT(quiet),
		.help = "print the IDs alone" },
	{ .name = "no-trunc",
		.kind = CLI_FLAG,
		.offset = AT(whole),
		.help = "do not shorten IDs, nor texts to fit the terminal" },
	{ .name = "noheading",
		.kind = CLI_FLAG,
		.offset = AT(no_heading),
		.help = "print a table without its headings" },
	{ .name = "filter",
		.letter = 'f',
		.kind = CLI_MANY,
		.offset = AT(filters),
		.argument = "KEY=VALUE",
		.complete = filter_complete,
		.help = "only containers for which this holds (may be repeated)" },
	{ .name = "sort",
		.kind = CLI_TEXT,
		.offset = AT(sort),
		.argument = "KEY",
		.complete = complete_sort,
		.help = "sort by this column, '-KEY' backwards (default: id)" },
	{ .name = "format",
		.kind = CLI_TEXT,
		.offset = AT(format),
		.argument = "FORMAT",
		.complete = complete_format,
		.help = "table, json, jsonl, a TEMPLATE or 'table TEMPLATE'" },
};

const struct cli_command query_list = {
	.name = "list",
	.arguments = "",
	.summary = "print all containers, as a table",
	.print_details = print_details,
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct list_options),
	.run = run,
};
