/* SPDX-License-Identifier: Apache-2.0 */
/* records: where the records of a call are, a store or one container's directory, and which of them are meant. */
#ifndef RECORDS_H
#define RECORDS_H

#include "cli/cli.h"
#include "libstate.h"
#include "records/view.h"

/* The globals of a tool that says where: its options begin with these. */
struct records_options {
	const char *root;
	const char *state_dir;
};

#define RECORDS_ROOT_OPTION                                                                        \
	{                                                                                          \
		.name = "root", .kind = CLI_TEXT,                                                  \
		.offset = offsetof(struct records_options, root), .argument = "DIR",               \
		.complete = cli_complete_directory,                                                \
		.help = "the store (default: $OCI_LIFECYCLE_ROOT, else where hooks keep theirs)",  \
	}
#define RECORDS_STATE_DIR_OPTION                                                                   \
	{                                                                                          \
		.name = "state-dir", .kind = CLI_TEXT,                                             \
		.offset = offsetof(struct records_options, state_dir), .argument = "DIR",          \
		.complete = cli_complete_directory,                                                \
		.help = "one container's directory, ours or nerdctl's, in place of a store",       \
	}

struct records {
	char *root;                    /* absolute; NULL with --state-dir */
	struct lifecycle_store *store; /* NULL with --state-dir, and if there is no store (yet) */
	const char *directory;         /* --state-dir, else NULL */
};

/* The store that --root names, as an absolute path; for NULL the one of $OCI_LIFECYCLE_ROOT, else that of the hooks.
 * free() it. */
int records_root_path(const char *root, char **ret_root, struct lifecycle_error *error);

/* Where the call's options say. A store that is not there has no containers: that is no error for a reader. */
int records_open(const struct cli_call *call, enum lifecycle_access access,
	struct records *ret_records, struct lifecycle_error *error);
/* An empty list means that there are no containers: so on stderr it is said if there is no store. */
void records_note_missing(const struct records *records, const struct cli_call *call);

void records_close(struct records *records);

/* The IDs of the containers; what else lies there goes to *ret_foreign (NULL for nowhere). */
int records_list(const struct records *records, struct lifecycle_strings *ret_ids,
	struct lifecycle_strings *ret_foreign, struct lifecycle_error *error);

int records_load(const struct records *records, const char *id,
	struct lifecycle_record **ret_record, struct lifecycle_error *error);

/* When its record's file was put in its place; LIFECYCLE_UNKNOWN if there is none. */
int64_t records_written_at(const struct records *records, const char *id);

/* Tells of changes to the records from now on. */
int records_watch(const struct records *records, struct lifecycle_watch **ret_watch,
	struct lifecycle_error *error);

/* What a person typed, to an ID: free() it. The error of an ambiguous reference
 * names the candidates: ID, name, status and start. */
int records_resolve(const struct records *records, const char *reference, char **ret_id,
	struct lifecycle_error *error);

/*
 * Calls each(view, arg) for every container, one at a time. What cannot be read is a complaint and hides nothing else; a
 * container that goes away meanwhile is none; of one that has others' files and no record, as nerdctl's before its start, the ID is
 * known. 0, or each's first non-zero.
 */
typedef int records_each_fn(const struct view *view, void *arg);
int records_for_each(
	const struct records *records, struct cli_call *call, records_each_fn *each, void *arg);

/* The same for the containers that the operands name. */
int records_for_operands(
	const struct records *records, struct cli_call *call, records_each_fn *each, void *arg);

/* Offers IDs and names. */
cli_complete_fn records_complete;

#endif
