#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # what the cases want to know

OCI_RUNTIME=crun
START_SOURCE=poststart

load helpers
load engines
load runtime_cases

@test "lifecycle-runtime over crun: create, start, delete" {
	case_whole_life
}

@test "lifecycle-runtime over crun: the same bundle again gets no second hooks" {
	case_same_bundle_again
}

@test "lifecycle-runtime over crun: run, with the container's exit status" {
	case_run
}

@test "lifecycle-runtime over crun: what the runtime refuses says nothing of the container that lives" {
	case_refusals
}

@test "lifecycle-runtime over crun: a program that does not exist, in the runtime's words" {
	case_failing_create
}

@test "lifecycle-runtime over crun: a create that fails before any hook" {
	case_failing_at_once
}

@test "lifecycle-runtime over crun: create and start are recorded without hooks" {
	case_without_hooks
}

@test "lifecycle-runtime over crun: the hooks of others, wrapped" {
	case_wrapped
}

@test "lifecycle-runtime over crun: a hook of others that prints 1 MiB to stderr" {
	case_talkative 0 # it sends it to /dev/null
}
