/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name that a person gave a container of Docker's. No annotation has it, but the bundle mounts a file of Docker's on
 * /etc/hostname, and beside that file lies what Docker knows of the container: .../containers/ID/config.v2.json.
 */
#ifndef DOCKER_H
#define DOCKER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The name of the container `id`, whose config.json is `text`. False if it is not Docker's, or anything there is not as
 * Docker has it: a name is worth no risk. What is read is bounded, and no path is made of it.
 */
bool docker_name(const char *text, size_t length, const char *id, char *name, size_t size);

#endif
