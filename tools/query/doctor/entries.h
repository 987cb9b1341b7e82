/* SPDX-License-Identifier: Apache-2.0 */
/* entries: the hooks.d directories that an engine reads, and whether ours are there as they should be. */
#ifndef ENTRIES_H
#define ENTRIES_H

#include "query/doctor/doctor.h"

struct entries_reader {
	const char *engine;             /* "podman" */
	const char *const *directories; /* of equal names the entry in the last one counts */
	size_t count;
	/* Prints the lines that have it read the directory of our entries, too. */
	void (*cure_directory)(const struct doctor *doctor, const struct entries_reader *reader);
};

/* Adds the checks, and says whether the engine's containers are recorded. */
void entries_examine(const struct doctor *doctor, const struct entries_reader *reader);

/* The directories, and that of our entries, as a TOML array. */
const char *entries_array(const struct doctor *doctor, const struct entries_reader *reader);

/* The lines that write one of our entries. */
void entries_cure(const struct doctor *doctor, const char *file, size_t point);

#endif
