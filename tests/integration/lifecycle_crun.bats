#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# crun fires poststart in `start`, as the specification has it: its start is that of the program.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"
# shellcheck source=tests/integration/lifecycle_cases.bash
. "$BATS_TEST_DIRNAME/lifecycle_cases.bash"

OCI_RUNTIME=crun
START_SOURCE=poststart
AFTER_CREATE=creating

@test "crun: run leaves a true record, started_at is poststart's" {
	case_run
}

@test "crun: create and start apart are creating, running, stopped" {
	case_apart
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" "createRuntime poststart poststop" hooks
}

@test "crun: every hook point at once is one generation, createContainer's pid is not taken" {
	case_all_points
}

@test "crun: a create hook of somebody else fails, no poststop comes" {
	case_failing_hook
	same "$(record "$ID" .status)" creating "status as recorded"
}

@test "crun: a program that does not exist has never run" {
	case_no_program
}

@test "crun: deleted without a start" {
	case_never_started
}

@test "crun: deleted without a start, the dead init not reaped: never started" {
	case_never_started_zombie
}

@test "crun: the same ID again is generation 2, the first one in previous" {
	case_same_id_again
}

@test "crun: kill -9 is observed before any poststop" {
	case_killed
}

@test "crun: an annotation that stands twice in config.json costs no record, and the last one counts" {
	case_annotation_twice
	same "$(grep -o nerdctl/name "$WORK/stdin" | wc -l)" 2 "names on a hook's stdin"
}

@test "crun: our hook with a wrong option, and one that we wrap and that reads nothing, let start and delete come to their end" {
	case_wrong_option
}

@test "control: crun: a hook that reads nothing ends start by SIGPIPE" {
	case_hook_that_reads_nothing
}
