/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libstate: a crash-safe lifecycle record per container, and the store that holds the records.
 *
 * A record holds what was observed, never what a hook's name implies. Unknown stays unknown.
 *
 * Conventions
 * - A function that can fail returns 0, or -1 with *error filled in; `error` may be NULL. On failure
 *   nothing named ret_ is touched. Destructors take NULL.
 * - What a function returns through `ret_` belongs to the caller; what an accessor returns belongs to
 *   the record and lives as long as it does, unmodified.
 * - A structure that a caller fills, and struct lifecycle_observed, begin with `size`: set it to sizeof the
 *   structure. A later libstate may have more members at its end; the library reads and writes only what lies
 *   inside both. LIFECYCLE_ERROR_INVALID: the size was not set.
 * - Times are nanoseconds since 1970-01-01T00:00:00Z (CLOCK_REALTIME); deadlines are nanoseconds on
 *   CLOCK_MONOTONIC, LIFECYCLE_NO_DEADLINE for none. An unknown number or time is LIFECYCLE_UNKNOWN,
 *   an unknown string is NULL, an unknown name from an enumeration is its _NONE.
 *   A later libstate may know more names: what you do not know is as _NONE to you.
 * - The library prints nothing, reads no environment variable, keeps no global state and installs no
 *   signal handler. Distinct objects may be used in distinct threads.
 *
 * What stays
 * - A program that was built with one libstate runs with each later one of the same soname. Structures that the
 *   library owns and those that say their size grow at their end; struct lifecycle_error and struct
 *   lifecycle_strings never do. Enumerators keep their values, the words of the JSON their meaning.
 * - libtool's -version-info is CURRENT:REVISION:AGE. A release that adds to this header raises CURRENT and AGE; one
 *   that takes away or changes what there is raises CURRENT and sets AGE to 0, and the soname is another one; else
 *   REVISION is raised. The package's version says nothing of that.
 * - A function's symbol version is that of the release that brought it: LIBSTATE_0, then LIBSTATE_0_2 and so on.
 *   What was released once stays in its node: a program that needs a newer libstate is told so when it is loaded.
 */
#ifndef LIBSTATE_H
#define LIBSTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is declared here is exported, and nothing else is: the library is built with hidden visibility. */
#pragma GCC visibility push(default)

#define LIFECYCLE_UNKNOWN     INT64_MIN
#define LIFECYCLE_NO_DEADLINE INT64_MAX

/* What is found in a store: in a container's directory its record, what is left of a write that did not end, a
 * bad record set aside (the second name if something else has the first), and when it was first found stopped; beside the directories when it was last swept, and what was counted of records that are gone. */
#define LIFECYCLE_RECORD_FILE       "lifecycle.json"
#define LIFECYCLE_TEMPORARY_FILE    ".lifecycle.json.tmp"
#define LIFECYCLE_CORRUPT_FILE      "lifecycle.json.corrupt"
#define LIFECYCLE_CORRUPT_TOO_FILE  "lifecycle.json.corrupt.1"
#define LIFECYCLE_SEEN_STOPPED_FILE ".seen-stopped"
#define LIFECYCLE_SWEPT_FILE        ".swept"
#define LIFECYCLE_COUNTS_FILE       ".counts"
#define LIFECYCLE_EXEC_FIFO_FILE    ".exec-fifo"

#define LIFECYCLE_RECORD_LIMIT 65536 /* bytes of a record */

/* ---- error: owned by the caller, by value; it never grows ---- */

enum lifecycle_error_code {
	LIFECYCLE_ERROR_NONE = 0,
	LIFECYCLE_ERROR_INVALID, /* an ID, a path, a reference or an OCI state that breaks its rule */
	LIFECYCLE_ERROR_NOT_FOUND, /* no such container, or no store */
	LIFECYCLE_ERROR_AMBIGUOUS, /* a reference that means more than one container */
	LIFECYCLE_ERROR_CORRUPT,   /* a record that was read and is bad */
	LIFECYCLE_ERROR_TIMEOUT,   /* the deadline passed first */
	LIFECYCLE_ERROR_UNSAFE,    /* a store that somebody else could write or replace */
	LIFECYCLE_ERROR_SYSTEM,    /* a system call failed: see system_errno */
	LIFECYCLE_ERROR_NO_MEMORY,
};

