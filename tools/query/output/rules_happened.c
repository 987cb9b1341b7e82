/* SPDX-License-Identifier: Apache-2.0 */
/* What happened. */
#include "query/output/rules.h"

static const struct rule of_record[] = {
	{ .when = { story_is_nerdctls, story_has_create_error },
		.text = "The record is of nerdctl's kind: it says that the creation failed, and no "
			"more." },
	{ .when = { story_is_nerdctls, story_shows_time },
		.text = "The record is of nerdctl's kind: it has a time of start, <started>, and "
			"no more. A hook set that time before the program ran." },
	{ .when = { story_is_nerdctls },
		.text = "Neither a start nor a failure of it is recorded." },
	{ .when = { story_knows_creation }, .text = "Its creation was recorded at <created>." },
};

static const struct rule of_recovery[] = {
	{ .when = { story_recovered },
		.text = "A bad record was set aside before this one began: what that one held is "
			"not told here." },
};

static const struct rule of_status[] = {
	{ .when = { story_is_nerdctls } },
	{ .status = RUNNING, .when = { story_did_not_look }, .text = "It is recorded as running." },
	{ .status = RUNNING,
		.when = { story_is_paused },
		.text = "It is paused: its process <pid> is frozen, and does nothing." },
	{ .status = RUNNING, .text = "It runs: its process is <pid>." },
	{ .status = CREATED, .when = { story_did_not_look }, .text = "It is recorded as created." },
	{ .status = CREATING,
		.when = { story_did_not_look },
		.text = "It is recorded as being created." },
	{ .status = CREATED,
		.when = { story_has_create_error },
		.text = "Its creation or start is recorded as failed, but its process <pid> still "
			"lives." },
	{ .status = CREATING,
		.when = { story_has_create_error },
		.text = "Its creation is recorded as failed, but its process <pid> still lives." },
	{ .status = CREATED,
		.when = { story_init_was_seen },
		.text = "It is created, and waits: its process <pid> still is the runtime's." },
	{ .status = CREATED, .text = "It is created, and its program is not known to have begun." },
	{ .status = CREATING,
		.when = { story_has_hook_at_work },
		.text = "It is being created: its process is <pid>, and a hook is not back yet." },
	{ .status = CREATING,
		.text = "It is being created, or is created and waits: its process is <pid>." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_CREATE_FAILED,
		.when = { story_knows_start },
		.text = "Its creation is recorded as failed, and a start of it, too." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_CREATE_FAILED,
		.when = { story_creation_failed },
		.text = "Its creation failed: its program never ran." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_CREATE_FAILED,
		.when = { story_start_failed },
		.text = "Its creation or start failed." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_CREATE_FAILED,
		.when = { story_create_hook_is_lost },
		.text = "It counts as failed: a hook of its creation is not known to have come "
			"back." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_CREATE_FAILED,
		.text = "Its creation is recorded as failed; the record does not hold why." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_NEVER_STARTED,
		.text = "It ended before its program began: the program never ran." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_LOST_REBOOT,
		.text = "The host was booted since: it is gone, and nobody recorded its end." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_LOST_RUNTIME,
		.text = "It was lost: its process was found gone, and nobody had recorded its "
			"end." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_EXITED,
		.start = LIFECYCLE_SOURCE_EXEC,
		.text = "Its program ran, and it has ended." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_EXITED,
		.when = { story_knows_start },
		.text = "It was started, and has ended." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_EXITED,
		.text = "It was recorded as running, and has ended." },
	{ .status = STOPPED, .text = "It has ended." },
	{ .text = "The record does not say how it is." },
};

static const struct rule of_start[] = {
	{ .when = { story_is_nerdctls } },
	{ .start = LIFECYCLE_SOURCE_EXEC,
		.text = "Its program began at <started>, as the kernel told lifecycle-watch." },
	{ .start = LIFECYCLE_SOURCE_POSTSTART,
		.when = { story_init_was_seen },
		.text = "Its start is <started>: the poststart hook looked then, and its process "
			"was no runtime's init." },
	{ .start = LIFECYCLE_SOURCE_POSTSTART,
		.text = "Its start is taken to be <started>, when the poststart hook was called: "
			"nobody saw its process become the program." },
	{ .start = LIFECYCLE_SOURCE_EXEC_FIFO,
		.text = "The runtime's start was called at <started>, as the time of its exec FIFO "
			"shows." },
	{ .start = LIFECYCLE_SOURCE_RUNTIME,
		.text = "Its start is said to be <started>: the runtime's start succeeded, or the "
			"engine said so. Nobody saw the program." },
	{ .start = LIFECYCLE_SOURCE_TOLD,
		.text = "Its start is told to be <started>: the runtime called the poststart hook, "
			"and said that it runs. Nobody saw the program." },
	{ .when = { story_knows_start }, .text = "It started at <started> (<source>)." },
};

