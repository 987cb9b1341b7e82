/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_layout: DATA/images, one OCI layout. An image counts as there once its line is in index.json, which is replaced in
 * one step after all that the line speaks of is there; what is not of OCI's is kept beside it, as annotations of the line.
 */
#ifndef IMAGE_LAYOUT_H
#define IMAGE_LAYOUT_H

#include "libstate.h"

#include <jansson.h>

#define IMAGE_LAYOUT_NAME_KEY   "oci-lifecycle.image"
#define IMAGE_LAYOUT_HEALTH_KEY "oci-lifecycle.health"

/* The image's line, or NULL with *error, LIFECYCLE_ERROR_NOT_FOUND if it has none; json_decref() it. */
json_t *image_layout_find(const char *layout, const char *tag, struct lifecycle_error *error);

/* Its `annotations`, as a text; NULL if there is none. */
const char *image_layout_note(const json_t *line, const char *key);

/* What is to be run, by whom and so on: `config` of the image's configuration; json_decref() it. */
int image_layout_config(
	const char *layout, const json_t *line, json_t **ret_config, struct lifecycle_error *error);

/* Takes over the only image of the layout `incoming`, whose blobs are here already, in the place of one with its tag. The
 * notes, an object, are added to its line. */
int image_layout_add(
	const char *layout, const char *incoming, json_t *notes, struct lifecycle_error *error);

/* Calls each() with the name of each image. */
void image_layout_each(const char *layout, void (*each)(const char *name, void *arg), void *arg);

#endif
