/* SPDX-License-Identifier: Apache-2.0 */
/*
 * svg: a container's lifelines as one file of SVG 1.1, 800 units wide: light, or dark where its reader prefers that. It needs
 * nothing but itself, and runs nothing. Pure.
 */
#ifndef SVG_H
#define SVG_H

#include "query/output/lifeline.h"

/* -1 if memory is out. */
int svg_print(const struct view *view, const struct lifelines *lifelines, FILE *out);

#endif
