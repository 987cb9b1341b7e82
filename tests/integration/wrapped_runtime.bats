#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Somebody else's create hook, wrapped, fails or hangs under a real runtime.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
	ID=$PREFIX-$BATS_TEST_NUMBER
}

teardown()
{
	common_teardown
}

# run_wrapping COMMAND ARG...: our three hooks, createRuntime's in front of the command.
run_wrapping()
{
	new_bundle b clock
	add_hook createRuntime "$(our_hook createRuntime)" --root "$ROOT" -- "$@"
	HOOK_TIMEOUT='' add_ours poststart poststop
	runtime run --bundle "$BUNDLE" "$ID" </dev/null >"$WORK/container.out" 2>"$WORK/container.err" 3>&-
}

failure_is_kept()
{
	same "$(inspect "$ID" .create_error)" true create_error
	same "$(inspect "$ID" .observed.create_error)" true "observed create_error"
	same "$(inspect "$ID" .observed.status)" stopped "observed status"
	same "$(inspect "$ID" .observed.reason)" create_failed "observed reason"
	same "$(inspect "$ID" '.errors[0] | "\(.point) \(.exit_code) \(.stderr)"')" \
		"createRuntime 7 no such network" error
	same "$(inspect "$ID" '.hooks[0].command')" /bin/sh command
	[ ! -s "$WORK/container.out" ] || fail "the program ran"
}

case_fails()
{
	need_runtime
	! run_wrapping /bin/sh -c 'echo no such network >&2; exit 7' || fail "$OCI_RUNTIME ran it all the same"
	failure_is_kept
}

run_hanging()
{
	! run_wrapping /bin/sh -c "echo \$\$ >$WORK/command; exec sleep 600"
}

case_hangs()
{
	need_runtime
	HOOK_TIMEOUT=1
	within 20000 run_hanging
	background "$(cat "$WORK/command")"
	eventually gone_or_zombie "$(cat "$WORK/command")"

	same "$(inspect "$ID" .observed.create_error)" true "observed create_error"
	same "$(inspect "$ID" .observed.status)" stopped "observed status"
	same "$(inspect "$ID" .observed.reason)" create_failed "observed reason"
	same "$(inspect "$ID" '.hooks[0].command')" /bin/sh command
	same "$(inspect "$ID" '.hooks[0].duration_ns')" "" duration_ns
}

case_succeeds()
{
	need_runtime
	run_wrapping /bin/sh -c 'sleep 0.05; echo all is well >&2'
	same "$(inspect "$ID" .create_error)" false create_error
	same "$(inspect "$ID" '.errors // [] | length')" 0 errors
	[ "$(inspect "$ID" '.hooks[0].duration_ns')" -ge 50000000 ]
	same "$(inspect "$ID" .status)" stopped status
}

@test "runc: a wrapped hook that fails, and what is kept after poststop" {
	OCI_RUNTIME=runc
	case_fails
	grep -q "no such network" "$WORK/container.err"
	same "$(record "$ID" .status)" stopped "status, after runc's poststop,"
	same "$(record "$ID" .reason)" create_failed reason
	same "$(record "$ID" '.hooks[-1].point')" poststop "last hook"
}

@test "crun: a wrapped hook that fails, and no poststop comes" {
	OCI_RUNTIME=crun
	case_fails
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" createRuntime hooks
}

@test "runc: a wrapped hook that the runtime's timeout ends has begun and never come back" {
	OCI_RUNTIME=runc
	case_hangs
	same "$(record "$ID" '.errors[0].message')" "the hook began and never came back" error
}

@test "crun: a wrapped hook that the runtime's timeout ends has begun and never come back" {
	OCI_RUNTIME=crun
	case_hangs
}

@test "runc: a wrapped hook that succeeds is timed" {
	OCI_RUNTIME=runc
	case_succeeds
}

@test "crun: a wrapped hook that succeeds is timed" {
	OCI_RUNTIME=crun
	case_succeeds
}

@test "runc: a wrapped createContainer hook fails, inside the container's namespaces" {
	OCI_RUNTIME=runc
	need_runtime
	new_bundle b clock
	add_ours createRuntime
	add_hook createContainer "$(our_hook createContainer)" --root "$ROOT" -- /bin/sh -c 'echo no mount >&2; exit 5'
	add_ours poststop
	! runtime run --bundle "$BUNDLE" "$ID" </dev/null >"$WORK/container.out" 2>&1 3>&- || fail "runc ran it"
	same "$(record "$ID" '.errors[0] | "\(.point) \(.exit_code) \(.stderr)"')" "createContainer 5 no mount" error
	same "$(record "$ID" .create_error)" true create_error
	same "$(record "$ID" .generation)" 1 generation
}
