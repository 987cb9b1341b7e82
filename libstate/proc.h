/* SPDX-License-Identifier: Apache-2.0 */
/* proc: small files of /proc, believed only if it is procfs. */
#ifndef PROC_H
#define PROC_H

#include <stddef.h>

/* /proc as a directory, or -1: an image or a container may have put something else there. */
int proc_open(void);

/* A file's first bytes as a string, without its last newline, and how many there are; 0, and "", if it cannot be read. */
size_t proc_read(int proc, const char *name, char *buffer, size_t size);

#endif