struct lifecycle_error {
	enum lifecycle_error_code code;
	int system_errno;  /* with LIFECYCLE_ERROR_SYSTEM, else 0 */
	char message[512]; /* one line of UTF-8, lower case; what would steer a terminal is \xNN */
};

/* ---- names: the words of the record's JSON ---- */

enum lifecycle_point {
	LIFECYCLE_POINT_NONE = 0,
	LIFECYCLE_POINT_PRESTART,
	LIFECYCLE_POINT_CREATE_RUNTIME,
	LIFECYCLE_POINT_CREATE_CONTAINER,
	LIFECYCLE_POINT_POSTSTART,
	LIFECYCLE_POINT_POSTSTOP,
	LIFECYCLE_POINT_CREATE, /* "create": lifecycle-runtime saw the runtime's create end */
	LIFECYCLE_POINT_START,  /* "start": lifecycle-runtime saw the runtime's start end */
	LIFECYCLE_POINT_ENGINE, /* "engine": whoever started the container said so */
	LIFECYCLE_POINT_RESTORE, /* "restore": lifecycle-runtime saw the runtime's restore end: create and start */
};

enum lifecycle_status {
	LIFECYCLE_STATUS_NONE = 0,
	LIFECYCLE_STATUS_CREATING,
	LIFECYCLE_STATUS_CREATED,
	LIFECYCLE_STATUS_RUNNING,
	LIFECYCLE_STATUS_STOPPED,
};

enum lifecycle_reason {
	LIFECYCLE_REASON_NONE = 0,
	LIFECYCLE_REASON_EXITED,
	LIFECYCLE_REASON_CREATE_FAILED,
	LIFECYCLE_REASON_NEVER_STARTED,
	LIFECYCLE_REASON_LOST_REBOOT,
	LIFECYCLE_REASON_LOST_RUNTIME,
};

enum lifecycle_source {
	LIFECYCLE_SOURCE_NONE = 0,
	LIFECYCLE_SOURCE_CREATE_RUNTIME, /* provisional: before the program ran */
	LIFECYCLE_SOURCE_POSTSTART,
	LIFECYCLE_SOURCE_RUNTIME,
	LIFECYCLE_SOURCE_POSTSTOP,
	LIFECYCLE_SOURCE_EXIT_FILE,
	LIFECYCLE_SOURCE_ENGINE,
	LIFECYCLE_SOURCE_TOLD,      /* poststart came and said that it runs; nobody could look */
	LIFECYCLE_SOURCE_EXEC_FIFO, /* the runtime's FIFO was written: its start was called */
	LIFECYCLE_SOURCE_EXEC,      /* the kernel told that the process became the program */
	LIFECYCLE_SOURCE_EXIT,      /* the kernel told that the process ended */
};

/* true, false or, as an absent key, not known. */
enum lifecycle_truth {
	LIFECYCLE_TRUTH_NONE = 0,
	LIFECYCLE_TRUTH_FALSE,
	LIFECYCLE_TRUTH_TRUE,
};

/* The word for a value, as the record's JSON has it; NULL for _NONE and for what is out of range. */
const char *lifecycle_point_name(enum lifecycle_point point);
const char *lifecycle_status_name(enum lifecycle_status status);
const char *lifecycle_reason_name(enum lifecycle_reason reason);
const char *lifecycle_source_name(enum lifecycle_source source);

/* The value for a word; _NONE for NULL and for a word that is not one. */
enum lifecycle_point lifecycle_point_from_name(const char *name);
enum lifecycle_status lifecycle_status_from_name(const char *name);

/* ---- time ---- */

#define LIFECYCLE_TIME_SIZE 40

/* Writes RFC 3339 in UTC with nanoseconds and `Z`, and returns `buffer`; "" for LIFECYCLE_UNKNOWN. */
const char *lifecycle_time_format(int64_t time, char buffer[LIFECYCLE_TIME_SIZE]);

/*
 * Reads RFC 3339 with any offset and any number of decimals. A time that no container can have, at or
 * before 1970 (Go's zero time is one) or after 2262, is read as LIFECYCLE_UNKNOWN. False if it is no time.
 */
bool lifecycle_time_parse(const char *text, int64_t *ret_time);

/*
 * Reads a length of time, as nanoseconds: a decimal number of seconds, or numbers with units, one after the other: ns,
 * us, ms, s, m, h, d, as in 500ms or 1h30m. False if it is none, or longer than a century.
 */
bool lifecycle_duration_parse(const char *text, int64_t *ret_duration);

