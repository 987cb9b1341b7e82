/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry: where a hook begins, before the C library does. In some runtimes a hook's environment is the image's, and a
 * static C library reads some of it (GLIBC_TUNABLES, MALLOC_TOP_PAD_, LD_LIBRARY_PATH) before main, where it can crash.
 */
#ifndef ENTRY_H
#define ENTRY_H

/* The environment as the runtime gave it. The C library, and with it getenv(), has seen an empty one. */
char **entry_environment(void);

#endif
