/* SPDX-License-Identifier: Apache-2.0 */
/* observation: what a hook can see, as values, and the questions that the transitions ask of them. Pure. */
#ifndef OBSERVATION_H
#define OBSERVATION_H

#include "record.h"

/* ---- what is seen ---- */

enum liveness {
	LIVENESS_UNKNOWN = 0, /* could not be looked at */
	LIVENESS_GONE,
	LIVENESS_ZOMBIE,
	LIVENESS_ALIVE,
};

#define BOOT_ID_SIZE  40
#define EXE_SIZE      48
#define COMM_SIZE     32
#define INSTANCE_SIZE LIFECYCLE_INSTANCE_SIZE

/* A process as it was seen; what is unknown is LIFECYCLE_UNKNOWN or "". */
struct process {
	enum liveness liveness;
	bool unseen; /* and that is not since nobody here can know it */
	int64_t pid;
	int64_t start_ticks;
	int64_t pid_ns;             /* where this was looked at */
	char boot_id[BOOT_ID_SIZE]; /* when this was looked at */
	char exe[EXE_SIZE];         /* DEV:INO */
	char comm[COMM_SIZE];
	bool forked;         /* and it has not exec'ed since; false if that is not known */
	int64_t exit_status; /* of a zombie, as waitpid() gives it; unknown if it may not be read */
};

/* Whether a container's process is its program by now. */
enum program {
	PROGRAM_UNSEEN = 0, /* the process could not be looked at */
	PROGRAM_NOT_YET,    /* it still is the runtime's init */
	PROGRAM_EXECUTED,   /* its executable is another one than at its creation */
	PROGRAM_UNCLEAR, /* neither: a sandbox's process, which never execs, or one not seen at its
			   creation */
};

enum command_progress {
	COMMAND_PROGRESS_NONE = 0,
	COMMAND_PROGRESS_BEGUN,
	COMMAND_PROGRESS_ENDED,
};

struct command {
	enum command_progress progress;
	const char *path; /* NULL for the runtime's own create and start */
	const char *const *argv;
	int64_t index;
	int64_t duration_ns;
	int64_t exit_code;
	int64_t signal;
	const char *message;
	const char *stderr_text;
};

/* What a report says of how a process ended. */
struct ending {
	int64_t exit_code;
	int64_t exit_signal;
	enum lifecycle_truth oom_killed;
};

/* What an exit file says; unknown if there is none. */
struct exit_file {
	int64_t exit_code;
	int64_t time;
};

struct lifecycle_evidence {
	enum lifecycle_point point;
	int64_t time;
	int64_t seen_at; /* when `process` was looked at again; if it was not, when the hook began */
	int64_t deadline;
	/* the OCI state */
	const char *id;
	const char *name;
	const char *bundle;
	const char *oci_version;
	const char *status;
	int64_t pid;
	size_t annotation_count;
	struct record_annotation annotations[DEFAULTS_MAX_ANNOTATIONS];
	/* what was looked at */
	struct process process;  /* the one that `pid` names */
	struct process recorded; /* the record's; gone if its pid is another process's by now */
	struct process
		previous; /* of the newest earlier generation that is open; unknown if none is */
	enum program program;
	struct exit_file exit_file;
	int64_t exec_fifo; /* when the record's was written; 0: it was not yet; unknown: there is none */
	struct command command;
	/* of a report, which is no hook's */
	enum lifecycle_event event;
	char reported[INSTANCE_SIZE]; /* the generation that it is of; "" if it does not say */
	struct ending ending;
	const char *message;
	bool never_execed;
	char instance[INSTANCE_SIZE]; /* for a new generation */
	/* Where it went: a command's end belongs where its beginning was written. */
	char folded_into[INSTANCE_SIZE]; /* "": into no current generation */
	bool stored;
};

/* ---- questions ---- */

bool value_is_known(int64_t value);
/* False if either is NULL: what is unknown equals nothing. */
bool text_is_same(const char *one, const char *other);
bool point_is_create_phase(enum lifecycle_point point);
bool point_is_of_hook(enum lifecycle_point point);
/* Of a runtime's own command line. */
bool point_is_of_runtime(enum lifecycle_point point);

bool process_has_ended(const struct process *process);
bool process_has_identity(const struct process *process);
bool generation_has_identity(const struct lifecycle_generation *generation);
bool generation_is_of_process(
	const struct lifecycle_generation *generation, const struct process *process);
/* The generation's process has become another program than it was when it was first seen. */
bool process_has_execed(
	const struct lifecycle_generation *generation, const struct process *process);

bool record_has_generation(const struct lifecycle_record *record);
bool record_is_stopped(const struct lifecycle_record *record);
/* Whether a time that `source` tells takes the place of one that `present` told: of two that know it equally well
 * the first stays. */
bool source_outweighs(enum lifecycle_source source, enum lifecycle_source present);
/* Whether a start that `source` tells was seen, by a hook or the kernel, and not only said. */
bool source_is_seen(enum lifecycle_source source);
/* And not only expected, as it is at createRuntime; and that somebody saw the program, not only heard of it. */
bool generation_start_is_known(const struct lifecycle_generation *generation);
bool generation_start_was_seen(const struct lifecycle_generation *generation);
/* What waited to become the generation's program, and died before it did. */
bool process_is_dead_init(
	const struct lifecycle_generation *generation, const struct process *process);
/* Whether `process` is the generation's program by now; only of the generation's own process is it known what it was
 * before. */
enum program generation_program(
	const struct lifecycle_generation *generation, const struct process *process);
/* Whether the exec FIFO, written at that time (0: not yet), tells that the generation was started, and when: a dead init
 * of the runtime's outweighs it. */
bool generation_fifo_tells_start(const struct lifecycle_generation *generation, int64_t exec_fifo,
	const struct process *process, int64_t *ret_started_at);
/* The newest earlier generation that nobody has ended; NULL if there is none. */
const struct lifecycle_generation *record_open_previous(const struct lifecycle_record *record);
/* How a zombie ended, which the program was; nothing else changes anything. */
void generation_set_exit_status(
	struct lifecycle_generation *generation, const struct process *process);
/* A create hook that began a command, and has not said how it ended. */
bool hook_is_unfinished(const struct lifecycle_hook *hook);
bool record_has_unfinished_hook(const struct lifecycle_record *record);

/* Of a hook before the program, or a report that it was created. */
bool evidence_is_of_creation(const struct lifecycle_evidence *evidence);
/* A hook whose process is the container's init, which is then told by its identity. */
bool evidence_identifies_init(const struct lifecycle_evidence *evidence);
/* Of createRuntime, before a command of its own ran: its process waits to become the program. */
bool evidence_is_of_waiting_init(const struct lifecycle_evidence *evidence);
/* Its process is gone by now, and need not be the record's. */
bool evidence_may_be_of_another(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence);
/* The process that is said to run the program: the one that was named, else the record's. */
const struct process *evidence_started_process(const struct lifecycle_evidence *evidence);
/* What is seen outweighs what is said: the generation's process, which is said to run the program, still is the runtime's
 * own, or died as that. */
bool evidence_denies_start(
	const struct lifecycle_generation *generation, const struct lifecycle_evidence *evidence);
bool command_has_failed(const struct command *command);

#endif
