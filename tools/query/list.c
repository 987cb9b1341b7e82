/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/format.h"
#include "query/commands.h"
#include "query/output/columns.h"
#include "query/output/rows.h"
#include "records/filter.h"
#include "records/records.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list_options {
	bool quiet;
	bool whole;
	bool no_heading;
	struct cli_values filters;
	bool all; /* it is what is printed anyway */
	bool latest;
	const char *last;
	const char *sort;
	const char *format;
};

/* A line that waits for its turn, and what it is sorted by. */
struct line {
	char *id;
	int64_t created_at;
	char *text; /* of the column; NULL if it is a number, or unknown */
	int64_t number;
	bool known;
	struct rows_line line;
};

/* What is asked for, checked. */
struct list {
	struct filter filter;
	const struct column *sort; /* NULL: by ID, as the store lists them */
	bool backwards;
	size_t most; /* of those that were created last; SIZE_MAX: all */
	struct rows rows;
	size_t count; /* of the lines that wait; none do if they come as the store lists them */
	struct line *lines;
	struct lifecycle_error error;
};

/* ---- sorting ---- */

static int compare_values(const struct line *one, const struct line *other)
{
	if (one->text != NULL && other->text != NULL)
		return strcmp(one->text, other->text);
	return (one->number > other->number) - (one->number < other->number);
}

/* The newest first, then what nobody knows the time of. */
static int compare_ages(const void *a, const void *b)
{
	const struct line *one = a;
	const struct line *other = b;

	if (one->created_at != other->created_at)
		return one->created_at > other->created_at ? -1 : 1;
	return strcmp(one->id, other->id);
}

/* What is unknown comes last, in either direction. */
static int compare_lines(const void *a, const void *b, void *arg)
{
	const struct list *list = arg;
	const struct line *one = a;
	const struct line *other = b;
	int order = other->known - one->known;

	if (order == 0 && one->known)
		order = list->backwards ? compare_values(other, one) : compare_values(one, other);
	return order != 0 ? order : strcmp(one->id, other->id);
}

/* Lists are not compared, but for whether there is one. */
static int set_sort_value(struct line *line, const struct column *column, const struct view *view)
{
	json_t *value;

	switch (column->kind) {
	case COLUMN_TEXT:
		line->known = column->text(view) != NULL;
		line->text = line->known ? strdup(column->text(view)) : NULL;
		return line->known && line->text == NULL ? -1 : 0;
	case COLUMN_NUMBER:
	case COLUMN_TIME:
	case COLUMN_FLAG:
		line->number = column->number(view);
		line->known = line->number != LIFECYCLE_UNKNOWN;
		return 0;
	default:
		value = column_json(column, view);
		line->known = value != NULL && !json_is_null(value);
		json_decref(value);
		return value != NULL ? 0 : -1;
	}
}

static void free_line(const struct rows *rows, struct line *line)
{
	free(line->id);
	free(line->text);
	rows_line_free(rows, &line->line);
}

/* Capacities are powers of two, so that the count tells when one is full. */
static int make_room(struct list *list)
{
	size_t capacity = list->count == 0 ? 1 : list->count * 2;
	struct line *lines;

	if ((list->count & (list->count - 1)) != 0)
		return 0;
	lines = reallocarray(list->lines, capacity, sizeof(*lines));
	if (lines == NULL)
		return -1;
	list->lines = lines;
	return 0;
}

/* Takes the rendered line. */
static int keep_line(struct list *list, const struct view *view, const struct rows_line *rendered)
{
	const char *id = lifecycle_record_id(view->record);
	struct line line = { .id = strdup(id != NULL ? id : ""),
		.created_at = view_created_at(view),
		.line = *rendered };

	if (line.id == NULL ||
		(list->sort != NULL && set_sort_value(&line, list->sort, view) < 0) ||
		make_room(list) < 0) {
		free_line(&list->rows, &line);
		return error_no_memory(&list->error);
	}
	list->lines[list->count++] = line;
	return 0;
}

static void keep_newest(struct list *list)
{
	if (list->count > 1)
		qsort(list->lines, list->count, sizeof(*list->lines), compare_ages);
	while (list->count > list->most)
		free_line(&list->rows, &list->lines[--list->count]);
}

static int print_kept(struct list *list)
{
	int result = 0;

	if (list->most != SIZE_MAX)
		keep_newest(list);
	if (list->count > 1 && list->sort != NULL)
		qsort_r(list->lines, list->count, sizeof(*list->lines), compare_lines, list);
	for (size_t i = 0; i < list->count && result == 0; i++)
		result = rows_print(&list->rows, &list->lines[i].line, &list->error);
	return result;
}

/* ---- what is asked for ---- */

