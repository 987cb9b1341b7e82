/* SPDX-License-Identifier: Apache-2.0 */
/* source: where the records of a call are: a store, or one container's directory. */
#ifndef SOURCE_H
#define SOURCE_H

#include "cli.h"
#include "libstate.h"

#include <jansson.h>

struct source {
	char *root;                    /* absolute; NULL with --state-dir */
	struct lifecycle_store *store; /* NULL with --state-dir, and if there is no store (yet) */
	const char *directory;         /* --state-dir, else NULL */
};

/* The options that say where: for a tool's globals. */
#define SOURCE_ROOT_OPTION                                                                         \
	{                                                                                          \
		.name = "root", .kind = CLI_TEXT, .offset = offsetof(struct cli_globals, root),    \
		.argument = "DIR", .complete = cli_complete_directory,                             \
		.help = "the store (default: $OCI_LIFECYCLE_ROOT, else where hooks keep theirs)",  \
	}
#define SOURCE_STATE_DIR_OPTION                                                                    \
	{                                                                                          \
		.name = "state-dir", .kind = CLI_TEXT,                                             \
		.offset = offsetof(struct cli_globals, state_dir), .argument = "DIR",              \
		.complete = cli_complete_directory,                                                \
		.help = "one container's directory, ours or nerdctl's, in place of a store",       \
	}

/* A store that is not there has no containers: that is no error for a reader. */
int source_open(const struct cli_globals *globals, enum lifecycle_access access,
	struct source *ret_source, struct lifecycle_error *error);
void source_close(struct source *source);

/* The store's directory, an absolute path: free() it. */
int source_root(const struct cli_globals *globals, char **ret_root, struct lifecycle_error *error);

/* The IDs of the containers; what else lies there goes to *ret_foreign (NULL for nowhere). */
int source_list(const struct source *source, struct lifecycle_strings *ret_ids,
	struct lifecycle_strings *ret_foreign, struct lifecycle_error *error);

int source_load(const struct source *source, const char *id, struct lifecycle_record **ret_record,
	struct lifecycle_error *error);

/* What a person typed, to an ID: free() it. The error of an ambiguous one names the candidates. */
int source_resolve(const struct source *source, const char *reference, char **ret_id,
	struct lifecycle_error *error);

int source_view(const struct source *source, const char *id, json_t **ret_view,
	struct lifecycle_error *error);

/*
 * Calls each(view, arg) for every container. What cannot be read is a complaint and hides nothing else; a
 * container that goes away meanwhile is none. 0, or each's first non-zero.
 */
typedef int source_each_fn(json_t *view, void *arg);
int source_for_each(
	const struct source *source, struct cli_call *call, source_each_fn *each, void *arg);

/* The same for the containers that the operands name. */
int source_for_operands(
	const struct source *source, struct cli_call *call, source_each_fn *each, void *arg);

/* Offers IDs and names. */
cli_complete_fn source_complete;

#endif
