/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the conmon of a container is there. */
#ifndef CONMON_PROCESS_H
#define CONMON_PROCESS_H

#include <stdbool.h>

/* The file of a container's directory in which conmon writes down its pid. */
#define CONMON_PID_NAME "conmon.pid"

/* Reads the number that is all of a small file of `directory`. False: there is none. */
bool conmon_read_number(const char *directory, const char *name, long *ret_number);

/* Is there a conmon for the container `id`, whose directory is `path`? */
bool conmon_lives(const char *path, const char *id);

#endif
