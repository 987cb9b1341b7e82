#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154 # what ctl.bash uses, and sets
# lifecycle-ctl's containers, by runsc.

load helpers
load ctl
load ctl_cases

OCI_RUNTIME=runsc

setup_file() {
	note_dev_null
}

teardown_file() {
	return_dev_null
}

setup() {
	ctl_setup
}

teardown() {
	ctl_teardown
}

@test "runsc: create, start, stop, start again, remove; each once more does nothing" {
	a_life
}

@test "runsc: run in the foreground ends as the program ends" {
	statuses
}

@test "runsc: stop kills within 200 ms of the grace" {
	stops
}

@test "runsc: stop sends the container's own signal" {
	stop_signal
}

@test "runsc: what runs is removed by force only" {
	removal
}

@test "runsc: what cannot be created leaves its record, with the runtime's words" {
	failed_create
}

@test "runsc: exec, logs, health, restart, kill" {
	other_commands
}
