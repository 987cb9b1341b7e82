#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154 # what ctl.bash uses, and sets
# lifecycle-ctl's containers, by crun.

load helpers
load ctl
load ctl_cases

OCI_RUNTIME=crun

setup() {
	ctl_setup
}

teardown() {
	ctl_teardown
}

@test "crun: create, start, stop, start again, remove; each once more does nothing" {
	a_life
}

@test "crun: run in the foreground ends as the program ends" {
	statuses
}

@test "crun: stop kills within 200 ms of the grace" {
	stops
}

@test "crun: stop sends the container's own signal" {
	stop_signal
}

@test "crun: what runs is removed by force only" {
	removal
}

@test "crun: what cannot be created leaves its record, with the runtime's words" {
	failed_create
}

@test "crun: exec, logs, health, restart, kill" {
	other_commands
}
