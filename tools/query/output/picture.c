/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/picture.h"
#include "cli/format.h"

#include <string.h>

#define LABEL_WIDTH  16
#define LENGTH_WIDTH 9
#define LEAST_WIDTH  20
#define CUT_WIDTH    4
#define MOST_WIDTH   400

struct glyphs {
	const char *begin;
	const char *fill;
	const char *unseen;
	const char *end;
	const char *on;
	const char *whole; /* of one column */
	const char *mark;
	const char *error;
	const char *cut;
	const char *axis;
	const char *tick;
};

static const struct glyphs ascii = { "[", "=", ".", "]", ">", "#", "*", "x", "/", "-", "|" };
static const struct glyphs unicode = { "├", "━", "┄", "┤", "▶", "┃", "◆", "✗", "╱", "─", "┬" };

struct picture {
	const struct picture_style *style;
	const struct glyphs *glyphs;
	struct scale scale;
	FILE *out;
};

/* ---- a line of glyphs ---- */

struct line {
	const char *cells[MOST_WIDTH];
	size_t used; /* up to the last that is not blank */
};

static void put(struct line *line, size_t column, const char *glyph)
{
	while (line->used <= column)
		line->cells[line->used++] = " ";
	line->cells[column] = glyph;
}

static void print_line(const struct picture *picture, const struct line *line, size_t pad)
{
	for (size_t i = 0; i < line->used; i++)
		fputs(line->cells[i], picture->out);
	for (size_t i = line->used; i < pad; i++)
		putc(' ', picture->out);
}

static const char *end_glyph(const struct glyphs *glyphs, const struct picture_row *row)
{
	if (row->goes_on)
		return glyphs->on;
	return row->endless || row->least ? "?" : glyphs->end;
}

static void draw_bar(
	const struct picture *picture, const struct picture_row *row, struct line *line)
{
	const struct glyphs *glyphs = picture->glyphs;
	size_t from = scale_column(&picture->scale, row->from);
	size_t to = scale_column(&picture->scale, row->to);
	const char *fill = row->kind == PICTURE_UNSEEN ? glyphs->unseen : glyphs->fill;

	for (size_t column = from; column <= to; column++)
		put(line, column, scale_is_cut(&picture->scale, column) ? glyphs->cut : fill);
	put(line, from, from == to ? glyphs->whole : glyphs->begin);
	if (from != to || row->goes_on || row->endless || row->least)
		put(line, to, end_glyph(glyphs, row));
}

static void draw_row(
	const struct picture *picture, const struct picture_row *row, struct line *line)
{
	size_t column = scale_column(&picture->scale, row->from);

	if (row->kind == PICTURE_MARK)
		put(line, column, picture->glyphs->mark);
	else if (row->kind == PICTURE_ERROR)
		put(line, column, picture->glyphs->error);
	else
		draw_bar(picture, row, line);
}

/* ---- the axis ---- */

static void draw_axis(const struct picture *picture, struct line *line)
{
	const struct scale *scale = &picture->scale;

	for (size_t column = 0; column < scale->width; column++)
		put(line, column,
			scale_is_cut(scale, column) ? picture->glyphs->cut : picture->glyphs->axis);
	put(line, 0, picture->glyphs->tick);
	for (size_t i = 0; i < scale->count; i++)
		put(line, scale_column(scale, scale->pieces[i].to), picture->glyphs->tick);
}

/* What has room: where each piece ends, since the beginning; the last end first of all. */
static void print_ticks(const struct picture *picture)
{
	const struct scale *scale = &picture->scale;
	char text[MOST_WIDTH + FORMAT_SIZE];
	int64_t origin = scale->count > 0 ? scale->pieces[0].from : 0;

	memset(text, ' ', sizeof(text));
	text[0] = '0';
	text[scale->count > 0 ? scale->width : 1] = '\0';
	for (size_t i = scale->count; i-- > 0;) {
		char label[FORMAT_SIZE];
		size_t length = strlen(format_duration(scale->pieces[i].to - origin, label));
		size_t end = scale_column(scale, scale->pieces[i].to) + 1;
		size_t start = end > length ? end - length : 0;

		if (start < 2 || strspn(text + start - 1, " ") < length + 1 + (end < scale->width))
			continue;
		memcpy(text + start, label, length);
	}
	fprintf(picture->out, "%-*s%s\n", LABEL_WIDTH, "", text);
}

static void print_axis(const struct picture *picture)
{
	struct line line = { .used = 0 };

	print_ticks(picture);
	draw_axis(picture, &line);
	fprintf(picture->out, "%-*s", LABEL_WIDTH, "");
	print_line(picture, &line, 0);
	putc('\n', picture->out);
}

/* ---- rows ---- */

static void print_detail(const struct picture *picture, const char *detail)
{
	if (detail == NULL)
		return;
	fprintf(picture->out, "%-*s", LABEL_WIDTH, "");
	format_line(picture->out, detail);
	putc('\n', picture->out);
}

static const char *colour_of(const struct picture_row *row)
{
	if (row->kind == PICTURE_ERROR)
		return "\033[31m";
	return row->goes_on ? "\033[32m" : NULL;
}

static void print_row(const struct picture *picture, const struct picture_row *row)
{
	struct line line = { .used = 0 };
	const char *colour = picture->style->colours ? colour_of(row) : NULL;
	char buffer[FORMAT_SIZE];
	bool has_length = row->kind != PICTURE_MARK && row->kind != PICTURE_ERROR;

	draw_row(picture, row, &line);
	fprintf(picture->out, "%s%-*s", colour != NULL ? colour : "", LABEL_WIDTH, row->label);
	print_line(picture, &line, has_length ? picture->scale.width : 0);
	if (has_length)
		fprintf(picture->out, " %s",
			row->endless ? "?" : format_duration(row->to - row->from, buffer));
	fprintf(picture->out, "%s\n", colour != NULL ? "\033[0m" : "");
	print_detail(picture, row->detail);
	print_detail(picture, row->more);
}

static size_t picture_width(const struct picture_style *style)
{
	size_t sides = LABEL_WIDTH + 1 + LENGTH_WIDTH;

	if (style->width < sides + LEAST_WIDTH)
		return LEAST_WIDTH;
	return style->width - sides < MOST_WIDTH ? style->width - sides : MOST_WIDTH;
}

void picture_scale(const struct picture_row *rows, size_t count, struct scale_size size,
	struct scale *ret_scale)
{
	struct scale_span spans[PICTURE_MOST_ROWS];

	for (size_t i = 0; i < count; i++)
		spans[i] = (struct scale_span){ rows[i].from, rows[i].to,
			rows[i].kind == PICTURE_BAR };
	scale_make(spans, count, size, ret_scale);
}

void picture_print(
	const struct picture_row *rows, size_t count, const struct picture_style *style, FILE *out)
{
	struct picture picture = {
		.style = style, .glyphs = style->unicode ? &unicode : &ascii, .out = out
	};
	struct scale_size size = { picture_width(style), CUT_WIDTH };

	picture_scale(rows, count, size, &picture.scale);
	print_axis(&picture);
	for (size_t i = 0; i < count; i++)
		print_row(&picture, &rows[i]);
}