/* Now, on CLOCK_REALTIME (a time), and on CLOCK_MONOTONIC (for a deadline). */
int64_t lifecycle_time_now(void);
int64_t lifecycle_monotonic_now(void);

/* ---- record: one container's, a value ---- */

struct lifecycle_record;

struct lifecycle_hook {
	enum lifecycle_point point;
	int64_t time;
	int64_t duration_ns; /* of the wrapped command; unknown if it never came back */
	const char *status;  /* as on stdin */
	int64_t pid;         /* as on stdin */
	const char *command; /* of the wrapped command; NULL if it wrapped none */
	const char *const *
		argv; /* the command's, cut, without what may be secret; NULL-terminated, or NULL */
	int64_t index; /* which of its point's hooks it is, from 0 on */
};

struct lifecycle_failure {
	enum lifecycle_point point;
	int64_t time;
	const char *message;
	int64_t exit_code;
	int64_t signal;
	const char *stderr_text; /* the last 4 KiB */
	const char *command;     /* of the wrapped command that failed; NULL for none */
	const char *const *argv; /* as in struct lifecycle_hook */
	int64_t index;
};

struct lifecycle_generation {
	int64_t generation;
	const char *instance;
	enum lifecycle_status status;
	enum lifecycle_reason reason;
	int64_t pid;
	int64_t created_at;
	int64_t started_at;
	enum lifecycle_source started_at_source;
	int64_t finished_at;
	enum lifecycle_source finished_at_source;
	int64_t exit_code; /* 128 and the signal, if one ended it */
	bool create_error;
	int64_t exit_signal;
	enum lifecycle_truth oom_killed; /* by the kernel, since memory was out */
	/* Which process it is: with its pid, when it was forked, in which boot, in which pid namespace. */
	int64_t pid_start_ticks;
	const char *boot_id;
	int64_t pid_ns;
	const char *init_exe;  /* of the runtime's init, DEV:INO */
	bool init_forked;      /* it had not exec'ed when it was first seen */
	bool create_succeeded; /* the runtime's create was seen to succeed */
};

void lifecycle_record_free(struct lifecycle_record *record);

const char *lifecycle_record_id(const struct lifecycle_record *record);
const char *lifecycle_record_name(const struct lifecycle_record *record);
const char *lifecycle_record_bundle(const struct lifecycle_record *record);
const char *lifecycle_record_oci_version(const struct lifecycle_record *record);
/* The annotations that were kept: their keys, and the value of a key; NULL if the record does not hold that one. */
size_t lifecycle_record_annotation_count(const struct lifecycle_record *record);
const char *lifecycle_record_annotation_key(const struct lifecycle_record *record, size_t index);
const char *lifecycle_record_annotation(const struct lifecycle_record *record, const char *key);

/* The current generation; the previous ones are of the same kind, the oldest first. An index is less than the count. */
const struct lifecycle_generation *lifecycle_record_current(const struct lifecycle_record *record);
size_t lifecycle_record_previous_count(const struct lifecycle_record *record);
const struct lifecycle_generation *lifecycle_record_previous(
	const struct lifecycle_record *record, size_t index);
/* The current generation's hooks and errors, the oldest first. */
size_t lifecycle_record_hook_count(const struct lifecycle_record *record);
const struct lifecycle_hook *lifecycle_record_hook(
	const struct lifecycle_record *record, size_t index);
size_t lifecycle_record_error_count(const struct lifecycle_record *record);
const struct lifecycle_failure *lifecycle_record_error(
	const struct lifecycle_record *record, size_t index);
/* Whether the time at which a generation started is that of a hook that ran before the program did: also if there is
 * none. */
bool lifecycle_start_is_provisional(const struct lifecycle_generation *generation);

/* The keys that a record's JSON can have at its top, in their order; NULL after the last one. */
const char *lifecycle_record_key(size_t index);

/* Whether a bad record was set aside before this one was begun. */
bool lifecycle_record_recovered(const struct lifecycle_record *record);

/* ---- observed: the record, and what is true now ---- */

struct lifecycle_observed {
	size_t size; /* to be set by the caller */
	bool looked; /* false: the process could not be looked at, so this is what is recorded */
	enum lifecycle_status status;
	enum lifecycle_reason reason;
	bool create_error;
	/* When it started, as far as that is known now: also by the exec FIFO. Provisional only while it runs. */
	int64_t started_at;
	enum lifecycle_source started_at_source;
	int64_t pid; /* of what lives; an earlier generation's, if that is what does */
	int64_t exit_code;
	int64_t exit_signal;
};

