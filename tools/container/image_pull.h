/* SPDX-License-Identifier: Apache-2.0 */
/* image_pull: skopeo as our child, which copies an image into DATA/images. */
#ifndef IMAGE_PULL_H
#define IMAGE_PULL_H

#include "libstate.h"

struct image_source {
	const char *name;
	const char *tag;        /* what it will have in the layout */
	const char *layout;     /* DATA/images, which the caller holds */
	const char *tls_verify; /* "true" or "false"; NULL: as skopeo is configured */
};

int image_pull(const struct image_source *source, struct lifecycle_error *error);

/* What skopeo says of a failure, without its time, its level and its repetitions. Pure. */
void image_pull_shorten(char *words);

#endif
