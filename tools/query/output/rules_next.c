/* SPDX-License-Identifier: Apache-2.0 */
/* Where to look next. */
#include "query/output/rules.h"

static const struct rule next_of_hook[] = {
	{ .when = { story_hook_is_at_work }, .text = "the hook's process: pgrep -af <program>" },
};

const struct rules rules_of_hook_next[] = { RULES(next_of_hook), { 0 } };

static const struct rule next_step[] = {
	{ .status = RUNNING,
		.when = { story_looked, story_is_paused, story_engine_can_unpause },
		.text = "thaw it: <unpause>" },
	{ .status = CREATED, .when = { story_has_create_error } },
	{ .status = CREATED,
		.when = { story_looked, story_engine_can_start },
		.text = "start it: <start>" },
};

static const struct rule next_logs[] = {
	{ .reason = LIFECYCLE_REASON_CREATE_FAILED },
	{ .reason = LIFECYCLE_REASON_NEVER_STARTED },
	{ .status = CREATING },
	{ .status = CREATED },
	{ .when = { story_engine_has_logs }, .text = "what its program wrote: <logs>" },
};

static const struct rule next_inspect[] = {
	{ .when = { story_is_nerdctls },
		.text = "if it is one of nerdctl's: nerdctl inspect <id>" },
	{ .status = STOPPED,
		.when = { story_engine_can_inspect },
		.text = "what <engine> knows: <inspect>" },
};

static const struct rule next_errors[] = {
	{ .when = { story_has_failure },
		.text = "each failure in whole: <query> inspect --format '{{json .Errors}}' <id>" },
};

static const struct rule next_program[] = {
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_NEVER_STARTED,
		.when = { story_has_bundle },
		.text = "what it was to run, while its bundle is there: jq -c .process.args "
			"<config>" },
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_CREATE_FAILED,
		.when = { story_runtime_failed, story_has_bundle },
		.text = "what it was to run, while its bundle is there: jq -c .process.args "
			"<config>" },
};

static const struct rule next_kernel[] = {
	{ .status = STOPPED,
		.when = { story_out_of_memory, story_knows_creation },
		.text = "the kernel's words: journalctl --dmesg --grep oom --since <since>" },
	{ .status = STOPPED, .when = { story_not_out_of_memory } },
	{ .status = STOPPED,
		.when = { story_was_killed, story_knows_creation },
		.text = "whether memory was out: journalctl --dmesg --grep oom --since <since>" },
};

static const struct rule next_journal[] = {
	{ .status = STOPPED, .reason = LIFECYCLE_REASON_EXITED, .when = { story_knows_end } },
	{ .status = STOPPED,
		.when = { story_knows_creation, story_engine_has_unit },
		.text = "the engine's log: journalctl --unit <unit> --since <since>" },
	{ .status = STOPPED,
		.when = { story_knows_creation },
		.text = "the host's log since then: journalctl --since <since>" },
};

static const struct rule next_watch[] = {
	{ .status = STOPPED,
		.reason = LIFECYCLE_REASON_EXITED,
		.when = { story_has_no_code },
		.text = "to know exit codes from now on: systemctl enable --now lifecycle-watch" },
	{ .status = STOPPED,
		.when = { story_has_no_reason },
		.text = "to know starts from now on: systemctl enable --now lifecycle-watch" },
};

static const struct rule next_timeline[] = {
	{ .when = { story_has_slow_hook },
		.text = "how long each hook took: <query> timeline <id>" },
	{ .when = { story_has_previous },
		.text = "the generations, one by one: <query> timeline <id>" },
};

static const struct rule next_names[] = {
	{ .when = { story_has_namesakes },
		.text = "the others of its name: <query> list --filter name=<name>" },
};

static const struct rule next_corrupt[] = {
	{ .when = { story_recovered }, .text = "the record that was set aside: cat <corrupt>" },
};

static const struct rule next_bundle[] = {
	{ .when = { story_engine_can_inspect } },
	{ .when = { story_engine_has_logs } },
	{ .when = { story_has_bundle },
		.text = "who made it is not known; its bundle: ls -l <bundle>" },
};

const struct rules rules_of_next[] = {
	RULES(next_step),
	RULES(next_logs),
	RULES(next_inspect),
	RULES(next_errors),
	RULES(next_program),
	RULES(next_kernel),
	RULES(next_journal),
	RULES(next_watch),
	RULES(next_timeline),
	RULES(next_names),
	RULES(next_corrupt),
	RULES(next_bundle),
	{ 0 },
};
