#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# runc fires poststart during `create`, before the program exists: its start can only be bounded from below.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"
# shellcheck source=tests/integration/lifecycle_cases.bash
. "$BATS_TEST_DIRNAME/lifecycle_cases.bash"

OCI_RUNTIME=runc
START_SOURCE=exec_fifo
AFTER_CREATE=created

@test "runc: run leaves a true record, poststart is not believed" {
	case_run
}

@test "runc: create and start apart are created, running, stopped" {
	case_apart
}

@test "runc: every hook point at once is one generation, createContainer's pid is not taken" {
	case_all_points
}

@test "runc: a create hook of somebody else fails" {
	case_failing_hook
	same "$(record "$ID" .status)" stopped "status, after runc's poststop,"
}

@test "runc: a program that does not exist has never run" {
	case_no_program
}

@test "runc: deleted without a start" {
	case_never_started
	same "$(record "$ID" .status)" stopped status
}

@test "runc: deleted without a start, the dead init not reaped: never started" {
	case_never_started_zombie
}

@test "runc: the same ID again is generation 2, the first one in previous" {
	case_same_id_again
}

@test "runc: kill -9 is observed before any poststop" {
	case_killed
}

@test "runc: an annotation that stands twice in config.json costs no record, and the last one counts" {
	case_annotation_twice
	same "$(grep -o nerdctl/name "$WORK/stdin" | wc -l)" 1 "names on a hook's stdin"
}
