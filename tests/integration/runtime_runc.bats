#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # what the cases want to know

OCI_RUNTIME=runc
START_SOURCE=exec_fifo

load helpers
load engines
load runtime_cases

@test "lifecycle-runtime over runc: create, start, delete" {
	case_whole_life
}

@test "lifecycle-runtime over runc: the same bundle again gets no second hooks" {
	case_same_bundle_again
}

@test "lifecycle-runtime over runc: run, with the container's exit status" {
	case_run
}

@test "lifecycle-runtime over runc: what the runtime refuses says nothing of the container that lives" {
	case_refusals
}

@test "lifecycle-runtime over runc: what was created and never started" {
	case_never_started
}

@test "lifecycle-runtime over runc: a program that does not exist, in the runtime's words" {
	case_failing_create
}

@test "lifecycle-runtime over runc: a create that fails before any hook" {
	case_failing_at_once
}

@test "lifecycle-runtime over runc: create and start are recorded without hooks" {
	case_without_hooks
}

@test "lifecycle-runtime over runc: the hooks of others, wrapped" {
	case_wrapped
}

@test "lifecycle-runtime over runc: a hook of others that prints 1 MiB to stderr" {
	case_talkative 1048576
}

@test "lifecycle-runtime over runc: three hooks of one path, wrapped, are told apart" {
	case_wrapped_three_times
}

@test "lifecycle-runtime over a vendor's runtime over runc: what the vendor's hook did is in the runtime's words" {
	case_vendor_behind
}

@test "a vendor's runtime over lifecycle-runtime over runc: the vendor's hook is timed, and why it failed is kept" {
	case_vendor_in_front
}
