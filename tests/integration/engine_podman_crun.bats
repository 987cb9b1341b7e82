#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # what the cases want to know
# crun fires poststart when the program runs.

OCI_RUNTIME=crun
START_SOURCE=poststart
END_REASON=exited

load helpers
load engines
load podman
load podman_cases

@test "podman, crun: run" {
	case_run
}

@test "podman, crun: create, then start" {
	case_create_start
}

@test "podman, crun: init, then start" {
	case_init_start
}

@test "podman, crun: restart is a second generation" {
	case_restart
}

@test "podman, crun: rm --force" {
	case_remove_by_force
}

@test "podman, crun: run --rm" {
	case_remove_at_end
}

@test "podman, crun: run --detach" {
	case_detached
}

@test "podman, crun: a failing hook of others" {
	case_failing_hook
}

@test "podman, crun: a failing hook of others, wrapped" {
	case_failing_wrapped_hook
}

@test "podman, crun: a failing prestart hook of others" {
	case_failing_prestart
}

@test "podman, crun: a failing prestart hook of others, wrapped" {
	case_failing_wrapped_prestart
}

@test "podman, crun: a slow prestart hook of others" {
	case_slow_prestart
}

@test "podman, crun: a slow prestart hook of others, wrapped" {
	case_slow_wrapped_prestart
}

@test "podman, crun: a program that does not exist" {
	case_no_program
}

@test "podman, crun: conmon killed" {
	case_conmon_killed
}

@test "podman, crun: the name that podman's user gave" {
	case_name
}

@test "podman, crun: lifecycle-ctl leaves podman's containers to podman" {
	case_ctl_refuses
}
