/* SPDX-License-Identifier: Apache-2.0 */
/* lifeline_json: a container's lifelines as numbers, for pictures that others draw. Pure. */
#ifndef LIFELINE_JSON_H
#define LIFELINE_JSON_H

#include "query/output/lifeline.h"

#include <jansson.h>

/* An object of the container and its generations, each with its rows and where its scale is cut. */
int lifeline_json(const struct view *view, const struct lifelines *lifelines, json_t **ret_tree,
	struct lifecycle_error *error);

#endif
