/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/svg.h"
#include "base/text_stream.h"
#include "cli/format.h"
#include "query/output/svg_shapes.h"
#include "query/output/xml.h"

#include <stdlib.h>
#include <string.h>

/* In units, of which the picture has WIDTH. A card holds a generation; its chart has bars, and their lengths on the right. */
#define WIDTH       800
#define MARGIN      16
#define INSIDE      (2 * MARGIN) /* of a card */
#define RIGHT       (WIDTH - INSIDE)
#define CHART       152
#define CHART_WIDTH 552
#define CUT_LEAST   48

#define TITLE_HEIGHT  62
#define FACTS_HEIGHT  64
#define AXIS_HEIGHT   34
#define ROW_HEIGHT    22
#define BAR_HEIGHT    12
#define LINE_HEIGHT   15
#define AFTER_LINES   4
#define FOOTER_HEIGHT 24

#define MOST_LINES    3 /* of one text */
#define LEAST_BAR     3
#define MARK_SIZE     5
#define TICK_SPACE    10
#define DIGIT_WIDTH   6 /* of a small text, at most */
#define TITLE_COLUMNS 70

struct svg {
	FILE *out;
	int y;
	struct scale scale;
};

/* ---- what a row takes ---- */

static int chart_columns(void)
{
	return svg_columns(RIGHT - CHART);
}

/* The bytes of a text's next line: up to a blank, if there is one near where the room ends. */
static size_t line_of(const char *text, size_t *ret_columns)
{
	size_t fits = xml_fit(text, (size_t)chart_columns(), ret_columns);
	size_t at = fits;

	if (text[fits] == '\0' || text[fits] == '\n')
		return fits;
	while (at > fits / 2 && text[at - 1] != ' ')
		at--;
	return at > fits / 2 ? at : fits;
}

/* How many lines a text is wrapped to. */
static int lines_of(const char *text)
{
	size_t used;
	int lines = 0;

	if (text == NULL)
		return 0;
	do {
		text += line_of(text, &used);
		lines++;
	} while (*text != '\0' && *text != '\n' && lines < MOST_LINES);
	return lines;
}

static int row_height(const struct picture_row *row)
{
	int lines = lines_of(row->detail) + lines_of(row->more);

	return ROW_HEIGHT + lines * LINE_HEIGHT + (lines > 0 ? AFTER_LINES : 0);
}

static int rows_height(const struct lifeline *lifeline)
{
	int height = 0;

	for (size_t i = 0; i < lifeline->count; i++)
		height += row_height(&lifeline->rows[i]);
	return height;
}

static int card_height(const struct lifeline *lifeline)
{
	int chart = lifeline->count > 0 ? AXIS_HEIGHT + rows_height(lifeline) : 0;

	return FACTS_HEIGHT + chart + MARGIN;
}

/* ---- times ---- */

static int x_of(const struct svg *svg, int64_t time)
{
	return CHART + (int)scale_column(&svg->scale, time);
}

/* Where a label of that width stands, or 0 if it would come too near to what is right of it, or to the first one. */
static int place_of_label(int x, int width, int room)
{
	int most = CHART + CHART_WIDTH - width / 2;

	if (x > most)
		x = most;
	if (x + width / 2 + TICK_SPACE > room || x - width / 2 < CHART + DIGIT_WIDTH + TICK_SPACE)
		return 0;
	return x;
}

/* What has room, and is not said yet: where each piece ends, since the beginning; the last end first of all. */
static void print_ticks(const struct svg *svg)
{
	const struct scale *scale = &svg->scale;
	int64_t origin = scale->count > 0 ? scale->pieces[0].from : 0;
	int room = CHART + CHART_WIDTH + TICK_SPACE;
	char last[FORMAT_SIZE] = "0";

	svg_text(svg->out, CHART, svg->y + 12, "small quiet", last);
	for (size_t i = scale->count; i-- > 0;) {
		char label[FORMAT_SIZE];
		int width, x;

		format_duration(scale->pieces[i].to - origin, label);
		width = (int)strlen(label) * DIGIT_WIDTH;
		x = place_of_label(x_of(svg, scale->pieces[i].to), width, room);
		if (x == 0 || strcmp(label, last) == 0)
			continue;
		svg_text(svg->out, x, svg->y + 12, "small quiet middle", label);
		room = x - width / 2;
		memcpy(last, label, sizeof(last));
	}
}

/* Through whatever is that high there. */
static void draw_cuts(const struct svg *svg, int from, int to, int y, int height)
{
	for (size_t i = 0; i < svg->scale.count; i++) {
		const struct scale_piece *piece = &svg->scale.pieces[i];
		int middle = CHART + (int)(piece->column + piece->columns / 2);

		if (piece->cut && middle > from && middle < to)
			svg_cut(svg->out, middle, y, height);
	}
}

/* A line there, once. */
static void draw_ends(const struct svg *svg, int y, int height, const char *class)
{
	const struct scale *scale = &svg->scale;
	int last = CHART;

	svg_vertical(svg->out, CHART, y, height, class);
	for (size_t i = 0; i < scale->count; i++) {
		int x = x_of(svg, scale->pieces[i].to);

		if (x != last)
			svg_vertical(svg->out, x, y, height, class);
		last = x;
	}
}

