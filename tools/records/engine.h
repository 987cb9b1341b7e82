/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine: whose container a record is of, by where its bundle is and by its annotations, and that engine's own commands.
 * Pure. In the texts stand <id>, <name> (the ID if there is none) and <namespace>, for who shows them to fill in.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "libstate.h"

#include <stdbool.h>

struct engine {
	const char *name;
	const char *whose; /* "podman's" */
	/* The command that takes Docker's verbs, and whether it takes a name; NULL for an engine that has none. */
	const char *program;
	bool takes_name;
	bool (*has_made)(const struct lifecycle_record *record);
	const char *logs; /* what the program wrote; NULL for what the engine has no command for */
	const char *inspect; /* what the engine knows of the container */
	const char *start;
	const char *unpause;
	const char *unit; /* of systemd, whose log has the engine's words; NULL for none */
};

/* NULL if that cannot be told. */
const struct engine *engine_of(const struct lifecycle_record *record);

/* The namespace of containerd in which the container is, and its length; NULL if it is in none. */
const char *engine_namespace(const struct lifecycle_record *record, int *ret_length);

/* Whether a shell takes it for one word, and no command for an option: a name may be anything. */
bool engine_word_is_plain(const char *word);

#endif