/* Looks at the record's process, if it has one, and says what is true now; nothing if ret->size is not set. */
void lifecycle_observe(const struct lifecycle_record *record, struct lifecycle_observed *ret);

/* A pidfd of the record's process, which is alive and is that very one; -1 with LIFECYCLE_ERROR_NOT_FOUND if it
 * is gone, LIFECYCLE_ERROR_SYSTEM if it cannot be looked at: with a system_errno if that is not so of every look
 * that is taken here. The caller closes it. */
int lifecycle_open_process(
	const struct lifecycle_record *record, int *ret_pidfd, struct lifecycle_error *error);

/* The same of one generation's, which may be dead if its parent has not waited for it yet. */
int lifecycle_open_generation(const struct lifecycle_generation *generation, int *ret_pidfd,
	struct lifecycle_error *error);

/* ---- codec ---- */

/*
 * Reads a record from its JSON. Keys that it does not know are kept. LIFECYCLE_ERROR_CORRUPT says what is bad.
 */
int lifecycle_record_decode(const char *text, size_t length, struct lifecycle_record **ret_record,
	struct lifecycle_error *error);

/*
 * Writes a record as one line of JSON, with the bounds of lifecycle.json(5) applied; with `observed` it has
 * that key too (a reader's view, never stored). *ret_text is NUL-terminated: free() it.
 */
int lifecycle_record_encode(const struct lifecycle_record *record,
	const struct lifecycle_observed *observed, char **ret_text, size_t *ret_length,
	struct lifecycle_error *error);

/* ---- evidence: what one hook saw ---- */

struct lifecycle_evidence;

struct lifecycle_gather {
	size_t size;
	enum lifecycle_point point;
	int64_t time;     /* when the hook began */
	int64_t deadline; /* for looking again, at poststart, at a program that has not exec'ed yet */
	/* The OCI state, as it came on stdin. */
	const char *state;
	size_t state_length;
	/* NULL-terminated lists of keys, or NULL: looked at before the well-known ones; to be kept. */
	const char *const *name_annotations;
	const char *const *annotations;
};

/* How a wrapped command, or a runtime's create or start, ended. */
struct lifecycle_outcome {
	size_t size;
	int64_t duration_ns;
	int64_t exit_code;       /* LIFECYCLE_UNKNOWN if a signal ended it */
	int64_t signal;          /* LIFECYCLE_UNKNOWN if it exited */
	const char *message;     /* NULL for one made from the above; alone it is a failure, too */
	const char *stderr_text; /* the last of what it said, any bytes */
	size_t stderr_length;
};

/* Reads the state and looks at the process. LIFECYCLE_ERROR_INVALID: it is no state, or the point is not a hook's. */
int lifecycle_evidence_gather(const struct lifecycle_gather *gather,
	struct lifecycle_evidence **ret_evidence, struct lifecycle_error *error);

/*
 * Evidence of a runtime's own command line, without a state: LIFECYCLE_POINT_CREATE or LIFECYCLE_POINT_START of
 * `id`, that began at `time`. `pid` is the container's process, or LIFECYCLE_UNKNOWN.
 */
int lifecycle_evidence_of_runtime(enum lifecycle_point point, const char *id, int64_t time,
	int64_t pid, struct lifecycle_evidence **ret_evidence, struct lifecycle_error *error);

void lifecycle_evidence_free(struct lifecycle_evidence *evidence);

const char *lifecycle_evidence_id(const struct lifecycle_evidence *evidence);

/* The container's name, if the evidence brings one; else NULL. */
const char *lifecycle_evidence_name(const struct lifecycle_evidence *evidence);

/* A command that is run in a hook's place. */
struct lifecycle_command {
	size_t size;
	const char *path;
	const char *const
		*argv; /* NULL-terminated, or NULL; what may be secret in it is not kept */
	int64_t index; /* which of its point's hooks it is; unknown: LIFECYCLE_UNKNOWN */
};

/* A command is about to be run in this hook's place. */
int lifecycle_evidence_begin(struct lifecycle_evidence *evidence,
	const struct lifecycle_command *command, struct lifecycle_error *error);

/* It, or the runtime's command, ended so. */
int lifecycle_evidence_end(struct lifecycle_evidence *evidence,
	const struct lifecycle_outcome *outcome, struct lifecycle_error *error);

