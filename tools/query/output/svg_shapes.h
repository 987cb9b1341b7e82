/* SPDX-License-Identifier: Apache-2.0 */
/* svg_shapes: what an SVG is drawn with. How it looks, light and dark, is in its one style sheet. Pure. */
#ifndef SVG_SHAPES_H
#define SVG_SHAPES_H

#include <stddef.h>
#include <stdio.h>

#define SVG_CUT_WIDTH 12 /* of the mark where something is cut out */

/* The columns of a fixed-width text that so many units have room for, and the other way round. */
int svg_columns(int width);
int svg_width(size_t columns);

void svg_begin(FILE *out, int width, int height);
void svg_style(FILE *out);
void svg_end(FILE *out);

/* All texts are escaped; what does not fit ends in an ellipsis. */
void svg_text(FILE *out, int x, int y, const char *class, const char *text);
void svg_text_in(FILE *out, int x, int y, int columns, const char *class, const char *text);

void svg_page(FILE *out, int width, int height);
void svg_box(FILE *out, int x, int y, int width, int height, const char *class);
void svg_bar(FILE *out, int x, int y, int width, int height, const char *class);
void svg_vertical(FILE *out, int x, int y, int height, const char *class);
void svg_horizontal(FILE *out, int x, int y, int width, const char *class);
void svg_arrow(FILE *out, int x, int y, int height, const char *class);
void svg_diamond(FILE *out, int x, int y, int size, const char *class);
void svg_cross(FILE *out, int x, int y, int size, const char *class);

/* Two slashes through what is `height` high, x in their middle. */
void svg_cut(FILE *out, int x, int y, int height);

#endif
