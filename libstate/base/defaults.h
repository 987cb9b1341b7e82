/* SPDX-License-Identifier: Apache-2.0 */
/* defaults: the numbers that two places must agree on, each once. */
#ifndef DEFAULTS_H
#define DEFAULTS_H

#include <stdint.h>

/* How long a writer takes for all that is its own: a hook without --timeout, lifecycle-runtime, lifecycle-ctl. */
#define DEFAULTS_TIMEOUT_NS INT64_C(2000000000)

/* How long a stopped container's record is kept without --retention. */
#define DEFAULTS_RETENTION_NS (INT64_C(86400) * 1000000000)

/* How many annotations a hook can be told to look for. */
#define DEFAULTS_MAX_KEYS 8

/* How many a record keeps: those, and the names that Kubernetes gave to a container, its pod and the namespace. */
#define DEFAULTS_MAX_ANNOTATIONS (DEFAULTS_MAX_KEYS + 3)

/* How many of a command's arguments a record keeps, its argv[0] among them. */
#define DEFAULTS_MAX_ARGUMENTS 8

/* Bytes of an OCI state that are looked at. */
#define DEFAULTS_STATE_LIMIT ((size_t)1024 * 1024)

/* Bytes of a text in a record, such as the end of what a command wrote to stderr. */
#define DEFAULTS_TEXT_LIMIT 4096

/* Modes of what is in a store, whatever the umask is. */
#define DEFAULTS_FILE_MODE      0600
#define DEFAULTS_DIRECTORY_MODE 0700

#endif
