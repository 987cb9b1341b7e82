#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # what the cases want to know
# runc fires poststart before the program exists: a start is known from the FIFO on which its init waits.

OCI_RUNTIME=runc
START_SOURCE=exec_fifo
END_REASON=exited

load helpers
load engines
load podman
load podman_cases

@test "podman, runc: run" {
	case_run
}

@test "podman, runc: create, then start" {
	case_create_start
}

@test "podman, runc: init, then start" {
	case_init_start
}

@test "podman, runc: restart is a second generation" {
	case_restart
}

@test "podman, runc: rm --force" {
	case_remove_by_force
}

@test "podman, runc: run --rm" {
	case_remove_at_end
}

@test "podman, runc: run --detach" {
	case_detached
}

@test "podman, runc: a failing hook of others" {
	case_failing_hook
}

@test "podman, runc: a failing hook of others, wrapped" {
	case_failing_wrapped_hook
}

@test "podman, runc: a failing prestart hook of others" {
	case_failing_prestart
}

@test "podman, runc: a failing prestart hook of others, wrapped" {
	case_failing_wrapped_prestart
}

@test "podman, runc: a slow prestart hook of others" {
	case_slow_prestart
}

@test "podman, runc: a slow prestart hook of others, wrapped" {
	case_slow_wrapped_prestart
}

@test "podman, runc: NVIDIA's prestart hook, wrapped as the manual says" {
	case_nvidia_hook
}

@test "podman, runc: a program that does not exist" {
	case_no_program
}

@test "podman, runc: conmon killed" {
	case_conmon_killed
}

@test "podman, runc: the name that podman's user gave" {
	case_name
}

@test "podman, runc: lifecycle-ctl leaves podman's containers to podman" {
	case_ctl_refuses
}
