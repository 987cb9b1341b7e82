/* SPDX-License-Identifier: Apache-2.0 */
/* story: what is to be explained of one container, the questions asked of it, and the fields of a text about it. Pure. */
#ifndef STORY_H
#define STORY_H

#include "records/engine.h"
#include "records/hook.h"
#include "records/view.h"

struct story {
	const struct view *view;
	int64_t now;
	bool paused;                 /* view_is_paused() */
	size_t namesakes;            /* how many other containers have its name */
	const char *root;            /* the store, if it is not where it is expected; else NULL */
	const char *state_dir;       /* the one directory that was asked for; else NULL */
	const char *place;           /* the directory that the record is in */
	const struct engine *engine; /* NULL if that is not known */
	/* The one of many that a text is about; 0 or NULL outside of its turn. */
	const struct lifecycle_hook *hook;
	enum hook_progress progress;
	int64_t length;
	const struct lifecycle_failure *failure;
	const struct lifecycle_generation *previous;
};

typedef bool story_fn(const struct story *story);

/* ---- the record ---- */

story_fn story_is_nerdctls; /* a record of nerdctl's own: no generation, no status */
story_fn story_has_name;
story_fn story_has_namesakes;
story_fn story_has_previous;
story_fn story_is_of_two; /* an earlier generation lives, and it is the one that is shown */
story_fn story_recovered;
story_fn story_has_bundle;
story_fn story_knows_creation;

/* ---- how it is ---- */

story_fn story_looked;
story_fn story_did_not_look;
story_fn story_is_paused;
/* Its process had not exec'ed when it was first seen: so what it is now is known. */
story_fn story_init_was_seen;
story_fn story_has_create_error;

/* ---- its start and its end ---- */

story_fn story_has_reason;
story_fn story_has_no_reason;
story_fn story_knows_start;
story_fn story_shows_time; /* a time of start, be it provisional */
story_fn story_knows_end;
story_fn story_knows_code;
story_fn story_has_no_code;
story_fn story_code_is_zero;
story_fn story_code_is_signal;       /* more than 128, and so perhaps a signal */
story_fn story_code_is_no_execution; /* 126, and 127, as shells have them */
story_fn story_code_is_no_command;
story_fn story_knows_signal;
story_fn story_was_killed; /* by SIGKILL, as far as the exit code tells */
story_fn story_out_of_memory;
story_fn story_not_out_of_memory;
story_fn story_memory_is_unknown;
story_fn story_create_succeeded;

/* ---- hooks and failures ---- */

story_fn story_poststart_came;
story_fn story_poststop_came;
story_fn story_hook_is_at_work;
story_fn story_hook_is_lost; /* and no failure says so */
story_fn story_hook_was_slow;
story_fn story_has_hook_at_work; /* any of its hooks is */
story_fn story_has_slow_hook;
story_fn story_create_hook_is_lost; /* any of its creation did not come back */
story_fn story_has_failure;
story_fn story_runtime_failed; /* any failure is of the runtime's own command */
/* By the word of the runtime, or of a hook that is more than not back. */
story_fn story_creation_failed;
story_fn story_start_failed;      /* or the creation: the runtime or the engine says so */
story_fn story_failure_has_words; /* on its stderr */
story_fn story_failure_has_signal;
story_fn story_failure_has_code;
story_fn story_failure_is_of_hook;
story_fn story_failure_is_of_runtime;
story_fn story_failure_is_of_engine;

/* ---- the generation before ---- */

story_fn story_previous_has_code;

/* ---- the engine ---- */

story_fn story_engine_has_logs;
story_fn story_engine_can_inspect;
story_fn story_engine_can_start;
story_fn story_engine_can_unpause;
story_fn story_engine_has_unit;

/* ---- its parts: each makes the story one about that part ---- */

size_t story_hook_count(const struct story *story);
void story_take_hook(struct story *story, size_t index);
size_t story_failure_count(const struct story *story);
void story_take_failure(struct story *story, size_t index);

#endif
