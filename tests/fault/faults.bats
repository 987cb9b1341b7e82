#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The shipped hooks, once for each of their system calls, which fails, or is where they are killed. See inject.py.

bats_require_minimum_version 1.5.0

setup() {
	command -v strace >/dev/null || skip 'strace is not here'
	strace -o /dev/null -e inject=socket:error=EPERM true || skip 'strace may not trace'
	if nm "$HOOKS_DIR/lifecycle-prestart" 2>/dev/null | grep -q __asan_init; then
		skip 'the sanitizers make system calls of their own'
	fi
}

inject() {
	"$PYTHON" "$TOP_SRCDIR/tests/fault/inject.py" "$@"
}

scenes() {
	local kind=$1 failed=0 scene

	shift
	for scene; do
		inject "$kind" "$scene" || failed=1
	done
	return "$failed"
}

all_scenes() {
	scenes "$1" new again bad stop command
}

@test "a system call fails" {
	all_scenes error
}

@test "a system call fails, and so does each one like it" {
	all_scenes persistent
}

@test "a system call is interrupted" {
	all_scenes interrupt
}

@test "a hook is killed" {
	all_scenes kill
}

@test "who removes a record is killed: the record is whole or gone, and the next prune removes the rest" {
	scenes kill remove prune forget
}

@test "control: a hook that writes in place is found when it is killed" {
	run -1 inject kill again "$TOP_BUILDDIR/tests/fault/broken_hook"
	grep 'the record is neither the old nor the new one' <<<"$output"
}

@test "control: a hook that looks at no error is found when its calls fail" {
	run -1 inject error again "$TOP_BUILDDIR/tests/fault/broken_hook"
	grep '^inject=write:error=ENOSPC:when=1: the record is neither' <<<"$output"
	grep 'it wrote nothing, and said nothing' <<<"$output"
}