/*
 * At poststop: what conmon wrote into `directory` of the container's end, if it did. A file that is older than
 * the generation is an earlier one's, and not believed.
 */
int lifecycle_evidence_read_exit_file(
	struct lifecycle_evidence *evidence, const char *directory, struct lifecycle_error *error);

/*
 * A lifecycle_transform_fn, with the evidence as `arg`: looks at the record's process, and folds the evidence
 * into the record. lifecycle_store_fold() is the way to use it.
 */
int lifecycle_evidence_fold(
	struct lifecycle_record *record, void *arg, struct lifecycle_error *error);

/* ---- report: what whoever starts containers knows of one, without being a hook ---- */

enum lifecycle_event {
	LIFECYCLE_EVENT_NONE = 0,
	LIFECYCLE_EVENT_CREATED, /* it is there, and its program is yet to be started */
	LIFECYCLE_EVENT_STARTED,
	LIFECYCLE_EVENT_ENDED,
	LIFECYCLE_EVENT_FAILED, /* could not be created or started: `message` says why */
	LIFECYCLE_EVENT_NAMED,  /* nothing but the name, of a container that has a record */
	/* What the kernel tells of the process of `instance`, which has to be said. */
	LIFECYCLE_EVENT_EXECED, /* it became its program */
	LIFECYCLE_EVENT_EXITED, /* it ended; a time that is unknown stays so */
};

struct lifecycle_report {
	size_t size;
	enum lifecycle_event event;
	const char *id;
	/* Which generation it is of. NULL: the current one, or if `pid` says otherwise a new or an earlier one. */
	const char *instance;
	int64_t time; /* of the event; unknown: now, but at EXITED */
	int64_t pid; /* its process; at CREATED and STARTED it is looked at, so that it is known again */
	/* What is NULL here stays what it was. */
	const char *bundle;
	const char *name;
	const char *const *annotations; /* KEY, VALUE, KEY, VALUE, ..., NULL */
	/* At ENDED, EXITED and FAILED. */
	int64_t exit_code;   /* 0 to 255 */
	int64_t exit_signal; /* what ended it; exit_code then is 128 and this, and need not be set */
	enum lifecycle_truth oom_killed;
	const char *message;
	bool never_execed; /* at EXITED: who was told of each exec of the process since its creation was told of none */
};

/* To begin with: struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN; */
#define LIFECYCLE_REPORT_UNKNOWN                                                                   \
	{                                                                                          \
		sizeof(struct lifecycle_report), LIFECYCLE_EVENT_NONE, NULL, NULL,                 \
			LIFECYCLE_UNKNOWN, LIFECYCLE_UNKNOWN, NULL, NULL, NULL, LIFECYCLE_UNKNOWN, \
			LIFECYCLE_UNKNOWN, LIFECYCLE_TRUTH_NONE, NULL, false                       \
	}

/* ---- store ---- */

struct lifecycle_store;

/* 1 to 255 bytes of [A-Za-z0-9_+.-], the first not a dot. */
bool lifecycle_id_valid(const char *id);

/* The root that hooks use if none is given: see lifecycle.json(5). free() it. */
int lifecycle_default_root(char **ret_root, struct lifecycle_error *error);

enum lifecycle_access {
	LIFECYCLE_ACCESS_READ, /* nothing is created, nothing is checked but what is read */
	LIFECYCLE_ACCESS_WRITE, /* made if it is not there; LIFECYCLE_ERROR_UNSAFE if others could write or replace it */
	LIFECYCLE_ACCESS_MEND, /* the same, but not made */
};

/*
 * Opens the store at `root`, an absolute path. LIFECYCLE_ERROR_NOT_FOUND: not to be made and not there. To be made are also the
 * directories above the store that are missing: 0755, and below a safe directory only.
 */
int lifecycle_store_open(const char *root, enum lifecycle_access access,
	struct lifecycle_store **ret_store, struct lifecycle_error *error);
void lifecycle_store_close(struct lifecycle_store *store);
const char *lifecycle_store_root(const struct lifecycle_store *store);

/*
 * Reads a record, without a lock and without waiting: the old one or the new one, never a mixture.
 * LIFECYCLE_ERROR_NOT_FOUND, LIFECYCLE_ERROR_CORRUPT, or LIFECYCLE_ERROR_SYSTEM if it could not be read.
 */
