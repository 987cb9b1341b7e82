#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Whoever has put something else in a store's places, swaps it meanwhile, or leaves a hook to start in any state: nothing outside
# is touched, the record is right or one line says why not. The tables are in store.py, swap.c and process.py.

bats_require_minimum_version 1.5.0

HERE=$TOP_SRCDIR/tests/hostile
NAIVE=$TOP_BUILDDIR/tests/hostile/naive_hook

setup()
{
	[ "$(id -u)" = 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "no mount namespace can be had here"
}

need_usual_hooks()
{
	! nm "$HOOKS_DIR/lifecycle-prestart" 2>/dev/null | grep -q __asan_init || skip "the sanitizers need more than such a process has"
}

# table NAME ARG...: what it counted is for the reader.
table()
{
	run -"$1" unshare -m "$PYTHON" "$HERE/$2" "${@:3}"
	echo "# $BATS_TEST_DESCRIPTION: ${lines[-1]}" >&3
}

@test "whatever stands in and above a store, nothing outside is touched" {
	table 0 store.py
}

@test "control: a writer that looks at a path, and then writes by it, is found in that store" {
	table 1 store.py "$NAIVE"
	grep 'link at lifecycle.json.*touched outside: file' <<<"$output"
}

@test "whatever is swapped meanwhile, nothing outside is touched" {
	run -0 "$HERE/swapped" 200 20000
	echo "# $BATS_TEST_DESCRIPTION: ${lines[-1]}" >&3
}

@test "control: that writer is found when things are swapped" {
	run -1 "$HERE/swapped" 100 1000 "$NAIVE"
	grep 'something outside was touched' <<<"$output"
}

@test "whatever state a hook begins in, the record is right or one line says why" {
	need_usual_hooks
	table 0 process.py
}

@test "control: a program that writes in place and says nothing is found in those states" {
	need_usual_hooks
	table 1 process.py "$TOP_BUILDDIR/tests/fault/broken_hook"
	grep "limit=1:0: it is content, and the record is {'no': 'JSON'}" <<<"$output"
}
