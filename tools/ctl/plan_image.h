/* SPDX-License-Identifier: Apache-2.0 */
/* plan_image: the options by which an image is got. */
#ifndef PLAN_IMAGE_H
#define PLAN_IMAGE_H

#include "cli/cli.h"
#include "container/image.h"

struct plan_image_options {
	const char *pull;
	const char *tls_verify;
};

cli_complete_fn plan_complete_pull;
cli_complete_fn plan_complete_truth;

/* Their rows, for a structure that has a `struct plan_image_options image`. */
#define PLAN_IMAGE_OPTIONS(STRUCTURE)                                                              \
	{ .name = "pull",                                                                          \
		.kind = CLI_TEXT,                                                                  \
		.offset = offsetof(STRUCTURE, image.pull),                                         \
		.argument = "WHEN",                                                                \
		.complete = plan_complete_pull,                                                    \
		.help = "get the image: missing, always or never (default: missing)" },            \
	{                                                                                          \
		.name = "tls-verify", .kind = CLI_TEXT,                                            \
		.offset = offsetof(STRUCTURE, image.tls_verify), .argument = "BOOL",               \
		.complete = plan_complete_truth,                                                   \
		.help = "false: a registry without TLS, or without a known certificate"            \
	}

/* The image, which is pulled if it has to be; image_free() it. */
int plan_image(const struct plan_image_options *options, const struct place *place,
	const char *reference, struct image *ret_image, struct lifecycle_error *error);

#endif
