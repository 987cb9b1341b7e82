/* SPDX-License-Identifier: Apache-2.0 */
/* What is to hold of any bytes: each target returns NULL, or what does not. */
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

/* What is typed after --format: it prints, whole, what its parts print. */
fuzz_fn fuzz_template;

/* What is typed to name a container, of a small store: only one that it may mean is found. */
fuzz_fn fuzz_reference;

/* A runtime's command line, a word on each line: never another bundle than crun or runc would take. */
fuzz_fn fuzz_arguments;

/* conmon's log: read in pieces as in one, and its last lines found from the end as from the beginning. */
fuzz_fn fuzz_conmon_log;

/* conmon's command line, each word with a NUL: a name is a word of it. */
fuzz_fn fuzz_conmon_name;

/* A runtime's log: what it says last is bounded, and says something. */
fuzz_fn fuzz_runtime_log;

/* The text of a link in /proc/PID/fd. */
fuzz_fn fuzz_exec_fifo;

#define FUZZ_FOLDERS 4

struct fuzz_target {
	const char *name;
	fuzz_fn *check;
	const char *folders
		[FUZZ_FOLDERS]; /* of tests/data, with what to begin from; NULL after the last one */
};

extern const struct fuzz_target fuzz_targets[];
extern const size_t fuzz_target_count;

#endif