static int parse_sort(const char *text, struct list *list)
{
	list->backwards = text[0] == '-';
	list->sort = column_find(text + list->backwards);
	if (list->sort == NULL || list->sort->kind == COLUMN_FOR_TABLES)
		return error_set(&list->error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no key to sort by: 'list --help' lists them", text);
	return 0;
}

/* A negative number is all, as for docker. */
static int parse_last(const struct list_options *options, struct list *list)
{
	const char *text = options->last;
	char *end;
	long long number;

	list->most = options->latest ? 1 : SIZE_MAX;
	if (text == NULL)
		return 0;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0)
		return error_set(&list->error, LIFECYCLE_ERROR_INVALID, "'%s' is no number", text);
	if (number >= 0 && (size_t)number < list->most)
		list->most = (size_t)number;
	return 0;
}

static int prepare(const struct cli_call *call, struct list *list)
{
	const struct query_globals *globals = call->globals;
	const struct list_options *options = call->options;

	list->rows.style.now = lifecycle_time_now();
	list->rows.style.whole = options->whole;
	list->rows.table_style.headings = !options->no_heading;
	if (options->quiet && options->format != NULL)
		return error_set(&list->error, LIFECYCLE_ERROR_INVALID,
			"--quiet and --format exclude each other");
	if (format_parse_colour(
		    globals->colour, stdout, &list->rows.table_style.colours, &list->error) < 0 ||
		parse_last(options, list) < 0)
		return -1;
	if (options->sort != NULL && parse_sort(options->sort, list) < 0)
		return -1;
	if (rows_parse_format(options->format, &list->rows, &list->error) < 0)
		return -1;
	if (options->quiet)
		list->rows.format = ROWS_IDS;
	return filter_parse(&options->filters, &list->filter, &list->error);
}

static void release(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free_line(&list->rows, &list->lines[i]);
	free(list->lines);
	filter_free(&list->filter);
	rows_free(&list->rows);
}

/* ---- the command ---- */

static int take_view(const struct view *view, void *arg)
{
	struct list *list = arg;
	struct rows_line line;
	int result;

	if (!filter_admits(&list->filter, view))
		return 0;
	if (rows_render(&list->rows, view, &line, &list->error) < 0)
		return -1;
	if (list->sort != NULL || list->most != SIZE_MAX)
		return keep_line(list, view, &line);
	result = rows_print(&list->rows, &line, &list->error);
	rows_line_free(&list->rows, &line);
	return result;
}

static int print_list(struct list *list, const struct records *records, struct cli_call *call)
{
	if (rows_begin(&list->rows, &list->error) < 0 ||
		records_for_each(records, call, take_view, list) < 0 || print_kept(list) < 0)
		return -1;
	return rows_end(&list->rows, &list->error);
}

static int run(struct cli_call *call)
{
	struct list list = { 0 };
	struct records records;
	int result = prepare(call, &list);

	if (result == 0)
		result = records_open(call, LIFECYCLE_ACCESS_READ, &records, &list.error);
	if (result == 0) {
		result = print_list(&list, &records, call);
		records_close(&records);
	}
	release(&list);
	return result == 0 ? call->status : cli_fail(call, &list.error);
}

static void complete_sort(const struct cli_call *call, const char *begun)
{
	(void)call;
	for (size_t i = 0; i < columns_count; i++)
		if (columns[i].kind != COLUMN_FOR_TABLES)
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
	{ .name = "all",
		.letter = 'a',
		.kind = CLI_FLAG,
		.offset = AT(all),
		.help = "all containers: that is done anyway" },
	{ .name = "last",
		.letter = 'n',
		.kind = CLI_TEXT,
		.offset = AT(last),
		.argument = "N",
		.help = "only the N that were created last, the newest first" },
	{ .name = "latest",
		.letter = 'l',
		.kind = CLI_FLAG,
		.offset = AT(latest),
		.help = "only the one that was created last" },
	{ .name = "no-trunc",
		.kind = CLI_FLAG,
		.offset = AT(whole),
		.help = "do not shorten IDs, nor texts to fit the terminal" },
	{ .name = "noheading",
		.kind = CLI_FLAG,
		.offset = AT(no_heading),
		.help = "print a table without its headings" },
	FILTER_OPTION(AT(filters), "only containers for which this holds (may be repeated)"),
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
	CLI_FORMAT_ALIASES(AT(format)),
};

static const char *const aliases[] = { "ps", "ls", NULL };

const struct cli_command query_list = {
	.name = "list",
	.aliases = aliases,
	.arguments = "",
	.summary = "print all containers, as a table",
	.print_details = print_details,
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct list_options),
	.run = run,
};