static const struct rule of_end[] = {
	{ .status = STOPPED,
		.end = LIFECYCLE_SOURCE_EXIT,
		.when = { story_knows_end },
		.text = "Its process ended at <finished>, as the kernel told lifecycle-watch." },
	{ .status = STOPPED,
		.end = LIFECYCLE_SOURCE_EXIT_FILE,
		.when = { story_knows_end },
		.text = "It ended at <finished>, as conmon's exit file says." },
	{ .status = STOPPED,
		.end = LIFECYCLE_SOURCE_ENGINE,
		.when = { story_knows_end },
		.text = "It ended at <finished>, as its engine said." },
	{ .status = STOPPED,
		.end = LIFECYCLE_SOURCE_POSTSTOP,
		.when = { story_knows_end },
		.text = "The poststop hook was called at <finished>: it had ended by then." },
	{ .status = STOPPED, .when = { story_knows_end }, .text = "It ended at <finished>." },
};

static const struct rule of_exit[] = {
	{ .status = STOPPED,
		.when = { story_knows_signal },
		.text = "Signal <signal> ended its process." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_NEVER_STARTED,
		.when = { story_knows_code },
		.text = "Its process ended with exit code <code>, which is not of its program." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_CREATE_FAILED,
		.when = { story_knows_code },
		.text = "Its process ended with exit code <code>." },
	{ .status = STOPPED,
		.when = { story_knows_code, story_code_is_signal },
		.text = "Its exit code is <code>: signal <signal of code> ended it, or its program "
			"chose that code." },
	{ .status = STOPPED,
		.when = { story_knows_code, story_code_is_zero },
		.text = "Its exit code is 0, which by custom is success." },
	{ .status = STOPPED,
		.when = { story_knows_code, story_code_is_no_execution },
		.text = "Its exit code is 126: by custom, a command could not be executed." },
	{ .status = STOPPED,
		.when = { story_knows_code, story_code_is_no_command },
		.text = "Its exit code is 127: by custom, a command was not found." },
	{ .status = STOPPED, .when = { story_knows_code }, .text = "Its exit code is <code>." },
};

static const struct rule of_memory[] = {
	{ .status = STOPPED,
		.when = { story_out_of_memory },
		.text = "The kernel killed it, since memory was out." },
	{ .status = STOPPED,
		.when = { story_was_killed, story_not_out_of_memory },
		.text = "The kernel counted no kill of it for want of memory." },
};

static const struct rule of_two[] = {
	{ .when = { story_is_of_two },
		.text = "Two containers have this ID: this is generation <generation>, whose "
			"process <pid> lives. Generation <younger> came after it, and has "
			"ended." },
	{ .when = { story_has_previous }, .text = "It is generation <generation> of this ID." },
};

static const struct rule of_name[] = {
	{ .when = { story_has_namesakes },
		.text = "Other containers that have its name: <namesakes>." },
};

const struct rules rules_of_life[] = {
	RULES(of_record),
	RULES(of_recovery),
	RULES(of_two),
	RULES(of_name),
	RULES(of_status),
	RULES(of_start),
	RULES(of_end),
	RULES(of_exit),
	RULES(of_memory),
	{ 0 },
};

/* ---- a hook, a failure, an earlier generation ---- */

static const struct rule of_hook[] = {
	{ .when = { story_hook_is_at_work },
		.text = "The <point> hook <hook> was called <length> ago; it is not back, as far "
			"as the record knows." },
	{ .when = { story_hook_is_lost },
		.text = "The <point> hook <hook> began, and is not known to have come back." },
	{ .when = { story_hook_was_slow }, .text = "The <point> hook <hook> took <length>." },
};

const struct rules rules_of_hook[] = { RULES(of_hook), { 0 } };

static const struct rule of_failure[] = {
	{ .when = { story_failure_is_of_hook, story_failure_has_signal },
		.text = "The <point> hook <hook> was killed by signal <failure's signal>." },
	{ .when = { story_failure_is_of_hook, story_failure_has_code },
		.text = "The <point> hook <hook> failed with exit code <failure's code>." },
	{ .when = { story_failure_is_of_hook }, .text = "The <point> hook <hook>: <message>." },
	{ .when = { story_failure_is_of_runtime },
		.text = "The runtime's <point> failed: <message>." },
	{ .when = { story_failure_is_of_engine },
		.text = "The engine reported a failure: <message>." },
	{ .text = "A failure at <point>: <message>." },
};

static const struct rule of_words[] = {
	{ .when = { story_failure_has_words }, .text = "Its last words were: <words>" },
};

const struct rules rules_of_failure[] = { RULES(of_failure), RULES(of_words), { 0 } };

/* Their reasons are those that are recorded. */
static const struct rule of_previous[] = {
	{ .reason = LIFECYCLE_REASON_CREATE_FAILED,
		.text = "The creation or start of generation <previous> is recorded as failed." },
	{ .reason = LIFECYCLE_REASON_NEVER_STARTED,
		.text = "Generation <previous> ended before its program began." },
	{ .reason = LIFECYCLE_REASON_LOST_REBOOT,
		.text = "Generation <previous> was gone after a boot of the host, and nobody had "
			"recorded its end." },
	{ .reason = LIFECYCLE_REASON_LOST_RUNTIME,
		.text = "Generation <previous> was gone when the ID was used again, and nobody had "
			"recorded its end." },
	{ .status = STOPPED,
		.when = { story_previous_has_code },
		.text = "Generation <previous> ended with exit code <previous code>." },
	{ .status = STOPPED, .text = "Generation <previous> ended; its exit code is not known." },
	{ .text = "Nobody has recorded the end of generation <previous>." },
};

const struct rules rules_of_previous[] = { RULES(of_previous), { 0 } };