int lifecycle_store_load(struct lifecycle_store *store, const char *id,
	struct lifecycle_record **ret_record, struct lifecycle_error *error);

/* The same for one container's directory, ours or nerdctl's; the record's ID is the directory's name if
 * the record does not say. */
int lifecycle_load_directory(
	const char *path, struct lifecycle_record **ret_record, struct lifecycle_error *error);

typedef int lifecycle_transform_fn(
	struct lifecycle_record *record, void *arg, struct lifecycle_error *error);

/*
 * Under the container's lock: loads its record (an empty one if there is none; a fresh one with `recovered`
 * if it was bad, which is set aside), calls transform(record, arg), and replaces the record by the result.
 * If transform fails, or anything else does, the record stays what it was.
 * LIFECYCLE_ERROR_TIMEOUT: the lock was not had before the deadline.
 */
int lifecycle_store_transform(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_transform_fn *transform, void *arg, struct lifecycle_error *error);

/*
 * Transforms the record of the evidence's container by the evidence. A command is folded twice: once begun,
 * once ended, with the same evidence.
 */
int lifecycle_store_fold(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	int64_t deadline, struct lifecycle_error *error);

#define LIFECYCLE_INSTANCE_SIZE 40

/*
 * Transforms the record of the report's container by the report. A start that is reported has the source
 * LIFECYCLE_SOURCE_RUNTIME, an end LIFECYCLE_SOURCE_ENGINE, which outweighs all others. What the kernel tells has the
 * sources LIFECYCLE_SOURCE_EXEC, which outweighs all others, and LIFECYCLE_SOURCE_EXIT. A late word never touches
 * another generation: if the report is of an instance or a process that the record does not know, nothing changes.
 * `ret_instance`, unless NULL, is a buffer of LIFECYCLE_INSTANCE_SIZE bytes that gets the instance that the report
 * went to, for later reports, or "" if nothing has changed. LIFECYCLE_ERROR_INVALID: the report cannot be true.
 */
int lifecycle_store_report(struct lifecycle_store *store, const struct lifecycle_report *report,
	int64_t deadline, char *ret_instance, struct lifecycle_error *error);

/*
 * Removes a container's record and directory, under its lock. What is not ours stays and is an error.
 * `permit`, NULL for always, is asked first, with the record or with NULL if it cannot be read.
 */
typedef bool lifecycle_permit_fn(const struct lifecycle_record *record, void *arg);
int lifecycle_store_delete(struct lifecycle_store *store, const char *id, int64_t deadline,
	lifecycle_permit_fn *permit, void *arg, struct lifecycle_error *error);

struct lifecycle_prune {
	size_t size;
	int64_t older_than; /* stopped for longer than this; 0: however short */
	int64_t deadline;   /* for the lock: now, for one that is free or not at all */
	bool dry_run;       /* nothing is locked or changed */
};

/*
 * Removes a container's record if it is observed stopped, and has been for long enough; without a time of its
 * end what counts is when it was first found so by this function. *ret_removed: it was, or would be. A power
 * cut may bring it back, to be pruned again. What cannot be read, or looked at, stays, and is an error.
 */
int lifecycle_store_prune(struct lifecycle_store *store, const char *id,
	const struct lifecycle_prune *prune, bool *ret_removed, struct lifecycle_error *error);

/* Prunes what there is time for until the deadline, waiting for no lock; nothing if that was done within the
 * last minute. */
int lifecycle_store_sweep(struct lifecycle_store *store, int64_t retention, int64_t deadline,
	struct lifecycle_error *error);

/* Strings, sorted. It never grows. */
struct lifecycle_strings {
	size_t count;
	char **items;
};
/* Frees the strings, and leaves an empty list. */
void lifecycle_strings_free(struct lifecycle_strings *strings);

/* The IDs in the store; *ret_foreign, unless NULL, gets the names of what is no container's directory. */
int lifecycle_store_list(struct lifecycle_store *store, struct lifecycle_strings *ret_ids,
	struct lifecycle_strings *ret_foreign, struct lifecycle_error *error);

/*
 * What a person typed, to an ID: an exact ID, else an exact name, else CONTAINER, POD/CONTAINER or
 * NAMESPACE/POD/CONTAINER (of Kubernetes' names, or the end of a name that is such a path), else the start of an ID. Of
 * several with one name the one that is not observed stopped is meant, else the one that was created last. An empty
 * one and one that no ID or name can be is LIFECYCLE_ERROR_INVALID. With LIFECYCLE_ERROR_AMBIGUOUS *ret_candidates, unless
 * NULL, gets the IDs that it could be; with every other outcome it is left alone.
 */