static void draw_axis(struct svg *svg, int height)
{
	int y = svg->y + 20;

	print_ticks(svg);
	draw_ends(svg, y, height, "grid");
	svg_horizontal(svg->out, CHART, y, CHART_WIDTH, "axis");
	draw_ends(svg, y - 4, 4, "axis");
	draw_cuts(svg, CHART, CHART + CHART_WIDTH, y - 5, 10);
	svg->y += AXIS_HEIGHT;
}

/* ---- rows ---- */

static const char *class_of(const struct picture_row *row)
{
	static const char *const phases[] = { "creating", "created", "running" };

	if (row->failed || row->kind == PICTURE_ERROR)
		return "failed";
	if (row->kind == PICTURE_UNSEEN)
		return "unseen";
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		if (row->kind == PICTURE_PHASE && strcmp(row->label, phases[i]) == 0)
			return phases[i];
	return "hook";
}

static void draw_bar(const struct svg *svg, const struct picture_row *row, int y)
{
	int from = x_of(svg, row->from);
	int to = x_of(svg, row->to);

	if (to - from < LEAST_BAR)
		to = from + LEAST_BAR;
	svg_bar(svg->out, from, y, to - from, BAR_HEIGHT, class_of(row));
	draw_cuts(svg, from, to, y - 2, BAR_HEIGHT + 4);
	if (row->goes_on)
		svg_arrow(svg->out, to, y - 1, BAR_HEIGHT + 2, class_of(row));
	else if (row->endless || row->least)
		svg_text(svg->out, to + 4, y + 10, "heading", "?");
}

static void draw_shape(const struct svg *svg, const struct picture_row *row, int y)
{
	int x = x_of(svg, row->from);
	int middle = y + BAR_HEIGHT / 2;

	if (row->kind == PICTURE_ERROR)
		svg_cross(svg->out, x, middle, MARK_SIZE, "cross");
	else if (row->kind == PICTURE_MARK)
		svg_diamond(svg->out, x, middle, MARK_SIZE, class_of(row));
	else
		draw_bar(svg, row, y);
}

/* NULL for what has none. */
static const char *length_of(const struct picture_row *row, char buffer[2 * FORMAT_SIZE])
{
	char length[FORMAT_SIZE];

	if (row->kind == PICTURE_MARK || row->kind == PICTURE_ERROR)
		return NULL;
	if (row->endless)
		return "?";
	snprintf(buffer, 2 * FORMAT_SIZE, "%s%s", row->least ? "\xe2\x89\xa5 " : "",
		format_duration(row->to - row->from, length));
	return buffer;
}

/* Below what it is about, where there is room. */
static int x_of_text(const struct svg *svg, const struct picture_row *row, const char *text)
{
	size_t columns;
	size_t fits = xml_fit(text, (size_t)chart_columns(), &columns);
	int most = RIGHT - svg_width(columns);
	int x = x_of(svg, row->from);

	if (text[fits] != '\0' && text[fits] != '\n')
		return CHART;
	if (x > most)
		x = most;
	return x > CHART ? x : CHART;
}

static void print_lines(
	struct svg *svg, const struct picture_row *row, const char *text, const char *class)
{
	int lines = lines_of(text);
	int x = text != NULL ? x_of_text(svg, row, text) : 0;

	for (int i = 0; i < lines; i++) {
		size_t used;
		size_t fits = line_of(text, &used);
		char *line = i + 1 < lines ? strndup(text, fits) : NULL;

		svg_text_in(
			svg->out, x, svg->y, chart_columns(), class, line != NULL ? line : text);
		free(line);
		text += fits;
		svg->y += LINE_HEIGHT;
	}
}

/* What a browser shows of it when it is pointed at: the time, too. */
static void print_tip(const struct svg *svg, const struct picture_row *row)
{
	char time[LIFECYCLE_TIME_SIZE], buffer[2 * FORMAT_SIZE];
	const char *length = length_of(row, buffer);

	fputs("<title>", svg->out);
	xml_print(svg->out, row->label, strlen(row->label));
	fprintf(svg->out, " %s%s%s</title>\n", lifecycle_time_format(row->from, time),
		length != NULL ? ", " : "", length != NULL ? length : "");
}

static void draw_row(struct svg *svg, const struct picture_row *row)
{
	bool bad = row->failed || row->kind == PICTURE_ERROR;
	char buffer[2 * FORMAT_SIZE];
	const char *length = length_of(row, buffer);
	int below = svg->y + row_height(row);

	fputs("<g>\n", svg->out);
	print_tip(svg, row);
	svg_text(svg->out, INSIDE, svg->y + 11, bad ? "bad" : "row", row->label);
	if (length != NULL)
		svg_text(svg->out, RIGHT, svg->y + 11, bad ? "end bad" : "end", length);
	draw_shape(svg, row, svg->y + 1);
	svg->y += ROW_HEIGHT + LINE_HEIGHT / 2;
	print_lines(svg, row, row->detail, row->kind == PICTURE_ERROR ? "code bad" : "code quiet");
	print_lines(svg, row, row->more, bad ? "code bad" : "code");
	fputs("</g>\n", svg->out);
	svg->y = below;
}

