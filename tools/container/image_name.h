/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_name: what a person calls an image. Pure, but for the current directory.
 *
 * Each spelling of one image has the same name: that of `busybox` and of `docker://busybox` is
 * `docker.io/library/busybox:latest`; `oci:DIR:TAG`, and what else skopeo calls a transport, stays as it is, with an absolute
 * path.
 */
#ifndef IMAGE_NAME_H
#define IMAGE_NAME_H

#include "libstate.h"

/* free() the name. */
int image_name_make(const char *reference, char **ret_name, struct lifecycle_error *error);

/* Where skopeo finds it; free() it. */
int image_name_source(const char *name, char **ret_source, struct lifecycle_error *error);

/* Its tag in an OCI layout, letters, digits and '_', another one for each name; free() it. */
int image_name_tag(const char *name, char **ret_tag, struct lifecycle_error *error);

#endif
