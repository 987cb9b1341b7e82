/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image: an image as containers are made of it. skopeo gets it, umoci unpacks it, as children of ours.
 *
 * DATA/images holds what was got: see image_layout.h. What is there is not got again. Whoever is killed while getting one
 * leaves nothing that counts; of several that want one, one gets it and the others wait.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "container/hold.h"
#include "container/settings.h"

#include <jansson.h>

enum image_pull { IMAGE_PULL_MISSING, IMAGE_PULL_ALWAYS, IMAGE_PULL_NEVER };

struct image_request {
	const char *reference; /* as a person typed it: see image_name.h */
	enum image_pull pull;
	const char *tls_verify; /* "true" or "false"; NULL: as skopeo is configured */
};

struct image {
	char *name;
	char *tag;
	char *layout;
	json_t *config; /* Entrypoint, Cmd, StopSignal and so on */
	json_t *health; /* Docker's Healthcheck; NULL if it has none */
};

int image_get(const struct place *place, const struct image_request *request,
	struct image *ret_image, struct lifecycle_error *error);
void image_free(struct image *image);

/* Its root file system as the container's own, HOLD/rootfs, and the configuration that runs its program: `command`,
 * NULL-terminated or NULL, takes the place of Cmd, as with Docker. json_decref() it. */
int image_unpack(const struct image *image, const struct hold *hold, const char *const *command,
	json_t **ret_config, struct lifecycle_error *error);

/* What the image says where the caller does not: stop signal, health. Texts are the image's. */
int image_settle(
	const struct image *image, struct settings *settings, struct lifecycle_error *error);

/* Calls each() with the name of each image that is here. */
void image_each(const struct place *place, void (*each)(const char *name, void *arg), void *arg);

#endif