/* ---- a generation ---- */

static void print_fact(const struct svg *svg, int column, const char *label,
	struct lifeline_time time, const char *unknown)
{
	int x = INSIDE + column * (RIGHT - INSIDE) / 3;
	const char *source = lifecycle_source_name(time.source);
	char text[LIFECYCLE_TIME_SIZE], words[2 * FORMAT_SIZE];
	bool known = time.time != LIFECYCLE_UNKNOWN;

	snprintf(words, sizeof(words), known && source != NULL ? "%s (%s%s)" : "%s", label, source,
		time.provisional ? ", provisional" : "");
	svg_text(svg->out, x, svg->y + 38, "small quiet", words);
	svg_text(svg->out, x, svg->y + 53, "code",
		known ? lifecycle_time_format(time.time, text) : unknown);
}

static const char *status_class(const struct lifeline *lifeline)
{
	if (lifeline_in_trouble(lifeline))
		return "heading end bad";
	return lifeline_is_alive(lifeline) ? "heading end good" : "heading end quiet";
}

static int print_facts(const struct svg *svg, const struct lifeline *lifeline)
{
	int64_t generation = lifeline->generation->generation;
	char number[FORMAT_SIZE] = "generation -";
	char *status = NULL;
	size_t size;
	FILE *out = text_stream_open(&status, &size);

	if (out == NULL)
		return -1;
	lifeline_print_status(lifeline, out);
	if (fclose(out) != 0) {
		free(status);
		return -1;
	}
	if (generation != LIFECYCLE_UNKNOWN)
		snprintf(number, sizeof(number), "generation %lld", (long long)generation);
	svg_text(svg->out, INSIDE, svg->y + 16, "heading", number);
	svg_text(svg->out, RIGHT, svg->y + 16, status_class(lifeline), status);
	free(status);
	print_fact(svg, 0, "created", lifeline_created(lifeline), "not known");
	print_fact(svg, 1, "started", lifeline_started(lifeline), lifeline_no_start(lifeline));
	print_fact(svg, 2, "finished", lifeline_finished(lifeline), lifeline_no_end(lifeline));
	return 0;
}

static int draw_card(struct svg *svg, const struct lifeline *lifeline)
{
	const struct scale_size size = { CHART_WIDTH, CUT_LEAST };
	int below = svg->y + card_height(lifeline);

	svg_box(svg->out, MARGIN, svg->y, WIDTH - 2 * MARGIN, card_height(lifeline), "card");
	svg->y += MARGIN / 2;
	if (print_facts(svg, lifeline) < 0)
		return -1;
	svg->y += FACTS_HEIGHT;
	picture_scale(lifeline->rows, lifeline->count, size, &svg->scale);
	if (lifeline->count > 0)
		draw_axis(svg, AXIS_HEIGHT - 20 + rows_height(lifeline) - 8);
	for (size_t i = 0; i < lifeline->count; i++)
		draw_row(svg, &lifeline->rows[i]);
	svg->y = below + MARGIN;
	return 0;
}

/* ---- the document ---- */

static const char *or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

static void print_title(struct svg *svg, const struct view *view)
{
	const char *id = or_dash(lifecycle_record_id(view->record));
	const char *name = lifecycle_record_name(view->record);
	const char *title = name != NULL ? name : id;

	fputs("<title>the life of container ", svg->out);
	xml_print(svg->out, title, strlen(title));
	fputs("</title>\n", svg->out);
	svg_style(svg->out);
	svg_page(svg->out, WIDTH, svg->y);
	svg_text_in(svg->out, MARGIN, 30, TITLE_COLUMNS, "title", title);
	svg_text_in(svg->out, MARGIN, 50, svg_columns(WIDTH - 2 * MARGIN), "code quiet", id);
	svg->y = TITLE_HEIGHT;
}

static void print_footer(const struct svg *svg, int64_t now)
{
	char time[LIFECYCLE_TIME_SIZE], words[128];

	snprintf(words, sizeof(words),
		"lifecycle-query timeline at %s; // is where a time without events is cut out",
		lifecycle_time_format(now, time));
	svg_text(svg->out, MARGIN, svg->y + 4, "small quiet", words);
}

static int total_height(const struct lifelines *lifelines)
{
	int height = TITLE_HEIGHT + FOOTER_HEIGHT;

	for (size_t i = 0; i < lifelines->count; i++)
		height += card_height(lifelines->items[i]) + MARGIN;
	return height;
}

int svg_print(const struct view *view, const struct lifelines *lifelines, FILE *out)
{
	struct svg svg = { .out = out, .y = total_height(lifelines) };

	svg_begin(out, WIDTH, svg.y);
	print_title(&svg, view);
	for (size_t i = 0; i < lifelines->count; i++)
		if (draw_card(&svg, lifelines->items[i]) < 0)
			return -1;
	print_footer(&svg, lifelines->items[0]->look.now);
	svg_end(out);
	return 0;
}
