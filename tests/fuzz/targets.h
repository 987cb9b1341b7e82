/* SPDX-License-Identifier: Apache-2.0 */
/* What is to hold of any bytes: each returns NULL, or what does not. */
#ifndef TESTS_FUZZ_TARGETS_H
#define TESTS_FUZZ_TARGETS_H

#include <stddef.h>

typedef const char *fuzz_fn(const char *bytes, size_t length);

/* The OCI state that a hook is given. */
fuzz_fn fuzz_state;

/* A record: read, written, read again, and folded into. */
fuzz_fn fuzz_record;

/* A config.json, and our hooks in it. */
fuzz_fn fuzz_config;

#endif
