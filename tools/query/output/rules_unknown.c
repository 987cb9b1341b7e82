/* SPDX-License-Identifier: Apache-2.0 */
/* What is not known, and why. */
#include "query/output/rules.h"

static const struct rule unknown_now[] = {
	{ .when = { story_is_nerdctls },
		.text = "How it is now, and whether it has ended: the record does not tell." },
	{ .when = { story_did_not_look },
		.text = "How it is now: its process cannot be looked at from here, so this is what "
			"was recorded." },
};

static const struct rule unknown_creation[] = {
	{ .when = { story_is_nerdctls } },
	{ .when = { story_knows_creation } },
	{ .text = "When it was created: no hook of its creation is in the record." },
};

static const struct rule unknown_step[] = {
	{ .status = CREATING, .when = { story_did_not_look } },
	{ .status = CREATING, .when = { story_has_create_error } },
	{ .status = CREATING, .when = { story_has_hook_at_work } },
	{ .status = CREATING,
		.text = "Whether its creation is complete: some runtimes, such as crun, call no "
			"hook then." },
};

static const struct rule unknown_start[] = {
	{ .status = RUNNING, .when = { story_knows_start } },
	{ .status = RUNNING,
		.when = { story_poststart_came },
		.text = "When its program began: the poststart hook came, and did not see the "
			"program. runc calls it before there is one." },
	{ .status = RUNNING,
		.when = { story_is_of_two },
		.text = "When its program began: the record does not have it." },
	{ .status = RUNNING,
		.text = "When its program began: no poststart hook is in the record. Perhaps the "
			"runtime calls none, or it is not set up." },
	{ .status = STOPPED, .when = { story_has_reason } },
	{ .status = STOPPED,
		.when = { story_poststart_came },
		.text = "Whether its program ran: the poststart hook came, and did not see the "
			"program. runc calls it before there is one." },
	{ .status = STOPPED,
		.text = "Whether its program ran: no poststart hook is in the record. Perhaps the "
			"runtime calls none, or it is not set up." },
};

static const struct rule unknown_cause[] = {
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_NEVER_STARTED,
		.when = { story_creation_failed } },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_NEVER_STARTED,
		.when = { story_start_failed } },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_NEVER_STARTED,
		.when = { story_create_succeeded },
		.text = "Why: no hook is told. Nobody may have started it, or its program could "
			"not be executed." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_NEVER_STARTED,
		.text = "Why: no hook is told. The program may not exist or not be executable, the "
			"creation may have failed otherwise, or nobody started it." },
};

static const struct rule unknown_end[] = {
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_LOST_REBOOT,
		.text = "When it ended, and how: nobody recorded that before the boot." },
	{ .status = STOPPED,
		.when = { story_knows_end, story_poststop_came },
		.end = LIFECYCLE_SOURCE_POSTSTOP,
		.text = "When exactly it ended: poststop comes some time after the end." },
	{ .status = STOPPED, .when = { story_knows_end } },
	{ .status = STOPPED, .when = { story_poststop_came }, .text = "When it ended." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_CREATE_FAILED,
		.text = "When it ended: no poststop is in the record. crun and podman call none "
			"after a failed "
			"creation." },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_NEVER_STARTED,
		.text = "When it ended: no poststop is in the record. crun and podman call none "
			"after a failed "
			"creation." },
	{ .status = STOPPED,
		.text = "When it ended: no poststop is in the record. Who calls it may have been "
			"killed, such "
			"as podman's conmon; or the container is not deleted yet." },
};

static const struct rule unknown_code[] = {
	{ .status = STOPPED, .when = { story_knows_code } },
	{ .status = STOPPED, .reason = LIFECYCLE_REASON_LOST_REBOOT },
	{ .status = STOPPED, .reason = LIFECYCLE_REASON_CREATE_FAILED },
	{ .status = STOPPED, .reason = LIFECYCLE_REASON_NEVER_STARTED },
	{ .status = STOPPED,
		.text = "Its exit code: no runtime tells a hook. conmon's exit file has it under "
			"podman and CRI-O, and lifecycle-watch sees it." },
};

static const struct rule unknown_killer[] = {
	{ .status = STOPPED, .when = { story_out_of_memory } },
	{ .status = STOPPED,
		.when = { story_was_killed, story_memory_is_unknown },
		.text = "Who killed it, if anybody did, and whether memory was out: nobody told. "
			"lifecycle-watch tells the latter." },
	{ .status = STOPPED,
		.when = { story_was_killed },
		.text = "Who killed it: no hook is told." },
};

const struct rules rules_of_the_unknown[] = {
	RULES(unknown_now),
	RULES(unknown_creation),
	RULES(unknown_step),
	RULES(unknown_start),
	RULES(unknown_cause),
	RULES(unknown_end),
	RULES(unknown_code),
	RULES(unknown_killer),
	{ 0 },
};