int lifecycle_store_resolve(struct lifecycle_store *store, const char *reference, char **ret_id,
	struct lifecycle_strings *ret_candidates, struct lifecycle_error *error);

/* ---- counts: what outlives the records ---- */

/*
 * A record goes, and what it counted stays: each process, each failure, how long each wrapped command took. Of one store a
 * count never falls; but what was in a record that became unreadable, or that others removed, is gone from it. See
 * lifecycle.json(5).
 */
struct lifecycle_counts;

#define LIFECYCLE_BUCKETS 12

/* What one of a point's commands did. The library owns it, and it grows at its end. */
struct lifecycle_series {
	enum lifecycle_point point; /* _NONE, without a command: all that are too many */
	const char *
		command; /* its first 127 bytes, without control characters; NULL: a runtime's own */
	int64_t index;
	int64_t calls;  /* that came back */
	int64_t sum_ns; /* which they took */
	int64_t failures;
	const int64_t *
		buckets; /* LIFECYCLE_BUCKETS of them: the calls that took no longer than this one's limit, and longer than the one's before */
};

/* Nanoseconds; LIFECYCLE_UNKNOWN where there is no such bucket. */
int64_t lifecycle_bucket_limit(size_t index);

/* In this order, and within half a minute: each record of the store, then the end, with the store or with NULL for the
 * records alone. Then it can be asked. */
int lifecycle_counts_new(struct lifecycle_counts **ret_counts, struct lifecycle_error *error);
int lifecycle_counts_add(struct lifecycle_counts *counts, const struct lifecycle_record *record,
	struct lifecycle_error *error);
int lifecycle_counts_end(struct lifecycle_counts *counts, const struct lifecycle_store *store,
	struct lifecycle_error *error);
void lifecycle_counts_free(struct lifecycle_counts *counts);

int64_t lifecycle_counts_generations(const struct lifecycle_counts *counts);
int64_t lifecycle_counts_create_errors(const struct lifecycle_counts *counts);
int64_t lifecycle_counts_oom_kills(const struct lifecycle_counts *counts);
size_t lifecycle_counts_series_count(const struct lifecycle_counts *counts);
const struct lifecycle_series *lifecycle_counts_series(
	const struct lifecycle_counts *counts, size_t index);

/* ---- watch: when a store changes ---- */

/*
 * From lifecycle_watch_open() on no change is missed: whoever reads the store after it, and again what
 * lifecycle_watch_read() names, knows all. What is recorded is watched, not the processes: see lifecycle_open_process()
 * for an end that nobody records.
 */
struct lifecycle_watch;

enum lifecycle_change {
	LIFECYCLE_CHANGE_NONE = 0,
	LIFECYCLE_CHANGE_RECORD, /* the container's record was written, or its directory has come */
	LIFECYCLE_CHANGE_REMOVED,  /* its directory is gone */
	LIFECYCLE_CHANGE_ANYTHING, /* anything may have happened to any of them: `id` is NULL */
};

/* Watches the store at `root`, an absolute path. It need not be there yet, and may go and come back. */
int lifecycle_watch_open(
	const char *root, struct lifecycle_watch **ret_watch, struct lifecycle_error *error);

/* The same for one container's directory, which is there: all that is told is LIFECYCLE_CHANGE_ANYTHING. */
int lifecycle_watch_open_directory(
	const char *path, struct lifecycle_watch **ret_watch, struct lifecycle_error *error);
void lifecycle_watch_close(struct lifecycle_watch *watch);

/* To be polled for being readable: then lifecycle_watch_read() may have something to tell. The watch owns it. */
int lifecycle_watch_fd(const struct lifecycle_watch *watch);

/*
 * Calls changed() for each change so far, and does not wait. What changes meanwhile is for the next call, so poll again: a
 * store that never rests keeps nobody in here. What changed() returns, if it is not 0, is returned at once,
 * and what was not told by then is told as LIFECYCLE_CHANGE_ANYTHING the next time; -1 with *error if it cannot be watched.
 */
typedef int lifecycle_changed_fn(enum lifecycle_change change, const char *id, void *arg);
int lifecycle_watch_read(struct lifecycle_watch *watch, lifecycle_changed_fn *changed, void *arg,
	struct lifecycle_error *error);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
