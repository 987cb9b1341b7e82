/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/svg_shapes.h"
#include "query/output/xml.h"

#include <string.h>

/* A character of the fixed-width font at 11 units is 6.6 wide; that of some systems is a little wider. */
#define COLUMN_TENTHS 67

int svg_columns(int width)
{
	return width * 10 / COLUMN_TENTHS;
}

int svg_width(size_t columns)
{
	return ((int)columns * COLUMN_TENTHS + 9) / 10;
}

/* ---- the document ---- */

void svg_begin(FILE *out, int width, int height)
{
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\">\n",
		width, height, width, height);
}

/* One colour of the style sheet: of a class's fill or stroke, light and dark. */
struct colour {
	const char *selector;
	const char *property;
	const char *light;
	const char *dark;
};

static const struct colour colours[] = {
	{ ".page", "fill", "#ffffff", "#0d1117" },
	{ ".card", "fill", "#ffffff", "#0d1117" },
	{ ".card", "stroke", "#d0d7de", "#3d444d" },
	{ "text", "fill", "#1f2328", "#e6edf3" },
	{ ".quiet", "fill", "#59636e", "#9ea7b3" },
	{ ".good", "fill", "#1a7f37", "#4ac26b" },
	{ ".bad", "fill", "#c01c28", "#ff8182" },
	{ ".grid", "stroke", "#e4e8ec", "#262c36" },
	{ ".axis", "stroke", "#818b98", "#656c76" },
	{ ".slash", "stroke", "#59636e", "#9ea7b3" },
	{ ".gap", "fill", "#ffffff", "#0d1117" },
	{ ".creating", "fill", "#d9a520", "#bb8009" },
	{ ".created", "fill", "#54aeff", "#388bfd" },
	{ ".running", "fill", "#2da44e", "#2ea043" },
	{ ".unseen", "fill", "#dafbe1", "#12261e" },
	{ ".unseen", "stroke", "#2da44e", "#2ea043" },
	{ ".hook", "fill", "#8250df", "#a371f7" },
	{ ".failed", "fill", "#cf222e", "#f85149" },
	{ ".cross", "stroke", "#cf222e", "#f85149" },
};

#define COLOUR_COUNT (sizeof(colours) / sizeof(colours[0]))

static const char shapes_style[] =
	"text { font: 12px system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif }\n"
	".title { font-size: 18px; font-weight: 600 }\n"
	".heading { font-size: 14px; font-weight: 600 }\n"
	".small { font-size: 11px }\n"
	".code { font: 11px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace }\n"
	".middle { text-anchor: middle }\n"
	".end { text-anchor: end }\n"
	".grid, .axis, .card { stroke-width: 1 }\n"
	".slash { stroke-width: 1.2 }\n"
	".cross { stroke-width: 2.4; stroke-linecap: round }\n"
	".unseen { stroke-width: 1; stroke-dasharray: 4 3 }\n";

void svg_style(FILE *out)
{
	fprintf(out, "<style type=\"text/css\">\n%s", shapes_style);
	for (size_t i = 0; i < COLOUR_COUNT; i++)
		fprintf(out, "%s { %s: %s }\n", colours[i].selector, colours[i].property,
			colours[i].light);
	fputs("@media (prefers-color-scheme: dark) {\n", out);
	for (size_t i = 0; i < COLOUR_COUNT; i++)
		fprintf(out, "%s { %s: %s }\n", colours[i].selector, colours[i].property,
			colours[i].dark);
	fputs("}\n</style>\n", out);
}

void svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

/* ---- texts ---- */

static void begin_text(FILE *out, int x, int y, const char *class)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"%s\" xml:space=\"preserve\">", x, y, class);
}

void svg_text(FILE *out, int x, int y, const char *class, const char *text)
{
	begin_text(out, x, y, class);
	xml_print(out, text, strlen(text));
	fputs("</text>\n", out);
}

void svg_text_in(FILE *out, int x, int y, int columns, const char *class, const char *text)
{
	size_t used;
	size_t fits = xml_fit(text, (size_t)columns, &used);
	size_t whole = strcspn(text, "\n");

	if (fits < whole)
		fits = xml_fit(text, (size_t)columns - 1, &used);
	begin_text(out, x, y, class);
	xml_print(out, text, fits);
	fprintf(out, "%s</text>\n", fits < whole ? "\xe2\x80\xa6" : "");
}

/* ---- shapes ---- */

static void rectangle(FILE *out, int x, int y, int width, int height, int corner, const char *class)
{
	fprintf(out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" class=\"%s\"/>\n", x,
		y, width, height, corner, class);
}

void svg_page(FILE *out, int width, int height)
{
	rectangle(out, 0, 0, width, height, 0, "page");
}

void svg_box(FILE *out, int x, int y, int width, int height, const char *class)
{
	rectangle(out, x, y, width, height, 6, class);
}

void svg_bar(FILE *out, int x, int y, int width, int height, const char *class)
{
	rectangle(out, x, y, width, height, 2, class);
}

static void line(FILE *out, int x, int y, int width, int height, const char *class)
{
	fprintf(out, "<path d=\"M%d.5 %d.5l%d %d\" class=\"%s\"/>\n", x, y, width, height, class);
}

void svg_vertical(FILE *out, int x, int y, int height, const char *class)
{
	line(out, x, y, 0, height, class);
}

void svg_horizontal(FILE *out, int x, int y, int width, const char *class)
{
	line(out, x, y, width, 0, class);
}

void svg_arrow(FILE *out, int x, int y, int height, const char *class)
{
	fprintf(out, "<path d=\"M%d %dl%d %dl%d %dz\" class=\"%s\"/>\n", x, y, height * 2 / 3,
		height / 2, -height * 2 / 3, height / 2, class);
}

void svg_diamond(FILE *out, int x, int y, int size, const char *class)
{
	fprintf(out, "<path d=\"M%d %dl%d %dl%d %dl%d %dz\" class=\"%s\"/>\n", x, y - size, size,
		size, -size, size, -size, -size, class);
}

void svg_cross(FILE *out, int x, int y, int size, const char *class)
{
	fprintf(out, "<path d=\"M%d %dl%d %dm0 %dl%d %d\" class=\"%s\"/>\n", x - size, y - size,
		2 * size, 2 * size, -2 * size, -2 * size, 2 * size, class);
}

void svg_cut(FILE *out, int x, int y, int height)
{
	int half = SVG_CUT_WIDTH / 2;

	fprintf(out, "<path d=\"M%d %dh%dl4 %dh%dz\" class=\"gap\"/>\n", x - half, y + height,
		half + 2, -height, -half - 2);
	fprintf(out, "<path d=\"M%d %dl4 %dm%d 0l-4 %d\" class=\"slash\"/>\n", x - half, y + height,
		-height, half + 2, height);
}
