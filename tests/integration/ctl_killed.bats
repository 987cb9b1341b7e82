#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154 # what ctl.bash uses, and sets
# lifecycle-ctl killed in the middle: the next command goes on. KILL_POINTS=all kills at every system call.

load helpers
load ctl

OCI_RUNTIME=runc

setup() {
	ctl_setup
	need strace
	DATA_ROOT=$WORK/killed-data
}

teardown() {
	ctl_teardown
}

# killed COMMAND [MODE]
killed()
{
	# an uninstalled program is a script around the real one
	LD_LIBRARY_PATH=$TOP_BUILDDIR/libstate/.libs "$PYTHON" "$here/ctl_killed.py" "$TOP_BUILDDIR/tools/.libs/lifecycle-ctl" \
		"$QUERY" "$HOOKS_DIR" "$ROOTFS" "$WORK" "$WORK/runc" "$@" 3>&- >"$WORK/points"
}

@test "create killed: nothing is left, or a container that can be started" {
	killed create "${KILL_POINTS:-}"
	note "$(cat "$WORK/points") points"
}

@test "start killed: the next start finds it, and it is there once" {
	killed start "${KILL_POINTS:-}"
	note "$(cat "$WORK/points") points"
}

@test "stop killed: the next stop ends it" {
	killed stop "${KILL_POINTS:-}"
	note "$(cat "$WORK/points") points"
}

@test "remove killed: the next remove takes away what is left" {
	killed remove "${KILL_POINTS:-}"
	note "$(cat "$WORK/points") points"
}

@test "control: without the sweep a killed create is seen to leave something" {
	! killed create control 2>"$WORK/said" || fail "nothing was found"
	grep -q "create killed at .*: left: " "$WORK/said"
}
